"""How a campaign behaves, in the words of the extension `distillation-profile`."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from indicators.domain.objects import JSON


_ONE_OF: Mapping[str, tuple[str, ...]] = {
    "volume_bucket": ("1e4-1e5", "1e5-1e6", "1e6-1e7"),
    "language_bucket": ("1", "2-4", "5-9", "10-plus"),
    "key_sharing_bucket": ("1-4", "5-19", "20-50"),
    "sync_pattern": ("none-seen", "cron-aligned"),
}
_GOALS = ("reasoning-traces", "reward-labels", "tool-traces", "agentic-coding", "translation")


def profile(random: Random) -> JSON:
    """What a campaign's profile is; each lab sees the most of it."""
    return {
        "goals": sorted(random.sample(_GOALS, random.randint(1, 2))),
        **{name: random.choice(words) for name, words in _ONE_OF.items()},
    }


def as_seen(whole: JSON, random: Random) -> JSON:
    """One lab's view of it: one thing is not seen."""
    unseen = random.choice(sorted(_ONE_OF))
    return {name: value for name, value in whole.items() if name != unseen}


HARNESS: JSON = {
    "goals": ["capability-sweep"],
    "volume_bucket": "1e4-1e5",
    "language_bucket": "1",
    "sync_pattern": "burst-synchronised",
}
"""Of a public evaluation harness: honest, and alike wherever it runs."""
