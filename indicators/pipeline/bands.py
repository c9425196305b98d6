"""Which skeletons have bands in common: found by a few bytes of each band, believed by its token.

A band stands in the table under the first 8 bytes of a keyed tag of its token and its collection.
So the table answers for one collection alone, and a lab that chooses tokens cannot choose where
they stand. Of what stands on the feed the oldest skeletons of a band are enough to find a family;
public templates are all found. The key is outside the database, so each skeleton says under which
its bands stand; `refill` brings up to date what stands under another, or under none.
Runs as the publisher where it writes.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from indicators import keyring
from indicators.domain.families import FEW, Match, equal_bands, parted, spanning
from indicators.models.collection import Collection
from indicators.pipeline import bulk
from labkit.feed_tokens import PROBABLE


_OLDEST = 100
"""Skeletons that one band is compared with: who shares a band with thousands costs no more."""
_TOGETHER = 100
"""Skeletons looked up in one statement: each may be like a thousand others."""
_AT_ONCE = 500
_PREFIX = 8


class Kept(NamedTuple):
    """A skeleton whose bands are to be found: of an object in a collection, or a public one."""

    id: int
    collection_id: uuid.UUID | None
    tokens: bytes


def insert(kept: Iterable[Kept]) -> None:
    """Write down where the bands of these skeletons stand."""
    bulk.insert(
        "band",
        ("token_prefix", "band_no", "is_public", "skeleton_id"),
        (
            (_prefix(each.collection_id, token), place, each.collection_id is None, each.id)
            for each in kept
            for place, token in enumerate(parted(each.tokens))
        ),
    )


def _prefix(collection_id: uuid.UUID | None, token: bytes) -> int:
    tag = keyring.band_tag(collection_id, token)
    return int.from_bytes(tag[:_PREFIX], "big", signed=True)


def refill(collection: Collection) -> bool:
    """Bring up to date where some bands of the collection stand, and of the list of templates.

    Returns whether any did not stand where they are looked for: then there may be more.
    """
    key = keyring.current_key()
    rows = bulk.rows(
        "SELECT id, collection_id, tokens FROM skeleton "
        "WHERE (band_key < %(key)s OR band_key > %(key)s) "
        "AND (collection_id = %(collection)s OR collection_id IS NULL) "
        "ORDER BY id LIMIT %(most)s FOR NO KEY UPDATE",
        {"key": key, "collection": collection.id, "most": _AT_ONCE},
    )
    stale = [Kept(id_, home, bytes(tokens)) for id_, home, tokens in rows]
    ids = [each.id for each in stale]
    bulk.run("DELETE FROM band WHERE skeleton_id = ANY(%s)", [ids])
    insert(stale)
    bulk.run("UPDATE skeleton SET band_key = %s WHERE id = ANY(%s)", [key, ids])
    return bool(stale)


class Near(NamedTuple):
    """How many bands of one skeleton are equal to those of another."""

    one: int
    other: int
    bands: int
    other_is_public: bool
    family: int | None
    """Of the other."""

    @property
    def turned(self) -> Near:
        """The same, from the side of the other, when the one is public."""
        return Near(self.other, self.one, self.bands, other_is_public=True, family=None)

    @property
    def match(self) -> Match:
        return Match(min(self.one, self.other), max(self.one, self.other), self.bands)


def alike(
    collection: Collection, ids: Iterable[int], *, everything: bool = False
) -> Iterator[Near]:
    """What each of these is like: other skeletons of the collection, and public templates.

    Of the collection the oldest that have a band, or `everything`.
    """
    most = None if everything else _OLDEST
    for part in _in_parts(sorted(ids), _TOGETHER):
        tokens = {id_: mine for id_, mine, _ in _tokens(part)}
        near = _near(collection, tokens, most=most)
        for id_, its, family in _tokens(list(near)):
            for one, is_public in near[id_]:
                bands = equal_bands(tokens[one], its)
                if bands >= PROBABLE:
                    yield Near(one, id_, bands, is_public, family)


def _tokens(ids: Sequence[int]) -> Iterator[tuple[int, list[bytes], int | None]]:
    """The tokens and the family of each of these, few of them in memory at a time."""
    for part in _in_parts(ids, _AT_ONCE):
        for id_, tokens, family in bulk.rows(
            "SELECT id, tokens, family FROM skeleton WHERE id = ANY(%s)", [part]
        ):
            yield id_, parted(bytes(tokens)), family


def _near(
    collection: Collection, tokens: dict[int, list[bytes]], *, most: int | None
) -> dict[int, list[tuple[int, bool]]]:
    """By the other's number, what shares enough places with it, and whether the other is public."""
    places = [
        (id_, place, _prefix(collection.id, token), _prefix(None, token))
        for id_, its in tokens.items()
        for place, token in enumerate(its)
    ]
    ids, nos, prefixes, public = zip(*places, strict=True) if places else ((), (), (), ())
    found = defaultdict(list)
    for one, other, is_public in bulk.rows(
        _NEAR,
        {
            "ids": list(ids),
            "nos": list(nos),
            "prefixes": list(prefixes),
            "public": list(public),
            "most": most,
            "least": PROBABLE,
        },
    ):
        found[other].append((one, is_public))
    return found


_NEAR = """
SELECT near.one, s.id, s.template_id IS NOT NULL FROM (
    SELECT n.id AS one, b.skeleton_id AS other
    FROM unnest(%(ids)s::bigint[], %(nos)s::smallint[], %(prefixes)s::bigint[],
                %(public)s::bigint[]) AS n (id, band_no, prefix, public)
    CROSS JOIN LATERAL (
        (SELECT skeleton_id FROM band
         WHERE token_prefix = n.prefix AND band_no = n.band_no AND NOT is_public
         ORDER BY skeleton_id LIMIT %(most)s)
        UNION ALL
        SELECT skeleton_id FROM band
        WHERE token_prefix = n.public AND band_no = n.band_no AND is_public
    ) AS b
    WHERE b.skeleton_id <> n.id
    GROUP BY 1, 2 HAVING count(*) >= %(least)s
) AS near
JOIN skeleton mine ON mine.id = near.one
JOIN skeleton s ON s.id = near.other AND s.epoch = mine.epoch
"""


def variants(near: Iterable[Near]) -> list[Match]:
    """What on the feed is like something on the feed, each two once."""
    return sorted({each.match for each in near if not each.other_is_public})


def variants_of_broken(collection: Collection, members: dict[int, int]) -> list[Match]:
    """What is left of families that lost a member: as few matches as say what hangs together.

    `members` has the family of each. In a large one each matches all others: what is kept grows
    with its members and not with their pairs. Of other families, the few that each is most like.
    """
    inside: list[Match] = []
    outside: list[Match] = []
    for part in _in_parts(sorted(members), _TOGETHER):
        found = [each for each in alike(collection, part) if not each.other_is_public]
        inside = spanning(
            [*inside, *(each.match for each in found if members[each.one] == each.family)]
        )
        outside += _few_outside(found, members)
    return sorted({*inside, *outside})


def _few_outside(near: Iterable[Near], members: dict[int, int]) -> Iterator[Match]:
    met: dict[int, set[int]] = defaultdict(set)
    for each in sorted(near, key=lambda each: (-each.bands, each.other)):
        families = met[each.one]
        if each.family is None or each.family in {members[each.one], *families}:
            continue
        if len(families) < FEW:
            families.add(each.family)
            yield each.match


def _in_parts(ids: Sequence[int], most: int) -> Iterator[list[int]]:
    return (list(ids[start : start + most]) for start in range(0, len(ids), most))


def public_with(bands: Iterable[bytes]) -> list[bytes]:
    """The tokens of the public templates that have one of these bands."""
    rows = bulk.rows(
        "SELECT tokens FROM skeleton WHERE id IN "
        "(SELECT skeleton_id FROM band WHERE is_public AND token_prefix = ANY(%s))",
        [[_prefix(None, each) for each in bands]],
    )
    return [bytes(row[0]) for row in rows]
