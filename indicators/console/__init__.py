"""The operator console, /ops/: where the Forum's staff see what goes on, and decide."""
