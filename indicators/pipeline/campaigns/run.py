"""One run over one collection: take in, work out a plan, write it down, say it.

Every step is a difference to what stands, and members are written when all is said: a run that is
cut short is made up by the next. One run at a time over a collection, by an advisory lock of the
session.
"""

from __future__ import annotations

import hashlib
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources

from django.db import transaction
from django.db.models import QuerySet

from indicators.domain.correlation.gathering import Gathered
from indicators.domain.correlation.plan import Before, Plan, plan
from indicators.domain.correlation.policy import CorrelationPolicy, current_correlation
from indicators.domain.disclosure import Policy
from indicators.models.campaign import Campaign, CampaignMember, CorrelationMark, CorrelationRun
from indicators.models.collection import Collection
from indicators.pipeline import bulk, families
from indicators.pipeline.alone import CORRELATION, alone
from indicators.pipeline.campaigns import labels, objects, proposals
from indicators.pipeline.campaigns.drawing import Canvas, Drawn, draw
from indicators.pipeline.campaigns.evidence import family_of, gathered, seen_until, take_in
from indicators.pipeline.campaigns.relations import forget_fallen
from indicators.pipeline.campaigns.scribe import Scribe
from indicators.roles import publishing


@dataclass(frozen=True, slots=True)
class Report:
    """What a run came to."""

    reports: int
    links: int
    campaigns: int
    proposals: int
    """How many are open."""
    seconds: float
    """Of the correlation alone."""


def run(collection: Collection, *, policy: Policy, now: datetime) -> Report | None:
    """Correlate what stands in a sharing collection; None while another run is at it."""
    with alone(CORRELATION, collection.id) as is_ours:
        return _run(collection, policy=policy, now=now) if is_ours else None


def _run(collection: Collection, *, policy: Policy, now: datetime) -> Report:
    rules = current_correlation()
    take_in(collection, policy=rules)
    seen = taken(collection)
    begin = time.perf_counter()
    found = gathered(
        collection,
        families=families.representatives(collection),
        public=families.public_families(collection),
    )
    end_fallen(collection)
    before = _before(collection)
    planned = plan(found, before=before, policy=rules)
    seconds = time.perf_counter() - begin
    made = _record(collection, rules, found, planned, seen=seen, seconds=seconds, now=now)
    scribe = Scribe(family_of(collection), policy, now)
    members = _say(scribe, Canvas.of(scribe.collections, found.stopped, rules), planned)
    views = {report: found.views.get(report, report) for report in members}
    _keep_members(collection, members, views=views, looked_at=[each.id for each in found.reports])
    _finish(made, now)
    return Report(made.reports, made.links, made.campaigns, made.proposals, seconds)


def _before(collection: Collection) -> Before:
    # Of the last run that came to its end: what another one found was not written down.
    last = _runs(collection).filter(finished_at__isnull=False).first()
    members = CampaignMember.objects.filter(collection=collection)
    live = Campaign.objects.filter(collection=collection, state=Campaign.State.LIVE)
    founded = dict(live.values_list("stix_id", "founded_at"))
    rows = [
        row for row in members.values_list("report", "campaign_id", "view") if row[1] in founded
    ]
    sizes = Counter(campaign for _, campaign, _ in rows)
    # Of equal age the largest first: if they become one, most of it keeps its name.
    names = sorted(founded, key=lambda each: (founded[each], -sizes[each], each))
    return Before(
        campaigns={report: campaign for report, campaign, _ in rows},
        oldest_first=names,
        decisions=proposals.decisions(collection),
        views={report: view for report, _, view in rows if view},
        seen=seen_until(collection, last.started_at) if last else frozenset(),
    )


@transaction.atomic
def _record(
    collection: Collection,
    rules: CorrelationPolicy,
    found: Gathered,
    planned: Plan,
    *,
    seen: int,
    seconds: float,
    now: datetime,
) -> CorrelationRun:
    """Write down the run and what it proposes."""
    run_id = uuid.uuid4()
    settled = [*planned.merges.values(), *planned.founded.values()]
    asked = proposals.record(collection, run_id, asked=planned.proposals, settled=settled, now=now)
    made = CorrelationRun(
        id=run_id,
        collection=collection,
        previous=last.id if (last := latest(collection)) else None,
        started_at=now,
        seconds=seconds,
        policy_version=rules.version,
        policy_digest=digest(),
        seed=rules.seed,
        taken=seen,
        reports=len(found.reports),
        links=len(planned.links),
        campaigns=len(set(planned.members.values())),
        proposals=asked,
    )
    with publishing():
        made.save(force_insert=True)
    return made


def latest(collection: Collection) -> CorrelationRun | None:
    """The last run over a collection."""
    return _runs(collection).first()


def _runs(collection: Collection) -> QuerySet[CorrelationRun]:
    """The latest first."""
    return CorrelationRun.objects.filter(collection=collection).order_by("-started_at")


def digest() -> str:
    """Of the parameters: two runs under one digest and over the same evidence come out alike."""
    text = resources.files("indicators.policy").joinpath("correlation.toml").read_bytes()
    return hashlib.sha256(text).hexdigest()


def taken(collection: Collection) -> int:
    """How many positions of a collection and of what stands beside have been taken in."""
    marks = CorrelationMark.objects.filter(collection__in=family_of(collection))
    return sum(marks.values_list("position", flat=True))


def _say(scribe: Scribe, canvas: Canvas, planned: Plan) -> dict[str, str]:
    """Say all of a plan; returns each report's campaign."""
    forget_fallen(scribe.collections)
    known = {each.stix_id: each for each in _live(scribe.collections[0])}
    members: dict[str, str] = {}
    words: dict[str, labels.Words] = {}
    heirs, by_label = planned.names.heirs, _by_label(planned)
    # Heirs first: what leaves one for a new one is said of the new one last.
    for label in sorted(by_label, key=lambda each: (each not in heirs, each)):
        reports = by_label[label]
        drawn = draw(canvas, reports)
        campaign = known.get(heirs.get(label, "")) or objects.found(scribe, drawn, members=reports)
        campaign.refresh_from_db()  # staff may have named it meanwhile
        objects.tell(scribe, campaign, drawn)
        members |= dict.fromkeys(reports, campaign.stix_id)
        words |= _words(drawn, campaign)
    for stix_id, campaign in known.items():
        if stix_id not in heirs.values():
            objects.end(scribe, campaign, merged_into=planned.names.merged.get(stix_id, ""))
    labels.label(scribe, {**labels.uncorrelated(labels.labelled(scribe)), **words})
    return members


def _live(collection: Collection) -> list[Campaign]:
    return list(Campaign.objects.filter(collection=collection, state=Campaign.State.LIVE))


def _by_label(planned: Plan) -> Mapping[int, Sequence[str]]:
    reports: dict[int, list[str]] = defaultdict(list)
    for report, label in planned.members.items():
        reports[label].append(report)
    return reports


def _words(drawn: Drawn, campaign: Campaign) -> dict[str, labels.Words]:
    techniques = tuple(sorted(set(drawn.portrait.techniques.values())))
    return dict.fromkeys(drawn.portrait.indicators, (campaign.stix_id, techniques))


@transaction.atomic
def end_fallen(collection: Collection) -> None:
    """Take note of what somebody has taken down: a campaign, or what stood for its network."""
    fallen = """NOT EXISTS (
        SELECT FROM forum_object o WHERE o.collection_id = campaign.collection_id
        AND o.stix_id = {} AND o.state <> 'revoked')"""
    with publishing():
        bulk.run(
            "UPDATE campaign SET state = 'ended' WHERE collection_id = %s AND state = 'live' AND "  # noqa: S608  our own text
            + fallen.format("campaign.stix_id"),
            [collection.id],
        )
        bulk.run(
            "UPDATE campaign SET infrastructure_id = '' WHERE collection_id = %s "  # noqa: S608  our own text
            "AND infrastructure_id <> '' AND " + fallen.format("campaign.infrastructure_id"),
            [collection.id],
        )


@transaction.atomic
def _keep_members(
    collection: Collection,
    members: Mapping[str, str],
    *,
    views: Mapping[str, str],
    looked_at: Sequence[str],
) -> None:
    with publishing():
        bulk.run(
            "DELETE FROM campaign_member WHERE collection_id = %s "
            "AND report NOT IN (SELECT unnest(%s::text[]))",
            [collection.id, sorted(members)],
        )
        bulk.insert(
            "campaign_member",
            ("collection_id", "report", "campaign_id", "view"),
            ((collection.id, each, members[each], views[each]) for each in sorted(members)),
            tail="""ON CONFLICT (collection_id, report) DO UPDATE
                    SET campaign_id = excluded.campaign_id, view = excluded.view
                    WHERE (campaign_member.campaign_id, campaign_member.view)
                       <> (excluded.campaign_id, excluded.view)""",
        )
        bulk.run(
            "DELETE FROM campaign_candidate WHERE collection_id = %s "
            "AND report IN (SELECT unnest(%s::text[]))",
            [collection.id, looked_at],
        )


@transaction.atomic
def _finish(made: CorrelationRun, now: datetime) -> None:
    made.finished_at = now
    with publishing():
        made.save(update_fields=["finished_at"])
