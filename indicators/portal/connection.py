"""Whether a lab's clients get through: what they asked lately, and what came of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from indicators.members import asked
from indicators.members.asked import Asked
from indicators.models.member import PollMark
from indicators.portal.hints import hint


_SILENT = timedelta(days=1)
"""After which a client that pulled counts as stopped: most ask every hour."""


@dataclass(frozen=True, slots=True)
class Line:
    """One request, and what it means."""

    asked: Asked
    hint: str

    @property
    def refused(self) -> bool:
        return self.asked.status >= HTTPStatus.BAD_REQUEST


@dataclass(frozen=True, slots=True)
class Light:
    """How it stands, in a colour and some words."""

    tone: str
    """good, warn or bad."""
    words: str
    since: datetime | None = None


def lines(credential_ids: Collection[str], *, now: datetime) -> list[Line]:
    """The last requests of these keys, the newest first."""
    return [Line(each, hint(each)) for each in asked.lately(credential_ids, now=now)]


def light(found: list[Line], marks: Iterable[PollMark], *, now: datetime) -> Light:
    """Of keys that live: bad where the newest request was refused, good while there are polls."""
    polls = [each.asked.at for each in found if _is_poll(each)]
    polls += [each.last_minute for each in marks]
    last = max(polls, default=None)
    if found and found[0].refused and (last is None or found[0].asked.at > last):
        return Light("bad", "asks and is refused", found[0].asked.at)
    if last is not None and last < now - _SILENT:
        return Light("warn", "has stopped pulling", last)
    if last is not None:
        return Light("good", "pulling", last)
    return Light("warn", "waiting for your first poll")


def _is_poll(line: Line) -> bool:
    """A page of the feed, or that nothing is new; a push has a 202."""
    answered = line.asked.status in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED)
    return line.asked.what == "objects" and answered
