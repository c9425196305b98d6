"""From the hub into the store: what is new since the last time, and what became of one's own.

Promises: an interruption loses nothing and repeats nothing; what was taken back elsewhere does not
stand here any longer than until the next pull.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from taxii2client.v21 import Collection, Status

from labkit.client import Client, FeedRestoredError
from labkit.store import WITHDRAWN, Store
from labkit.trouble import HubError


COMPANIONS = (WITHDRAWN, "-tokens")
_PUBLISHED = re.compile(r"published as ([a-z0-9-]+--[0-9a-f-]{36})")
_MOST_STATUSES = 200
"""Asked for in one pull; the rest is asked for in the next."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """What one collection had."""

    alias: str
    changed: int
    """Objects that are new or in a new version."""


def chosen(client: Client, names: Sequence[str]) -> list[Collection]:
    """The readable collections of these names with what stands beside them; of no names, all.

    What was withdrawn comes first: an object that is read afterwards stands.

    Raises:
        TroubleError: there is none of a name.
    """
    readable = {alias: each for alias, each in client.collections().items() if each.can_read}
    if names:
        asked = {client.collection(name).alias or name for name in names}
        asked |= {f"{alias}{suffix}" for alias in asked for suffix in COMPANIONS}
        readable = {alias: each for alias, each in readable.items() if alias in asked}
    return sorted(
        readable.values(), key=lambda each: (not _alias(each).endswith(WITHDRAWN), _alias(each))
    )


def pull(
    client: Client,
    store: Store,
    collections: Iterable[Collection],
    *,
    now: Callable[[], str],
    on_page: Callable[[str, int], None] = lambda _alias, _objects: None,
) -> Iterator[Pulled]:
    """Bring the store up to date, collection by collection.

    Args:
        on_page: called with alias and number of objects after each page has been stored.
    """
    for collection in collections:
        try:
            yield _one(client, store, collection, now, on_page)
        except FeedRestoredError:
            store.forget(collection.id)
            yield _one(client, store, collection, now, on_page)


def _one(
    client: Client,
    store: Store,
    collection: Collection,
    now: Callable[[], str],
    on_page: Callable[[str, int], None],
) -> Pulled:
    alias, changed = _alias(collection), 0
    pages = client.pages(
        collection, added_after=store.position(collection.id), dated=alias.endswith(WITHDRAWN)
    )
    for page in pages:
        changed += store.take(
            collection.id,
            alias,
            page.objects,
            added_last=page.added_last,
            added=page.added,
            now=now(),
        )
        on_page(alias, len(page.objects))
    return Pulled(alias, changed)


def _alias(collection: Collection) -> str:
    return str(collection.alias or collection.id)


def remember(store: Store, status: Status, collection: str, *, now: str) -> None:
    """Keep a status of one's own submission, and the Forum ids that it names."""
    raw: dict[str, Any] = status._raw  # noqa: SLF001  taxii2-client has no other way to the whole
    store.note_push(
        status.id, collection, status=json.dumps(raw), open_=bool(status.pending_count), now=now
    )
    store.note_own(published(status))


def published(status: Status) -> dict[str, str]:
    """The Forum ids that a status names, each with the lab's own id of it."""
    return {
        found[1]: str(each["id"])
        for each in status.successes
        if (found := _PUBLISHED.match(str(each.get("message", ""))))
    }


def refresh_own(client: Client, store: Store, *, now: str) -> int:
    """Ask what became of submissions that were not finished; returns how many were asked for."""
    unfinished = store.pushes(open_only=True)[:_MOST_STATUSES]
    for submission, collection, last in unfinished:
        try:
            remember(store, client.status(submission), collection, now=now)
        except HubError as error:
            if error.status == HTTPStatus.FORBIDDEN:
                return 0  # a credential without status:read pulls all the same
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            store.note_push(submission, collection, status=last, open_=False, now=now)
    return len(unfinished)
