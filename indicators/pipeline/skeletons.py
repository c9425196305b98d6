"""Rows of skeletons: kept with their bands, and found again by bands that are equal.

A band is looked up by the first 8 bytes of its token and believed by all 32. Of what stands on the
feed the oldest skeletons of a band are enough to find its family; public templates are all found.
Runs as the publisher where it writes.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from indicators.domain.families import TOKEN, Match, equal_bands
from indicators.pipeline import bulk
from labkit.feed_tokens import PROBABLE


_OLDEST = 100
"""Skeletons that one band is compared with: who shares a band with thousands costs no more."""


class Row(NamedTuple):
    """One skeleton of a collection."""

    id: int
    stix_id: str
    family: int | None
    tokens: bytes


class New(NamedTuple):
    """A skeleton that is to be kept: of an object in a collection, or of a public template."""

    collection_id: uuid.UUID | None
    stix_id: str | None
    template_id: int | None
    epoch: str
    tokens: bytes


def raw_tokens(bands: Iterable[str]) -> bytes:
    """The tokens of a prompt family one after the other, from base64url."""
    return b"".join(base64.urlsafe_b64decode(each + "=") for each in bands)


def keep(new: Iterable[New]) -> None:
    """Insert skeletons, numbered in this order, with their bands; those that stand are left alone.

    Call it with the objects' rows locked.
    """
    listed = list(new)
    kept = bulk.many(
        "INSERT INTO skeleton (collection_id, stix_id, template_id, epoch, tokens, note_id) "
        "VALUES %s ON CONFLICT DO NOTHING RETURNING id, tokens, template_id IS NOT NULL",
        ((*each, "") for each in listed),
    )
    bulk.insert(
        "band",
        ("token_prefix", "band_no", "is_public", "skeleton_id"),
        (
            (prefix, place, is_public, id_)
            for id_, tokens, is_public in kept
            for place, prefix in enumerate(_prefixes(bytes(tokens)))
        ),
    )


def _prefixes(tokens: bytes) -> list[int]:
    return [
        int.from_bytes(tokens[at : at + 8], "big", signed=True)
        for at in range(0, len(tokens), TOKEN)
    ]


class Near(NamedTuple):
    """How many bands of one skeleton are equal to those of another."""

    one: int
    other: int
    bands: int
    other_is_public: bool


def alike(
    collection_id: uuid.UUID, rows: Mapping[int, bytes], *, most: int | None = _OLDEST
) -> list[Near]:
    """What each of these is like: other skeletons of the collection, and public templates.

    `rows` has their tokens by number; with `most` as None a band is compared with all that have it.
    """
    places = [
        (id_, place, prefix)
        for id_, tokens in rows.items()
        for place, prefix in enumerate(_prefixes(tokens))
    ]
    ids, nos, prefixes = zip(*places, strict=True) if places else ((), (), ())
    found = bulk.rows(
        _ALIKE,
        {
            "ids": list(ids),
            "nos": list(nos),
            "prefixes": list(prefixes),
            "most": most,
            "least": PROBABLE,
            "collection": collection_id,
        },
    )
    near = [
        Near(one, other, equal_bands(rows[one], bytes(tokens)), is_public)
        for one, other, tokens, is_public in found
    ]
    return [each for each in near if each.bands >= PROBABLE]


def variants(near: Iterable[Near]) -> list[Match]:
    """What on the feed is like something on the feed, each two once."""
    found = {
        Match(min(each.one, each.other), max(each.one, each.other), each.bands)
        for each in near
        if not each.other_is_public
    }
    return sorted(found)


_ALIKE = """
SELECT near.one, s.id, s.tokens, s.template_id IS NOT NULL FROM (
    SELECT n.id AS one, b.skeleton_id AS other
    FROM unnest(%(ids)s::bigint[], %(nos)s::smallint[], %(prefixes)s::bigint[])
             AS n (id, band_no, prefix)
    CROSS JOIN LATERAL (
        (SELECT skeleton_id FROM band
         WHERE token_prefix = n.prefix AND band_no = n.band_no AND NOT is_public
         ORDER BY skeleton_id LIMIT %(most)s)
        UNION ALL
        SELECT skeleton_id FROM band
        WHERE token_prefix = n.prefix AND band_no = n.band_no AND is_public
    ) AS b
    WHERE b.skeleton_id <> n.id
    GROUP BY 1, 2 HAVING count(*) >= %(least)s
) AS near
JOIN skeleton s ON s.id = near.other
               AND (s.collection_id = %(collection)s OR s.collection_id IS NULL)
"""


def public_with(bands: Iterable[bytes]) -> list[bytes]:
    """The tokens of the public templates that have one of these bands."""
    rows = bulk.rows(
        "SELECT tokens FROM skeleton WHERE id IN "
        "(SELECT skeleton_id FROM band WHERE is_public AND token_prefix = ANY(%s))",
        [[prefix for each in bands for prefix in _prefixes(each)]],
    )
    return [bytes(row[0]) for row in rows]


_ROW = "SELECT id, stix_id, family, tokens FROM skeleton WHERE collection_id = %s AND "


def of_ids(collection_id: uuid.UUID, ids: Iterable[int]) -> list[Row]:
    """Those of these that stand in the collection, oldest first."""
    return _read(_ROW + "id = ANY(%s) ORDER BY id", collection_id, list(ids))


def of_families(collection_id: uuid.UUID, families: Iterable[int]) -> list[Row]:
    """All members of these families, oldest first."""
    return _read(_ROW + "family = ANY(%s) ORDER BY id", collection_id, list(families))


def without_family(collection_id: uuid.UUID, limit: int) -> list[Row]:
    """Those that were taken in and not yet put into a family, oldest first."""
    return _read(_ROW + "family IS NULL ORDER BY id LIMIT %s", collection_id, limit)


def _read(statement: str, collection_id: uuid.UUID, argument: Any) -> list[Row]:
    rows = bulk.rows(statement, [collection_id, argument])
    return [Row(id_, stix_id, family, bytes(tokens)) for id_, stix_id, family, tokens in rows]


def set_families(families: Mapping[int, int]) -> None:
    """Write down the family of each of these."""
    bulk.many(
        "UPDATE skeleton SET family = new.family FROM (VALUES %s) AS new (id, family) "
        "WHERE skeleton.id = new.id",
        families.items(),
        template="(%s::bigint, %s::bigint)",
    )


def broken(collection_id: uuid.UUID) -> tuple[list[int], list[int]]:
    """Links that lost an end, and the families in which the other end stands."""
    rows = bulk.rows(
        "SELECT l.id, s.collection_id, s.family FROM family_link l "
        "LEFT JOIN skeleton s ON s.id IN (l.older_id, l.newer_id) "
        "WHERE (l.older_id IS NULL OR l.newer_id IS NULL) "
        "AND (s.id IS NULL OR s.collection_id = %s)",
        [collection_id],
    )
    return [row[0] for row in rows], sorted({row[2] for row in rows if row[2] is not None})


def links_of(members: Iterable[int]) -> list[Match]:
    """What holds these together, both of whose ends stand."""
    rows = bulk.rows(
        "SELECT older_id, newer_id, bands FROM family_link "
        "WHERE older_id = ANY(%(ids)s) AND newer_id = ANY(%(ids)s)",
        {"ids": list(members)},
    )
    return [Match(*row) for row in rows]


def tie(links: Sequence[Match], relationship_ids: Sequence[str]) -> None:
    """Write down what holds variants together, with the relationships that say so."""
    bulk.insert(
        "family_link",
        ("older_id", "newer_id", "bands", "relationship_id"),
        ((*link, said) for link, said in zip(links, relationship_ids, strict=True)),
    )


def forget_links(ids: Iterable[int]) -> None:
    bulk.run("DELETE FROM family_link WHERE id = ANY(%s)", [list(ids)])
