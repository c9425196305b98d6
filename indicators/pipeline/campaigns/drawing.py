"""Fetch what a campaign's portrait is drawn from: bodies, observables, techniques on the feed."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from indicators.domain.correlation.links import Value
from indicators.domain.correlation.policy import CorrelationPolicy
from indicators.domain.correlation.portrait import PARTS, Portrait, portrait
from indicators.domain.objects import JSON
from indicators.models.collection import Collection
from indicators.pipeline import bulk


_DRAWN = ["campaign", "indicator", "infrastructure"]
_ATLAS = "mitre-atlas"
ATTRIBUTED = "attributed-to"
"""Said by staff alone: the software attributes nothing."""


class Statement(NamedTuple):
    """A relationship that says what belongs to a campaign, and the collection where it stands."""

    home: uuid.UUID
    source: str
    verb: str
    target: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A campaign's portrait, and where each of its reports stands."""

    portrait: Portrait
    homes: Mapping[str, uuid.UUID]


@dataclass(frozen=True, slots=True)
class Canvas:
    """What all portraits of one run have in common."""

    collections: Sequence[Collection]
    """The sharing one, and what stands beside it."""
    catalogue: Mapping[str, str]
    """Every technique of ATLAS that stands in a reference collection, and its ATLAS id."""
    stopped: frozenset[Value]
    policy: CorrelationPolicy

    @classmethod
    def of(
        cls,
        collections: Sequence[Collection],
        stopped: frozenset[Value],
        policy: CorrelationPolicy,
    ) -> Canvas:
        """Fetch the catalogue once."""
        return cls(collections, _catalogue(), stopped, policy)

    @property
    def ids(self) -> list[uuid.UUID]:
        """Of the collections."""
        return [each.id for each in self.collections]


def draw(canvas: Canvas, reports: Sequence[str]) -> Drawn:
    """Draw one campaign out of its reports."""
    rows = bulk.rows(
        """SELECT collection_id, stix_id, body FROM publication
           WHERE collection_id = ANY(%s) AND stix_id = ANY(%s) AND type = ANY(%s)
             AND superseded_by IS NULL AND body IS NOT NULL ORDER BY stix_id""",
        [canvas.ids, list(reports), _DRAWN],
    )
    bodies = [json.loads(body) for _, _, body in rows]
    drawn = portrait(
        bodies,
        parts=_parts(canvas, reports),
        techniques=_techniques(canvas, bodies),
        policy=canvas.policy,
    )
    return Drawn(drawn, {stix_id: home for home, stix_id, _ in rows})


def _parts(canvas: Canvas, reports: Sequence[str]) -> list[str]:
    """Observables that the reports show and that stand on the feed; none that many use."""
    rows = bulk.rows(
        """SELECT DISTINCT e.kind, e.value FROM evidence e
           JOIN publication p ON p.collection_id = e.collection_id AND p.stix_id = e.value
             AND p.superseded_by IS NULL AND p.body IS NOT NULL
           WHERE e.collection_id = %s AND e.report = ANY(%s) AND e.kind = ANY(%s)""",
        [canvas.collections[0].id, list(reports), sorted(PARTS)],
    )
    return [text for kind, text in rows if Value(kind, text) not in canvas.stopped]


def _techniques(canvas: Canvas, bodies: Sequence[JSON]) -> dict[str, str]:
    """Attack patterns that labs' campaigns use, or that any report names by its ATLAS id.

    Only what stands in a reference collection: a relationship needs both its ends.
    """
    views = [str(each["id"]) for each in bodies if each["type"] == "campaign"]
    rows = bulk.rows(
        """SELECT p.body::jsonb ->> 'target_ref' FROM publication p
           WHERE p.collection_id = ANY(%(homes)s) AND p.type = 'relationship'
             AND p.superseded_by IS NULL AND p.body IS NOT NULL
             AND p.stix_id IN (SELECT e.stix_id FROM edge e WHERE e.collection_id = ANY(%(homes)s)
                               AND e.target_id = ANY(%(views)s))
             AND p.body::jsonb ->> 'relationship_type' = 'uses'""",
        {"homes": canvas.ids, "views": views},
    )
    used = {row[0] for row in rows if row[0].startswith("attack-pattern--")}
    named = {external for body in bodies for external in _external_ids(body)}
    return {
        stix_id: external
        for stix_id, external in canvas.catalogue.items()
        if stix_id in used or external in named
    }


def _external_ids(body: JSON) -> Iterator[str]:
    references = body.get("external_references")
    for each in references if isinstance(references, list) else ():
        if each.get("source_name") == _ATLAS:
            yield str(each.get("external_id", ""))


def _catalogue() -> dict[str, str]:
    rows = bulk.rows(
        """SELECT p.stix_id, r ->> 'external_id' FROM publication p
           JOIN collection c ON c.id = p.collection_id AND c.kind = 'verbatim'
           CROSS JOIN LATERAL jsonb_array_elements(
               coalesce(p.body::jsonb -> 'external_references', '[]')) AS r
           WHERE p.type = 'attack-pattern' AND p.superseded_by IS NULL AND p.body IS NOT NULL
             AND r ->> 'source_name' = %s""",
        [_ATLAS],
    )
    return dict(rows)


def statements(
    drawn: Drawn, campaign_id: str, network_id: str, operator_id: str, *, main: uuid.UUID
) -> set[Statement]:
    """What is said of a campaign in relationships; an empty id for what it has none of."""
    by_verb: dict[str, list[tuple[str, str]]] = defaultdict(list)
    figure = drawn.portrait
    for indicator, is_shared in figure.indicators.items():
        to = network_id if is_shared and network_id else campaign_id
        by_verb["indicates"].append((indicator, to))
    used = [network_id] if network_id else []
    for each in (*used, *figure.infrastructure, *figure.techniques):
        by_verb["uses"].append((campaign_id, each))
    if network_id:
        by_verb["consists-of"] += [(network_id, each) for each in figure.parts]
    by_verb["derived-from"] += [(campaign_id, each) for each in figure.views]
    if operator_id:
        by_verb[ATTRIBUTED].append((campaign_id, operator_id))
    return {
        Statement(_home(drawn, source, target, main), source, verb, target)
        for verb, pairs in by_verb.items()
        for source, target in pairs
    }


def _home(drawn: Drawn, source: str, target: str, main: uuid.UUID) -> uuid.UUID:
    """Where one end stands beside the collection, there the relationship must stand too."""
    homes = {drawn.homes.get(source, main), drawn.homes.get(target, main)}
    return next(iter(homes - {main}), main)
