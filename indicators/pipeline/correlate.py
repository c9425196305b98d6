"""When to correlate: what is published is taken in as it comes, and a run follows when it is due.

Taking in finds candidates at once and costs what has come since. A run looks at everything, and is
due when something has come since the last one and that is a while ago; at once after a decision of
staff, a recall, a member's departure with all that it contributed, a change of the policy, or a run
that was cut short.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max

from indicators.domain.correlation.policy import current_correlation
from indicators.domain.disclosure import Policy
from indicators.models.campaign import CorrelationRun
from indicators.models.collection import Collection
from indicators.models.offboarding import Offboarding
from indicators.models.proposal import CampaignProposal
from indicators.models.recall import Recall
from indicators.pipeline.campaigns.evidence import take_in
from indicators.pipeline.campaigns.run import Report, digest, latest, run, taken


__all__ = ["Report", "has_run_since", "run", "run_due"]


def run_due(*, policy: Policy, now: datetime) -> int:
    """Take in what has come, and run where it is due; returns how many runs that were."""
    sharing = Collection.objects.filter(kind=Collection.Kind.SHARING).order_by("id")
    runs = 0
    for collection in sharing:
        take_in(collection, policy=current_correlation())
        if _is_due(collection, now=now):
            runs += run(collection, policy=policy, now=now) is not None
    return runs


def _is_due(collection: Collection, *, now: datetime) -> bool:
    last = latest(collection)
    if last is None:
        return taken(collection) > 0
    if last.finished_at is None or last.policy_digest != digest():
        return True
    if _decided_at(collection, since=last.started_at) or _taken_back(since=last.started_at):
        return True
    rested = last.started_at + timedelta(minutes=settings.CORRELATION_MINUTES) <= now
    return rested and taken(collection) > last.taken


def _decided_at(collection: Collection, *, since: datetime) -> bool:
    decided = CampaignProposal.objects.filter(collection=collection)
    latest_ = decided.aggregate(at=Max("decided_at"))["at"]
    return latest_ is not None and latest_ >= since


def _taken_back(*, since: datetime) -> bool:
    """Whether all that somebody contributed, or sent in a time, has gone since."""
    left = Offboarding.objects.filter(agreed=Offboarding.Agreed.WITHDRAWN, cleared_at__gte=since)
    return left.exists() or Recall.objects.filter(done_at__gte=since).exists()


def has_run_since(moment: datetime) -> bool:
    """Whether every collection that is correlated at all was looked at as it is since then."""
    runs = CorrelationRun.objects.order_by("collection", "-started_at").distinct("collection")
    return all(each.finished_at and each.started_at >= moment for each in runs)
