"""What says again what is disputed and gone: while the appeal is open, a person looks at it first.

Otherwise a lab would shed the flag by taking the object back and sending the same under another id.
What joins an object that stands needs no look: that one bears its flag.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from indicators import keyring
from indicators.domain.objects import LinkedObject, ReceivedObject
from indicators.domain.outcomes import Held, Reason, Verdict
from indicators.pipeline import bulk
from indicators.pipeline.lookups import Sender


def held(
    sender: Sender,
    chunk: Sequence[ReceivedObject],
    linked: Sequence[LinkedObject],
    by_ordinal: Mapping[int, set[bytes]],
) -> dict[int, Verdict]:
    """Verdicts, by ordinal, over what nobody has waived; `by_ordinal` as in `barred`."""
    disputed = _disputed(tag for tags in by_ordinal.values() for tag in tags)
    if not disputed:
        return {}
    waived = {each.ordinal for each in chunk if Reason.NEEDS_REVIEW in each.waived}
    joining = _joining(sender, linked)
    return {
        ordinal: Held(
            Reason.NEEDS_REVIEW, "An appeal over what it says is open; a person looks at it first."
        )
        for ordinal, tags in by_ordinal.items()
        if ordinal not in waived | joining and not tags.isdisjoint(disputed)
    }


def _disputed(tags: Iterable[bytes]) -> set[bytes]:
    wanted = list(tags)
    if not wanted:
        return set()
    rows = bulk.rows(
        "SELECT unnest(tags) FROM appeal WHERE state = 'open' AND tags && %s", [wanted]
    )
    return {bytes(row[0]) for row in rows}


def _joining(sender: Sender, linked: Sequence[LinkedObject]) -> set[int]:
    """The ordinals of which every object says the same as one that stands."""
    keys = [
        (each.shared.ordinal, each.canonical
         and keyring.content_key(sender.home_of(each).id, each.canonical))
        for each in linked
    ]  # fmt: skip
    rows = bulk.rows(
        "SELECT content_key FROM forum_object WHERE content_key = ANY(%s) AND state = 'live'",
        [[key for _, key in keys if key]],
    )
    standing = {bytes(row[0]) for row in rows}
    new = {ordinal for ordinal, key in keys if key not in standing}
    return {ordinal for ordinal, _ in keys} - new
