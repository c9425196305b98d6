"""Find the demo's campaigns at once, so that who opens it need not wait for the clock."""

from __future__ import annotations

import time

from django.core.management.base import CommandError

from indicators.management.clerk import at_the_command_line
from indicators.models.collection import Collection
from indicators.pipeline import correlate as correlating


_LOOK = 0.2  # seconds


def correlate(collection: Collection, *, wait: float) -> int:
    """Run over a collection as soon as no worker does; returns how many campaigns there are.

    Raises:
        CommandError: another run is not done within `wait` seconds.
    """
    end = time.monotonic() + wait
    while time.monotonic() < end:
        clerk = at_the_command_line()
        done = correlating.run(collection, policy=clerk.policy, now=clerk.now)
        if done is not None:
            return done.campaigns
        time.sleep(_LOOK)
    raise CommandError(f"Another run of correlation is not done within {wait:.0f} s.")
