"""What an indicator itself says of its campaign, so that one object is enough to act on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from django.db import transaction

from indicators.audit.journal import record
from indicators.domain.governance import UNCORRELATED, governance_of, governed
from indicators.pipeline import bulk
from indicators.pipeline.campaigns.scribe import Scribe
from indicators.pipeline.publish import Publisher, revised
from indicators.pipeline.standing import live_bodies, lock_live, waiting_bodies
from indicators.pipeline.takedown import parts
from indicators.pipeline.verdicts import published_acts
from indicators.roles import publishing


Words: TypeAlias = tuple[str, Collection[str]]
"""A campaign's id, or `uncorrelated`, and its techniques by their ATLAS ids."""


def label(scribe: Scribe, wanted: Mapping[str, Words]) -> int:
    """Let each of these indicators say its campaign and the techniques; returns how many changed.

    What waits for its batch is not hurried ahead by it: its turn comes with a later run.
    """
    return sum(
        _label(scribe.publisher(home.id), part, wanted)
        for home in scribe.collections
        for part in parts(sorted(wanted))
    )


@transaction.atomic
def _label(publisher: Publisher, ids: Sequence[str], wanted: Mapping[str, Words]) -> int:
    collection = publisher.collection
    with publishing():
        changed = _unlike(live_bodies(collection, ids), wanted)
        standing = lock_live(collection, sorted(changed))
        waits = waiting_bodies(collection, standing)
        bodies = live_bodies(collection, [each for each in standing if each not in waits])
        items = [
            revised(publisher, body, governed(body, terms))
            for stix_id, body in bodies.items()
            if (terms := changed.get(stix_id))
        ]
        publisher.reissue(items)
        publisher.publish()
    said = [each.stix_id for each in items]
    acts = published_acts(said, act="campaign said", collection=collection.alias)
    record(acts, policy=publisher.policy, now=publisher.now)
    return len(said)


def _unlike(
    bodies: Mapping[str, Mapping[str, Any]], wanted: Mapping[str, Words]
) -> dict[str, dict[str, object]]:
    """By id, the words of those that say something else."""
    unlike = {}
    for stix_id, body in bodies.items():
        campaign, techniques = wanted[stix_id]
        terms: dict[str, object] = {"campaign": campaign, "techniques": sorted(techniques) or None}
        said = governance_of(body)
        if any(said.get(name) != value for name, value in terms.items()):
            unlike[stix_id] = terms
    return unlike


def labelled(scribe: Scribe) -> list[str]:
    """Indicators that say a campaign now; of the feed, so that none is forgotten that waited."""
    rows = bulk.rows(
        """SELECT stix_id FROM publication WHERE collection_id = ANY(%s) AND type = 'indicator'
           AND superseded_by IS NULL AND body LIKE '%%"campaign":"campaign--%%'""",
        [[each.id for each in scribe.collections]],
    )
    return [row[0] for row in rows]


def uncorrelated(ids: Iterable[str]) -> dict[str, Words]:
    """What indicators say that have left their campaign."""
    return {each: (UNCORRELATED, ()) for each in ids if each.startswith("indicator--")}
