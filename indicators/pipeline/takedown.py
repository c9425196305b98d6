"""Take published objects down whoever stands behind them: expired, erased, or not allowed any more.

What a lab takes back stays if others contributed it too; what the Forum takes down does not. The
rest is the same withdrawal: revoked versions, blanked words, the list of what is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from django.db import transaction

from indicators.audit.journal import record
from indicators.domain.disclosure import Policy
from indicators.models.collection import Collection
from indicators.pipeline import withdraw
from indicators.pipeline.publish import Publisher
from indicators.pipeline.standing import lock_standing
from indicators.pipeline.verdicts import published_acts
from indicators.roles import publishing


_Id = TypeVar("_Id")
AT_ONCE = 500
"""Objects in one transaction: it holds the publish lock of their collection."""


def take_down(
    collection: Collection, stix_ids: Iterable[str], *, act: str, policy: Policy, now: datetime
) -> int:
    """Withdraw those of these objects that still stand, in parts; returns how many that were.

    Each is journalled as `act`, and whatever falls with it as revoked.
    """
    publisher = Publisher(collection, policy, now)
    return sum(_part(publisher, part, act=act) for part in parts(sorted(set(stix_ids))))


@transaction.atomic
def _part(publisher: Publisher, stix_ids: Sequence[str], *, act: str) -> int:
    with publishing():
        standing = lock_standing(publisher.collection, stix_ids)
    if standing:
        acts = published_acts(standing, act=act, collection=publisher.collection.alias)
        record(acts, policy=publisher.policy, now=publisher.now)
        withdraw.revoke(publisher, standing)
    return len(standing)


def parts(ids: Sequence[_Id]) -> Iterator[Sequence[_Id]]:
    """In numbers that one transaction works on."""
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
