"""The rule that two different people decide, as the database holds it."""

from __future__ import annotations

from django.db.models import Q
from django.db.models.functions import Lower
from django.db.models.lookups import Exact


def another(first: str, second: str) -> Q:
    """The column `second` names nobody, or somebody else than `first`, in whatever case."""
    return Q(**{second: ""}) | ~Q(Exact(Lower(second), Lower(first)))
