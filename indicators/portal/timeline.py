"""A campaign over time: from when until when each indicator is good, and when it was seen.

Sightings are the Forum's own, of several members together: counts are floors of buckets, times are
weeks. Nothing finer is on the feed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from indicators.portal.signs import Sign


WEEKS = 12
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Lane:
    """One indicator."""

    sign: Sign
    seen: Mapping[str, Any]
    """What the Forum's sighting says; empty while there is none."""


def lanes(signs: Iterable[Sign], sightings: Iterable[Mapping[str, Any]]) -> list[Lane]:
    """One for each indicator, in the order given."""
    seen = {each["sighting_of_ref"]: each for each in sightings if each.get("count")}
    return [Lane(each, seen.get(each.body["id"], {})) for each in signs]


def begin(now: datetime) -> datetime:
    """Where the first of the weeks begins: on a Monday."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=today.weekday()) - (WEEKS - 1) * _WEEK


def by_week(moments: Iterable[datetime], *, since: datetime) -> list[int]:
    """How many of these fall in each of the weeks, the oldest first."""
    counted: defaultdict[int, int] = defaultdict(int)
    for each in moments:
        counted[min((each - since) // _WEEK, WEEKS - 1)] += 1
    return [counted[week] for week in range(WEEKS)]


def mondays(since: datetime) -> Sequence[datetime]:
    """The day on which each week begins."""
    return [since + week * _WEEK for week in range(WEEKS)]
