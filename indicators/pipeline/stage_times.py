"""How long the stages of the river took lately: a small sample of submissions, kept in Valkey.

A line says when a submission was worked on, whether that was a retry, and how long each stage of
it took. It names no submission, no collection and no member.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, cast

from redis import Redis

from indicators.members import valkey


MOST = 1000
"""Submissions in the sample."""
KEPT = timedelta(days=1)
STAGES = (
    "look up", "recognise", "validate", "screen", "find known", "make tokens", "anonymise",
    "dedupe", "write", "hear", "take back", "catalogue",
)  # fmt: skip
"""In the order of the river; the last three are ways of their own."""
_PLACE = "forum:stages"


class Run(NamedTuple):
    """One submission that was worked on."""

    at: datetime
    again: bool
    """It had been tried before, and not finished."""
    spent: Mapping[str, float]
    """Milliseconds, by stage."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a stage took, in milliseconds, over some submissions that came through it."""

    number: int
    half: float
    most: float
    """95 % took no longer."""


@dataclass(frozen=True, slots=True)
class Window:
    """What the sample says of the time since some moment."""

    runs: Sequence[Run]

    @property
    def retries(self) -> int:
        return sum(each.again for each in self.runs)

    def pace(self, stage: str) -> Pace | None:
        """Of one stage; None if nothing came through it."""
        took = sorted(each.spent[stage] for each in self.runs if stage in each.spent)
        return Pace(len(took), _part(took, 0.5), _part(took, 0.95)) if took else None


def note(spent: Mapping[str, float], *, again: bool, now: datetime) -> None:
    """Add a submission; `spent` is in seconds. Never raises."""
    thousandths = {stage: round(seconds * 1000, 2) for stage, seconds in spent.items()}
    line = json.dumps([now.isoformat(timespec="seconds"), again, thousandths])

    def keep(client: Redis) -> None:
        with client.pipeline(transaction=False) as several:
            several.lpush(_PLACE, line)
            several.ltrim(_PLACE, 0, MOST - 1)
            several.expire(_PLACE, KEPT)
            several.execute()

    valkey.attempt(keep, otherwise=None, now=now)


def lately(*, now: datetime) -> list[Run] | None:
    """The sample; None if it is not known now, because Valkey does not answer."""
    unknown: list[str] | None = None
    lines = valkey.attempt(_lines, otherwise=unknown, now=now)
    if lines is None:
        return None
    return [each for each in map(_read, lines) if each.at > now - KEPT]


def since(runs: Iterable[Run], moment: datetime) -> Window:
    """Those of them that were worked on after that."""
    return Window([each for each in runs if each.at > moment])


def _lines(client: Redis) -> list[str] | None:
    return cast("list[str]", client.lrange(_PLACE, 0, -1))


def _read(line: str) -> Run:
    at, again, spent = json.loads(line)
    return Run(datetime.fromisoformat(at), again, spent)


def _part(ordered: Sequence[float], share: float) -> float:
    """The least of these that so large a share does not exceed, as PostgreSQL's percentile_disc."""
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]
