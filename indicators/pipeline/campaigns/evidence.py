"""Evidence: what published objects say of reports, taken in as they come and kept for the next run.

Only live versions count. Whatever changes an object is published at a new position (a withdrawal
too), so what was said before goes when the object is met again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from indicators.domain.correlation.evidence import REPORTS, Shown, evidence, tokens_of
from indicators.domain.correlation.gathering import Gathered, gather
from indicators.domain.correlation.links import Value
from indicators.domain.correlation.policy import CorrelationPolicy
from indicators.models.campaign import Campaign
from indicators.models.collection import Collection
from indicators.pipeline import bulk
from indicators.roles import publishing


_AT_ONCE = 2000
"""Positions in one transaction."""
_SPEAKING = [*sorted(REPORTS), "note", "relationship"]


def family_of(collection: Collection) -> list[Collection]:
    """A sharing collection, and the one beside it that speaks of tokens."""
    beside = Collection.objects.filter(parent=collection, kind=Collection.Kind.TOKENS)
    return [collection, *beside]


def take_in(collection: Collection, *, policy: CorrelationPolicy) -> int:
    """Take in what has been published since the last time; returns how many objects that were."""
    taken = 0
    for home in family_of(collection):
        while count := _take_part(collection, home, policy=policy):
            taken += count
    return taken


@transaction.atomic
def _take_part(collection: Collection, home: Collection, *, policy: CorrelationPolicy) -> int:
    with publishing():
        begin, end = _part(home)
        if begin == end:
            return 0
        ids = _published(home, begin, end)
        bulk.run(
            "DELETE FROM evidence WHERE collection_id = %s AND said_by = ANY(%s)",
            [collection.id, ids],
        )
        shown = list(_said(home, ids, policy=policy))
        _write(collection, shown)
        _find_candidates(collection, sorted({each.report for _, each in shown}), policy=policy)
        bulk.run(
            "UPDATE correlation_mark SET position = %s WHERE collection_id = %s", [end, home.id]
        )
    return end - begin


def _part(home: Collection) -> tuple[int, int]:
    """From which position on, and up to which: one part at most."""
    bulk.run(
        "INSERT INTO correlation_mark (collection_id, position) VALUES (%s, 0) "
        "ON CONFLICT DO NOTHING",
        [home.id],
    )
    ((begin, end),) = bulk.rows(
        "SELECT m.position, least(h.position, m.position + %s) FROM correlation_mark m "
        "JOIN collection_head h USING (collection_id) WHERE m.collection_id = %s FOR UPDATE OF m",
        [_AT_ONCE, home.id],
    )
    return begin, end


def _published(home: Collection, begin: int, end: int) -> list[str]:
    rows = bulk.rows(
        "SELECT DISTINCT stix_id FROM publication "
        "WHERE collection_id = %s AND position > %s AND position <= %s AND type = ANY(%s)",
        [home.id, begin, end, _SPEAKING],
    )
    return [row[0] for row in rows]


def _said(
    home: Collection, ids: Sequence[str], *, policy: CorrelationPolicy
) -> Iterator[tuple[str, Shown]]:
    """What the live ones of these objects say; nothing of what correlation said itself."""
    rows = bulk.rows(
        """SELECT p.body FROM publication p
           WHERE p.collection_id = %(home)s AND p.stix_id = ANY(%(ids)s)
             AND p.superseded_by IS NULL AND p.body IS NOT NULL
             AND NOT EXISTS (SELECT FROM campaign_word w
                             WHERE w.collection_id = p.collection_id AND w.stix_id = p.stix_id)
             AND NOT EXISTS (SELECT FROM campaign c WHERE p.stix_id
                             IN (c.stix_id, c.infrastructure_id, c.intrusion_set_id))""",
        {"home": home.id, "ids": list(ids)},
    )
    bodies = [json.loads(row[0]) for row in rows]
    kinds = _kinds(home, bodies)
    for body in bodies:
        for each in evidence(body, kinds, policy=policy):
            yield body["id"], each


def _kinds(home: Collection, bodies: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    wanted = sorted({each for body in bodies for each in tokens_of(body)})
    rows = bulk.rows(
        "SELECT stix_id, body::jsonb ->> 'kind' FROM publication WHERE collection_id = %s "
        "AND stix_id = ANY(%s) AND superseded_by IS NULL AND body IS NOT NULL",
        [home.id, wanted],
    )
    return dict(rows)


def _write(collection: Collection, shown: Sequence[tuple[str, Shown]]) -> None:
    bulk.insert(
        "evidence",
        ("collection_id", "said_by", "report", "kind", "value", "stops"),
        (
            (collection.id, said_by, each.report, each.value.kind, each.value.text, each.stops)
            for said_by, each in shown
        ),
        tail="ON CONFLICT DO NOTHING",
    )


def _find_candidates(
    collection: Collection, reports: Sequence[str], *, policy: CorrelationPolicy
) -> None:
    """Note which campaigns new reports may belong to, for staff to see before the next run."""
    bulk.run(
        """WITH asked AS (
             SELECT DISTINCT report, value FROM evidence e
             WHERE collection_id = %(collection)s AND report = ANY(%(reports)s)
               AND kind = ANY(%(kinds)s) AND NOT stops
               AND NOT EXISTS (SELECT FROM campaign_member own
                   WHERE own.collection_id = e.collection_id AND own.report = e.report)),
           shown AS MATERIALIZED (
             SELECT a.value, o.report FROM (SELECT DISTINCT value FROM asked) a
             CROSS JOIN LATERAL (SELECT report FROM evidence
                 WHERE collection_id = %(collection)s AND value = a.value AND NOT stops
                 LIMIT 1 + %(most)s) o),
           linking AS (
             SELECT value FROM shown GROUP BY value HAVING count(*) <= %(most)s),
           known AS (
             SELECT DISTINCT s.value, m.campaign_id FROM shown s JOIN linking USING (value)
             JOIN campaign_member m ON m.collection_id = %(collection)s AND m.report = s.report)
           INSERT INTO campaign_candidate (collection_id, report, campaign_id, "values")
           SELECT %(collection)s, report, campaign_id, count(*)
           FROM asked JOIN known USING (value) GROUP BY report, campaign_id
           ON CONFLICT (collection_id, report, campaign_id)
           DO UPDATE SET "values" = excluded."values" """,
        {
            "collection": collection.id,
            "reports": list(reports),
            "kinds": _linking(policy),
            "most": policy.shared_by,
        },
    )


def _linking(policy: CorrelationPolicy) -> list[str]:
    """Kinds of values that link reports."""
    return [kind for kind, weight in policy.weights.items() if weight]


def shown_by(
    campaign: Campaign, *, policy: CorrelationPolicy, most: int
) -> list[tuple[Value, int]]:
    """Values that link several of a campaign's reports, with how many; the most shown first."""
    rows = bulk.rows(
        """SELECT e.kind, e.value, count(DISTINCT e.report) AS shown
           FROM campaign_member m JOIN evidence e USING (collection_id, report)
           WHERE m.collection_id = %s AND m.campaign_id = %s AND e.kind = ANY(%s)
             AND NOT e.stops
           GROUP BY e.kind, e.value HAVING count(DISTINCT e.report) > 1
           ORDER BY shown DESC, e.kind, e.value LIMIT %s""",
        [campaign.collection_id, campaign.stix_id, _linking(policy), most],
    )
    return [(Value(kind, text), shown) for kind, text, shown in rows]


def seen_until(collection: Collection, moment: datetime) -> frozenset[str]:
    """Reports of which a version stood on the feed at this moment, whatever they showed then."""
    rows = bulk.rows(
        "SELECT DISTINCT stix_id FROM publication "
        "WHERE collection_id = ANY(%s) AND type = ANY(%s) AND date_added <= %s",
        [[each.id for each in family_of(collection)], sorted(REPORTS), moment],
    )
    return frozenset(row[0] for row in rows)


def gathered(
    collection: Collection, *, families: Mapping[str, str], public: frozenset[str]
) -> Gathered:
    """All evidence of a collection, brought together."""
    # What labs say of the Forum's own campaigns is no evidence for them.
    rows = bulk.rows(
        """SELECT report, kind, value, stops FROM evidence WHERE collection_id = %s
           AND report NOT IN (SELECT unnest(ARRAY[stix_id, infrastructure_id, intrusion_set_id])
                              FROM campaign)""",
        [collection.id],
    )
    shown = (Shown(report, Value(kind, text), stops) for report, kind, text, stops in rows)
    return gather(shown, families=families, public=public)
