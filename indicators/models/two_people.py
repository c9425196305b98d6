"""The rule that two different people decide, as screens and the database hold it.

Somebody whose login differs in case alone is the same person.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q
from django.db.models.functions import Lower
from django.db.models.lookups import Exact


LAPSED = "lapsed"
"""What is said of a request that nobody decided in time; no row holds it."""


def another(first: str, second: str) -> Q:
    """The column `second` names nobody, or somebody else than `first`, in whatever case."""
    return Q(**{second: ""}) | ~Q(Exact(Lower(second), Lower(first)))


def same_person(one: str, other: str) -> bool:
    """Whether two logins are one person's."""
    return one.lower() == other.lower()


def standing(state: str, pending: Collection[str], *, expires_at: datetime, now: datetime) -> str:
    """Where a request stands: its state, or that its time ended while it was pending."""
    return LAPSED if state in pending and expires_at <= now else str(state)
