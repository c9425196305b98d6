"""The steps of `seed_demo`; each may be run again and finds what it made."""
