"""What staff keep: one of each kind of case as often as asked."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db.models import Model

from indicators import keyring
from indicators.models.appeal import Appeal
from indicators.models.campaign import CampaignMember, CorrelationRun
from indicators.models.collection import Collection
from indicators.models.family import Skeleton
from indicators.models.family_proposal import FamilyProposal
from indicators.models.government_request import GovernmentRequest
from indicators.models.legal_hold import LegalHold
from indicators.models.pause import Pause
from indicators.models.proposal import CampaignProposal
from indicators.models.publication import ForumObject
from indicators.models.question import Question
from indicators.models.reveal import Reveal
from indicators.models.subject_request import SubjectRequest
from tests.crowd.feed import SPAN
from tests.forum import Forum, now


def keep(forum: Forum, number: int, *, campaign: str) -> dict[str, UUID]:
    """Fill the tables; returns what to open, of proposals the one with the most reports."""
    place = forum.collections["distillation"]
    for make in _MAKERS:
        rows = [make(place, n, now() - SPAN * (n / number)) for n in range(number)]
        type(rows[0])._default_manager.bulk_create(rows)
    _family_proposals(place, number)
    large = _proposal(place, number, now())
    large.save()
    _touch(campaign, number)
    return {"proposal_id": large.pk, "reveal_id": Reveal.objects.values_list("pk", flat=True)[0]}


def _appeal(place: Collection, _number: int, at: datetime) -> Appeal:
    return Appeal(collection=place, stix_id=f"indicator--{uuid4()}", ground="stale",
                  reference="case", opened_by="rowan", opened_at=at)  # fmt: skip


def _pause(_place: Collection, _number: int, at: datetime) -> Pause:
    return Pause(switch=Pause.Switch.CROSS_BORDER, reason="An exercise.", set_by="rowan",
                 set_at=at, lifted_by="rowan", lifted_at=at)  # fmt: skip


def _legal_hold(place: Collection, number: int, at: datetime) -> LegalHold:
    return LegalHold(matter=f"matter-{number}", collection=place, requested_by="rowan",
                     requested_at=at)  # fmt: skip


def _reveal(place: Collection, _number: int, at: datetime) -> Reveal:
    id_ = uuid4()
    return Reveal(id=id_, collection=place, stix_id=f"indicator--{uuid4()}", reason="abuse",
                  reason_ct=keyring.seal("reveal", b"Why.", place=id_.bytes),
                  requested_by="rowan", requested_at=at,
                  expires_at=at + timedelta(days=1))  # fmt: skip


def _question(place: Collection, _number: int, at: datetime) -> Question:
    id_ = uuid4()
    return Question(id=id_, collection=place, stix_id=f"indicator--{uuid4()}",
                    tag=os.urandom(32), author_tag=os.urandom(32), day=at.date(),
                    text_ct=keyring.seal("question", b"Shared?", place=id_.bytes))  # fmt: skip


def _government(_place: Collection, _number: int, at: datetime) -> GovernmentRequest:
    return GovernmentRequest(received_on=at.date(), jurisdiction="FR", authority="court",
                             instrument="warrant", reference="case", recorded_by="rowan",
                             recorded_at=at)  # fmt: skip


def _subject(_place: Collection, _number: int, at: datetime) -> SubjectRequest:
    return SubjectRequest(kind="email", value_tag=os.urandom(32), act="find", reference="case",
                          found=0, asked_by="rowan", asked_at=at)  # fmt: skip


def _run(place: Collection, _number: int, at: datetime) -> CorrelationRun:
    return CorrelationRun(collection=place, started_at=at, finished_at=at, seconds=0.5, seed=1,
                          policy_version="test", policy_digest="0" * 64, taken=1, reports=2,
                          links=1, campaigns=1, proposals=0)  # fmt: skip


def _small_proposal(place: Collection, _number: int, at: datetime) -> CampaignProposal:
    return _proposal(place, 3, at)


def _proposal(place: Collection, reports: int, at: datetime) -> CampaignProposal:
    sides: list[list[str]] = [[f"indicator--{uuid4()}" for _ in range(reports)] for _ in range(2)]
    values = [["domain", f"gw-{n}.meadowexit.example"] for n in range(min(reports, 100))]
    return CampaignProposal(collection=place, kind="merge", one=sides[0], other=sides[1],
                            share=0.2, values=values, run_id=uuid4(), opened_at=at)  # fmt: skip


def _touch(campaign: str, number: int) -> None:
    """As many proposals are over reports of this campaign."""
    reports = CampaignMember.objects.filter(campaign_id=campaign).values_list("report", flat=True)
    some = CampaignProposal.objects.order_by("opened_at").values_list("pk", flat=True)[:number]
    CampaignProposal.objects.filter(pk__in=list(some)).update(one=list(reports[:3]))


_MAKERS: Sequence[Callable[[Collection, int, datetime], Model]] = (
    _appeal, _pause, _legal_hold, _reveal, _question, _government, _subject, _run, _small_proposal,
)  # fmt: skip


def _family_proposals(place: Collection, number: int) -> None:
    """Each over two skeletons of its own; a skeleton is of something on the feed."""
    taken = Skeleton.objects.filter(collection=place).values("stix_id")
    free = ForumObject.objects.filter(collection=place).exclude(stix_id__in=taken)
    skeletons = Skeleton.objects.bulk_create(
        Skeleton(collection=place, stix_id=each, epoch="2026q4", tokens=os.urandom(1024))
        for each in free.values_list("stix_id", flat=True)[: 2 * number]
    )
    FamilyProposal.objects.bulk_create(
        FamilyProposal(collection=place, older=one, newer=other, bands=3, raised_at=now())
        for one, other in zip(skeletons[::2], skeletons[1::2], strict=True)
    )
