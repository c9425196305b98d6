"""The journal's two halves: what members and staff did, and what the Forum did to its own feed.

Both are written in one transaction and so in one moment: side by side they would show which
submission became which publication. No screen shows more than one of them.
"""

from __future__ import annotations

from enum import Enum
from typing import TypeVar

from django.db import connection
from django.db.models import Q, QuerySet

from indicators.models.audit import OF_A_FEED, AuditEntry


Entry = TypeVar("Entry", bound=AuditEntry)


class Half(Enum):
    """Which of the two an entry belongs to, by its subject; each has indexes of its own."""

    PEOPLE = "NOT (subject LIKE '%%--%%')"
    FEED = "subject LIKE '%%--%%'"

    def of(self, found: QuerySet[Entry]) -> QuerySet[Entry]:
        """Those of these entries that belong to it."""
        of_feed = Q(subject__contains=OF_A_FEED)
        return found.filter(of_feed if self is Half.FEED else ~of_feed)

    def acts(self) -> list[str]:
        """Every act that it has an entry of, from one to the next along the index."""
        with connection.cursor() as cursor:
            cursor.execute(_ACTS.format(half=self.value), [])
            return [act for (act,) in cursor.fetchall()]


# PostgreSQL has no skip scan before 18: DISTINCT would read every entry for a dozen words.
_ACTS = """
WITH RECURSIVE known (act) AS (
    (SELECT act FROM audit_entry WHERE {half} ORDER BY act LIMIT 1)
    UNION ALL
    SELECT (SELECT entry.act FROM audit_entry AS entry
            WHERE {half} AND entry.act > known.act ORDER BY entry.act LIMIT 1)
    FROM known WHERE known.act IS NOT NULL
)
SELECT act FROM known WHERE act IS NOT NULL
"""
