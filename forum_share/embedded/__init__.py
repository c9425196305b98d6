"""`./dev run`: the hub with everything it needs, under one foreground supervisor.

A convenience, not a second way of running it: every process it starts is started by its standard
command with environment variables only, as in production.
"""

from __future__ import annotations
