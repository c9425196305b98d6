"""Which live objects name a value: in their pattern, or as what they are.

Promises: each question is answered along the index `publication_named` (migration 0029), however
many objects there are. Finds whole values alone, as patterns and observables spell them; what a
pattern looks for with LIKE or MATCHES is no value.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from django.db import connection

from indicators.feed.objects import Live


_NAMED = """
    SELECT asked.question, found.collection_id, found.date_added, found.body
    FROM (VALUES {questions}) AS asked (question, words)
    CROSS JOIN LATERAL (
        SELECT p.collection_id, p.date_added, p.body FROM publication p
        WHERE p.superseded_by IS NULL AND p.body IS NOT NULL AND p.type IN (
            'attack-pattern', 'autonomous-system', 'course-of-action', 'domain-name', 'file',
            'indicator', 'ipv4-addr', 'ipv6-addr', 'tls-client-fingerprint', 'url', 'vulnerability',
            'x509-certificate')
          AND shared.named_in(p.body) && asked.words AND p.collection_id = ANY(%s)
        ORDER BY p.date_added DESC LIMIT %s
    ) AS found
    ORDER BY asked.question, found.date_added DESC
"""
"""The list of types is that of the index, word for word, or the planner would not take it."""


def naming(
    homes: Collection[UUID], questions: Mapping[int, Sequence[str]], *, most: int
) -> dict[int, list[Live]]:
    """For each question the newest objects that name one of its words."""
    if not questions:
        return {}
    text = _NAMED.format(questions=", ".join(["(%s, %s::text[])"] * len(questions)))
    asked = [each for number, words in questions.items() for each in (number, list(words))]
    found: dict[int, list[Live]] = {}
    with connection.cursor() as cursor:
        cursor.execute(text, [*asked, list(homes), most])
        for number, home, added, body in cursor:
            found.setdefault(number, []).append(Live(home, added, json.loads(body)))
    return found
