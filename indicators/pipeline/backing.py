"""Who stands behind what, read in bulk for the daily run: tags and days, and no member.

Contributions and the sightings of members are counted together; weights are opened for objects
that at least k members stand behind, and for no other.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import NamedTuple

from indicators.domain.confidence import Backing, Word
from indicators.domain.feedback import SIGHTED
from indicators.pipeline import bulk, weights


_AT_ONCE = 2000


class Standing(NamedTuple):
    """One object that stands."""

    stix_id: str
    kind: str
    corroborated: bool


def parts(collection_id: uuid.UUID) -> Iterator[list[Standing]]:
    """All that stands in a collection, in the order of ids, some at a time."""
    last = ""
    while rows := bulk.rows(_STANDING, [collection_id, last, _AT_ONCE]):
        last = rows[-1][0]
        yield [Standing(*row) for row in rows]


def read(
    collection_id: uuid.UUID, standing: Sequence[Standing], *, today: date
) -> dict[str, Backing]:
    """Who stands behind these objects, by id; nobody saw anything after `today`."""
    ids = [each.stix_id for each in standing]
    words: dict[str, list[Word]] = {}
    for stix_id, word in _words(collection_id, ids):
        words.setdefault(stix_id, []).append(word)
    sightings: dict[str, dict[bytes, date]] = {}
    for stix_id, member, day in bulk.rows(_SIGHTINGS, [today, collection_id, ids, SIGHTED]):
        sightings.setdefault(stix_id, {})[bytes(member)] = day
    return {
        each.stix_id: Backing(
            each.kind, tuple(words.get(each.stix_id, ())), sightings.get(each.stix_id, {})
        )
        for each in standing
    }


def _words(collection_id: uuid.UUID, ids: Sequence[str]) -> Iterator[tuple[str, Word]]:
    rows = bulk.rows(_WORDS, {"collection": collection_id, "ids": ids})
    for stix_id, member, tag, basis, active, first, confidence, exact, until, begun, seen in rows:
        end = exact or (until and datetime.combine(until, time(), UTC))
        yield (
            stix_id,
            Word(bytes(member), bytes(tag), basis, active, first, confidence, end, begun, seen),
        )


def weights_of(backings: Iterable[Backing]) -> Mapping[bytes, float]:
    """The weight of each contribution, by its tag."""
    tags = [each.tag for backing in backings for each in backing.words]
    rows = bulk.rows(
        "SELECT lookup_tag, weight_ct FROM contribution WHERE lookup_tag = ANY(%s)", [tags]
    )
    return {bytes(tag): weights.opened(bytes(tag), sealed) for tag, sealed in rows}


_STANDING = """
SELECT stix_id, kind, corroborated FROM forum_object
WHERE collection_id = %s AND state = 'live' AND stix_id > %s ORDER BY stix_id LIMIT %s
"""
_WORD = """
SELECT stix_id, contrib_tag, lookup_tag, basis, state = 'active', is_first, confidence,
       exact_until, until, first_day, seen_day
FROM contribution WHERE collection_id = %(collection)s AND stix_id = ANY(%(ids)s)
"""
_WORDS = f"""
{_WORD} AND state = 'active' UNION ALL {_WORD} AND state <> 'active' AND is_first
"""
_SIGHTINGS = """
SELECT stix_id, contrib_tag, least(max(last_day), %s) FROM feedback
WHERE collection_id = %s AND stix_id = ANY(%s) AND state = 'active' AND verdict = %s
  AND basis = 'own-telemetry'
GROUP BY stix_id, contrib_tag
"""
