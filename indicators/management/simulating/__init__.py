"""An invented world through the real hub: a scratch database, labs that push, scored runs."""
