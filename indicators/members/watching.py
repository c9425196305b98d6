"""Which campaigns a person watches, and when they last looked at each.

Promises: without the keys outside the database nobody tells whose a watch is, or what is watched.
Nothing of it is journalled, and no screen of the staff reads it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from indicators import keyring
from indicators.models.watch import Watch


MOST = 100
"""Campaigns that one login watches."""
_PURPOSE = "watch"


class TooManyWatchedError(ValueError):
    """The login watches as many as it can."""


def watched(login_id: int) -> dict[str, datetime]:
    """The campaigns that a login watches, by Forum id, and when each was last looked at."""
    rows = Watch.objects.filter(owner_tag=keyring.watcher_tag(login_id))
    return dict(_opened(each) for each in rows)


def watch(login_id: int, stix_id: str, *, now: datetime) -> None:
    """Watch a campaign from now on.

    Raises:
        TooManyWatchedError: one has to be left first.
    """
    owner_tag, tag = keyring.watcher_tag(login_id), keyring.watch_tag(login_id, stix_id)
    others = Watch.objects.filter(owner_tag=owner_tag).exclude(tag=tag)
    if others.count() >= MOST:
        raise TooManyWatchedError(f"You watch {MOST} campaigns: leave one of them first.")
    sealed = _sealed(tag, stix_id, now)
    Watch.objects.get_or_create(tag=tag, defaults={"owner_tag": owner_tag, "watched_ct": sealed})


def look(login_id: int, stix_id: str, *, now: datetime) -> datetime | None:
    """Note that the person looks at a campaign; when they did before, None if it is not watched."""
    tag = keyring.watch_tag(login_id, stix_id)
    found = Watch.objects.filter(tag=tag).first()
    if found is None:
        return None
    Watch.objects.filter(tag=tag).update(watched_ct=_sealed(tag, stix_id, now))
    return _opened(found)[1]


def leave(login_id: int, stix_id: str) -> None:
    """Watch a campaign no longer."""
    Watch.objects.filter(tag=keyring.watch_tag(login_id, stix_id)).delete()


def forget(login_ids: Iterable[int]) -> None:
    """Remove what these logins watch: they have ended."""
    tags = [keyring.watcher_tag(each) for each in login_ids]
    Watch.objects.filter(owner_tag__in=tags).delete()


def _sealed(tag: bytes, stix_id: str, at: datetime) -> bytes:
    return keyring.seal(_PURPOSE, json.dumps([stix_id, at.isoformat()]).encode(), place=tag)


def _opened(row: Watch) -> tuple[str, datetime]:
    found: tuple[str, str] = json.loads(
        keyring.unseal(_PURPOSE, bytes(row.watched_ct), place=bytes(row.tag))
    )
    return found[0], datetime.fromisoformat(found[1])
