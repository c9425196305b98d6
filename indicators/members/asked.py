"""What each credential has asked lately, so that a lab can see why its client does not work.

Kept in Valkey alone, for a week: in which minute, of which sort of resource, and with which answer.
No address, no parameter, no value, and no moment: that of a push, beside that of what came out,
would tell whose it is. Who did not prove a credential is remembered under the one that was claimed,
in one list for all: it costs the same whether there is such a credential or not, and fills no more
than so many lines. Beside a lab's own it takes few, for anybody may claim a name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from redis import Redis
from redis.client import Pipeline

from indicators.members import valkey


MOST = 20
"""Requests of one credential that are remembered."""
KEPT = timedelta(days=7)
_UNPROVEN, _MOST_UNPROVEN = "forum:asked:unproven", 500
_CLAIMED = 5
"""Requests in a credential's name, without its secret, that its lab is shown."""
_ID = re.compile(r"[a-z2-7]{8}")


class Asked(NamedTuple):
    """One request."""

    at: datetime
    credential_id: str
    what: str
    """Sort of resource: objects, status, discovery …"""
    status: int


def note(*, credential_id: str, what: str, status: int, now: datetime) -> None:
    """Remember what a proven credential has asked. Never raises."""
    valkey.attempt(
        _kept_in(_place(credential_id), _line(credential_id, what, status, now), MOST),
        otherwise=None,
        now=now,
    )


def note_unproven(*, claimed: str, what: str, status: int, now: datetime) -> None:
    """Remember what was asked in the name of a credential without its secret. Never raises."""
    if _ID.fullmatch(claimed):
        line = _line(claimed, what, status, now)
        valkey.attempt(_kept_in(_UNPROVEN, line, _MOST_UNPROVEN), otherwise=None, now=now)


def lately(credential_ids: Collection[str], *, now: datetime) -> list[Asked]:
    """The last requests of these credentials, newest first; in one minute, proven ones first."""
    none: list[list[str]] = []
    places = [*map(_place, credential_ids), _UNPROVEN]
    found = valkey.attempt(lambda client: _lines(client, places), otherwise=none, now=now)
    *own, claimed = [[_read(line) for line in lines] for lines in found] or [[]]
    proven = _newest(own)[:MOST]
    unproven = [
        each
        for credential_id in credential_ids
        for each in [one for one in claimed if one.credential_id == credential_id][:_CLAIMED]
    ]
    fresh = [each for each in (*proven, *unproven) if each.at > now - KEPT]
    return sorted(fresh, key=lambda each: each.at, reverse=True)


def _newest(own: Iterable[Sequence[Asked]]) -> list[Asked]:
    """Of all keys; in one minute the last of each key before what came before it."""
    ranked = [(each.at, -place, each) for lines in own for place, each in enumerate(lines)]
    ranked.sort(key=lambda each: each[:2], reverse=True)
    return [each for _, _, each in ranked]


def _place(credential_id: str) -> str:
    return f"forum:asked:{credential_id}"


def _line(credential_id: str, what: str, status: int, now: datetime) -> str:
    minute = now.replace(second=0, microsecond=0)
    return json.dumps([minute.isoformat(), credential_id, what, status])


def _read(line: str) -> Asked:
    at, *rest = json.loads(line)
    return Asked(datetime.fromisoformat(at), *rest)


def _kept_in(place: str, line: str, most: int) -> Callable[[Redis], None]:
    def keep(client: Redis) -> None:
        with client.pipeline(transaction=False) as several:
            several.lpush(place, line)
            several.ltrim(place, 0, most - 1)
            several.expire(place, KEPT)
            several.execute()

    return keep


def _lines(client: Redis, places: Iterable[str]) -> list[list[str]]:
    several: Pipeline
    with client.pipeline(transaction=False) as several:
        for place in places:
            several.lrange(place, 0, -1)
        lines: list[list[str]] = several.execute()
        return lines
