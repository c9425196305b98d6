"""What is new in the campaigns that a person watches, since they last looked at each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from indicators.feed import objects
from indicators.members import watching


_MOST = 500


@dataclass(frozen=True, slots=True)
class Watched:
    """One campaign."""

    stix_id: str
    name: str
    """Empty where it stands no more in what the person reads."""
    looked: datetime
    new: int
    """What was said of it since."""
    is_told_anew: bool
    """Its own words have changed since."""


def watched(login_id: int, homes: Sequence[UUID]) -> list[Watched]:
    """Those with news first."""
    looked = watching.watched(login_id)
    if not looked:
        return []
    there = objects.by_id(homes, looked)
    live = {each.body["id"]: each for each in there if not each.body.get("revoked")}
    news = objects.joined(homes, looked, most=_MOST)
    found = [_watched(each, looked, news, live.get(each)) for each in looked]
    return sorted(found, key=lambda each: (-each.new, not each.is_told_anew, each.name))


def _watched(
    stix_id: str,
    looked: Mapping[str, datetime],
    news: Mapping[str, Sequence[datetime]],
    live: objects.Live | None,
) -> Watched:
    at = looked[stix_id]
    name = str(live.body.get("name", stix_id)) if live else ""
    return Watched(stix_id, name, at, len(news[stix_id]), bool(live and live.added > at))
