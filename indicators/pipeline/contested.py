"""What says again what is disputed and gone: while the appeal is open, a person looks at it first.

Otherwise a lab would shed the flag by taking the object back and sending the same under another id.
What joins an object that stands needs no look: that one bears its flag. Nothing here tells a lab of
what it cannot read: disputes count that are shown where it sends, over what was published there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from indicators import keyring
from indicators.domain.objects import LinkedObject, ReceivedObject
from indicators.domain.outcomes import Held, Reason, Verdict
from indicators.pipeline import bulk
from indicators.pipeline.lookups import Sender


MESSAGE = "An appeal over what it says is open; a person looks at it first."


@dataclass(frozen=True, slots=True)
class Contested:
    """What of a chunk is disputed, by ordinal."""

    held: Mapping[int, Verdict]
    joining: frozenset[int]
    """Let pass because they join what stands: none may make an object of its own after all."""


def contested(
    sender: Sender,
    chunk: Sequence[ReceivedObject],
    linked: Sequence[LinkedObject],
    by_ordinal: Mapping[int, set[bytes]],
) -> Contested:
    """Look for what nobody has waived; `by_ordinal` are the tags that `barred` knows objects by."""
    tags = _disputed(sender, (tag for tags in by_ordinal.values() for tag in tags))
    waived = {each.ordinal for each in chunk if Reason.DISPUTED in each.waived}
    disputed = {
        ordinal
        for ordinal, of in by_ordinal.items()
        if ordinal not in waived and not of.isdisjoint(tags)
    }
    joining = _joining(sender, [each for each in linked if each.shared.ordinal in disputed])
    held = Held(Reason.DISPUTED, MESSAGE)
    return Contested(dict.fromkeys(disputed - joining, held), joining)


def _disputed(sender: Sender, tags: Iterable[bytes]) -> set[bytes]:
    wanted = list(tags)
    if not wanted:
        return set()
    rows = bulk.rows(
        """SELECT tag FROM appeal a, unnest(a.tags) AS tag
           WHERE a.state = 'open' AND a.collection_id = ANY(%s) AND tag = ANY(%s)
             AND EXISTS (SELECT FROM publication p WHERE p.collection_id = a.collection_id
                         AND p.stix_id = a.stix_id)""",
        [[each.id for each in sender.collections], wanted],
    )
    return {bytes(row[0]) for row in rows}


def _joining(sender: Sender, linked: Sequence[LinkedObject]) -> frozenset[int]:
    """The ordinals of which every object says the same as one that the lab knows to stand."""
    keys = [(each.shared.ordinal, _key(sender, each)) for each in linked]
    there = _standing(sender, [key for _, key in keys if key])
    new = {ordinal for ordinal, key in keys if key not in there}
    return frozenset(ordinal for ordinal, _ in keys) - new


def _key(sender: Sender, linked: LinkedObject) -> bytes | None:
    if linked.canonical is None:
        return None
    return keyring.content_key(sender.home_of(linked).id, linked.canonical)


def _standing(sender: Sender, keys: Sequence[bytes]) -> set[bytes]:
    """Of these keys those whose object is on the feed, or is the lab's own and waits."""
    if not keys:
        return set()
    rows = bulk.rows(
        """SELECT o.content_key, o.collection_id, o.stix_id, EXISTS (
               SELECT FROM publication p WHERE p.collection_id = o.collection_id
               AND p.stix_id = o.stix_id AND p.superseded_by IS NULL AND p.body IS NOT NULL)
           FROM forum_object o WHERE o.content_key = ANY(%s) AND o.state <> 'revoked'""",
        [list(keys)],
    )
    own = {
        keyring.contrib_tag(sender.member.id, collection, stix_id): bytes(key)
        for key, collection, stix_id, shown in rows
        if not shown
    }
    contributed = bulk.rows(
        "SELECT contrib_tag FROM contribution WHERE contrib_tag = ANY(%s) AND state = 'active'",
        [list(own)],
    )
    return {bytes(key) for key, _, _, shown in rows if shown} | {
        own[bytes(tag)] for (tag,) in contributed
    }
