"""Rows of skeletons: kept with their bands (`bands`), and the links that hold families together.

Runs as the publisher where it writes.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from indicators import keyring
from indicators.domain.families import Match
from indicators.pipeline import bands, bulk
from indicators.pipeline.bands import Kept


class Row(NamedTuple):
    """One skeleton of a collection."""

    id: int
    stix_id: str
    family: int | None


class New(NamedTuple):
    """A skeleton that is to be kept: of an object in a collection, or of a public template."""

    collection_id: uuid.UUID | None
    stix_id: str | None
    template_id: int | None
    epoch: str
    tokens: bytes


def raw_tokens(texts: Iterable[str]) -> bytes:
    """The tokens of a prompt family one after the other, from base64url."""
    return b"".join(base64.urlsafe_b64decode(each + "=") for each in texts)


def keep(new: Iterable[New]) -> None:
    """Insert skeletons, numbered in this order, with their bands; those that stand are left alone.

    Call it with the objects' rows locked.
    """
    key = keyring.current_key()
    kept = bulk.many(
        "INSERT INTO skeleton "
        "(collection_id, stix_id, template_id, epoch, tokens, note_id, band_key) VALUES %s "
        "ON CONFLICT DO NOTHING RETURNING id, collection_id, tokens",
        ((*each, "", key) for each in new),
    )
    bands.insert(Kept(id_, home, bytes(tokens)) for id_, home, tokens in kept)


_ROW = "SELECT id, stix_id, family FROM skeleton WHERE collection_id = %s AND "


def of_ids(collection_id: uuid.UUID, ids: Iterable[int]) -> list[Row]:
    """Those of these that stand in the collection, oldest first."""
    return _read(_ROW + "id = ANY(%s) ORDER BY id", collection_id, list(ids))


def of_families(collection_id: uuid.UUID, families: Iterable[int]) -> list[Row]:
    """All members of these families, oldest first."""
    return _read(_ROW + "family = ANY(%s) ORDER BY id", collection_id, list(families))


def without_family(collection_id: uuid.UUID, limit: int) -> list[Row]:
    """Those that were taken in and not yet put into a family, oldest first."""
    return _read(_ROW + "family IS NULL ORDER BY id LIMIT %s", collection_id, limit)


def public_among(collection_id: uuid.UUID, rows: Iterable[Row]) -> set[int]:
    """Those families of these of which a member matches a public template."""
    found = bulk.rows(
        "SELECT DISTINCT family FROM skeleton WHERE collection_id = %s AND family = ANY(%s) "
        "AND public_id IS NOT NULL",
        [collection_id, sorted({each.family for each in rows if each.family is not None})],
    )
    return {row[0] for row in found}


def listed_among(ids: Iterable[int]) -> set[int]:
    """Those of these public skeletons whose templates are on the list."""
    rows = bulk.rows(
        "SELECT id FROM skeleton WHERE template_id IS NOT NULL AND id = ANY(%s)", [list(set(ids))]
    )
    return {row[0] for row in rows}


def _read(statement: str, collection_id: uuid.UUID, argument: Any) -> list[Row]:
    rows = bulk.rows(statement, [collection_id, argument])
    return [Row(*row) for row in rows]


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
