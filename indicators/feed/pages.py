"""One page of a collection as the bytes that go out.

Promises: a reader that follows `next`, or `added_after` alone, meets each publication exactly once,
in order of entry, while others publish; `more` is never true on an empty page nor without `next`;
the cost of a page does not grow with the collection.
Refuses: to know who reads. A reader is an id that a cursor is bound to.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.conf import settings
from django.db import connection

from indicators.feed import cursor as cursors
from indicators.feed.cursor import Binding, Cursor, CursorError
from indicators.feed.filters import Filters
from indicators.feed.resources import Resource, moment
from indicators.feed.rows import arguments, position_at, way_in


@dataclass(frozen=True, slots=True)
class Question:
    """What a reader asks: the first page of `filters`, or the page that `next` stands for."""

    filters: Filters
    next: str = ""
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """`content` is the whole resource. `first` and `last` are dates added (RFC 3339, six digits).

    An empty page has neither; its `position` is where it looked from.
    """

    content: bytes
    first: str | None
    last: str | None
    position: int


@dataclass(frozen=True, slots=True)
class _Picked:
    items: str | None
    first: str | None
    last: str | None
    position: int | None
    more: bool
    feed_epoch: UUID | None


def read(resource: Resource, question: Question, binding: Binding) -> Page:
    """The page of this resource that the question asks for.

    Raises:
        CursorError: `next` is altered, was given for something else, or a restore outdated it.
    """
    start = _start(question, binding)
    limit = min(question.limit or settings.PAGE_LIMIT, settings.PAGE_LIMIT)
    picked = _pick(resource, start, binding.collection_id, limit)
    if question.next and start.feed_epoch != picked.feed_epoch:
        raise CursorError(
            "The feed was restored from a backup after this `next` was given. Start again "
            "without `next`; objects you have already may come a second time."
        )
    if picked.items is None or picked.position is None or picked.feed_epoch is None:
        return Page(b'{"more": false}', None, None, start.position)
    onward = Cursor(start.filters, picked.position, picked.feed_epoch) if picked.more else None
    text = cursors.seal(onward, binding) if onward else ""
    return Page(
        _content(resource.name, picked.items, text), picked.first, picked.last, picked.position
    )


def _start(question: Question, binding: Binding) -> Cursor:
    if question.next:
        return cursors.unseal(question.next, binding)
    position = position_at(binding.collection_id, question.filters)
    return Cursor(question.filters, position, UUID(int=0))


def _pick(resource: Resource, start: Cursor, collection_id: UUID, limit: int) -> _Picked:
    filters = start.filters
    values = arguments(collection_id, filters, after=start.position, take=limit + 1)
    with connection.cursor() as database:
        database.execute(_text(resource, way_in(filters)), {**values, "limit": limit})
        return _Picked(*database.fetchone())


def _content(name: str, items: str, onward: str) -> bytes:
    head = f'"more": true, "next": {json.dumps(onward)}' if onward else '"more": false'
    return f'{{{head}, "{name}": [{items}]}}'.encode()


@cache
def _text(resource: Resource, rows: str) -> str:
    """One row out of the picked ones; the one beyond the limit only says that there is more."""
    return f"""
        SELECT string_agg({resource.entry}, ',' ORDER BY position) FILTER (WHERE nth <= %(limit)s),
               {moment("min(date_added)")},
               {moment("max(date_added) FILTER (WHERE nth <= %(limit)s)")},
               max(position) FILTER (WHERE nth <= %(limit)s),
               count(*) > %(limit)s,
               (SELECT feed_epoch FROM collection_head WHERE collection_id = %(collection)s)
        FROM (SELECT *, row_number() OVER (ORDER BY position) AS nth FROM ({rows}) AS picked)
             AS numbered
    """  # noqa: S608  constants only
