"""The `next` of a page: signed, self-contained, stateless.

Promises: it outlives restarts, serves in every web process and has no expiry; it dies only when a
restore has turned the feed back (`feed_epoch`), when the signing key is gone, or in other hands:
another reader, collection or object.
Refuses: to be read, altered or guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.core import signing

from indicators.feed.filters import Filters


_SALT = "indicators.feed.cursor"
# Of the payload; raise it when its shape changes, so that an old cursor is refused and not misread.
_FORM = 1


class CursorError(Exception):
    """A `next` that cannot be honoured; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Binding:
    """Where a cursor holds: one reader, one collection, and one object if the path names one."""

    reader_id: UUID
    collection_id: UUID
    stix_id: str

    def to_json(self) -> list[str]:
        return [self.reader_id.hex, self.collection_id.hex, self.stix_id]


@dataclass(frozen=True, slots=True)
class Cursor:
    """Go on after `position` with these filters, as long as the feed is of this epoch."""

    filters: Filters
    position: int
    feed_epoch: UUID


def seal(cursor: Cursor, binding: Binding) -> str:
    """The text of `next`."""
    payload = [
        _FORM,
        binding.to_json(),
        cursor.filters.to_json(),
        cursor.position,
        cursor.feed_epoch.hex,
    ]
    return signing.dumps(payload, salt=_SALT, compress=True)


def unseal(text: str, binding: Binding) -> Cursor:
    """What `seal` made for the same binding.

    Raises:
        CursorError: altered, of another binding or of another form.
    """
    try:
        form, bound, filters, position, epoch = signing.loads(text, salt=_SALT)
    except signing.BadSignature:
        raise _refusal() from None
    if form != _FORM or bound != binding.to_json():
        raise _refusal()
    return Cursor(Filters.from_json(filters), position, UUID(hex=epoch))


def _refusal() -> CursorError:
    return CursorError(
        "This `next` was not given to this credential's member for this resource, or it was "
        "altered. Start again with `added_after` set to the last X-TAXII-Date-Added-Last."
    )
