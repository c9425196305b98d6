"""How far indicators said to go before a public template made them context.

Given back when the template leaves the list. Runs as the publisher.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from indicators.domain.governance import governance_of
from indicators.domain.objects import JSON
from indicators.models.collection import Collection
from indicators.pipeline import bulk


def remember(collection: Collection, bodies: Mapping[str, JSON]) -> None:
    """Keep what these say, by id, of which the Forum is about to say otherwise.

    What a lab said last counts.
    """
    bulk.insert(
        "public_tier",
        ("collection_id", "stix_id", "action_tier"),
        (
            (collection.id, stix_id, governance_of(body).get("action_tier") or "")
            for stix_id, body in bodies.items()
        ),
        tail="ON CONFLICT (collection_id, stix_id) DO UPDATE SET action_tier=excluded.action_tier",
    )


def give_back(collection: Collection, stix_ids: Iterable[str]) -> dict[str, dict[str, object]]:
    """By id, the word that each said itself; nothing of one of which nothing is known."""
    rows = bulk.rows(
        "WITH gone AS (DELETE FROM public_tier WHERE collection_id = %s AND stix_id = ANY(%s) "
        "RETURNING stix_id, action_tier) SELECT stix_id, action_tier FROM gone",
        [collection.id, list(stix_ids)],
    )
    return {stix_id: {"action_tier": tier or None} for stix_id, tier in rows}
