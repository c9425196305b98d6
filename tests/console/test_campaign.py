"""One campaign on its page: named there, and told to be one with another, or two."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from indicators.domain.disclosure import current_policy
from indicators.models.audit import AuditEntry
from indicators.models.campaign import Campaign
from indicators.models.campaign_name import CampaignName
from indicators.models.proposal import CampaignProposal
from indicators.pipeline.campaigns import naming
from tests.console.seat import Seat, said
from tests.forum import Forum, now
from tests.labs import acting_as
from tests.pipeline.campaigns.views import campaigns, correlated, observed, view


FIRST, SECOND = (101, 102, 103), (201, 202, 203)
WHY = "The same people, says counsel."


@pytest.fixture
def two(forum: Forum) -> Forum:
    """Two campaigns; the second is of values that the first does not show."""
    for lab, numbers, egress in (("alder", FIRST, 1), ("birch", FIRST, 2), ("alder", SECOND, 3),
                                 ("cedar", SECOND, 4)):  # fmt: skip
        forum.push(lab, *view(*numbers, egress=f"198.51.100.{egress}"))
    correlated(forum)
    return forum


def page(number: int = 0) -> str:
    return f"/ops/campaigns/{Campaign.objects.order_by('designation')[number].stix_id}/"


def work() -> list[bool]:
    """What the worker does when it is rung for."""
    with acting_as("forum_worker"):
        return [naming.say(each, policy=current_policy(), now=now()) for each in naming.due(10)]


def names(forum: Forum) -> list[str]:
    """As readers see them, without the numbers."""
    return [each["name"].partition(" ")[2] for each in campaigns(forum)]


def test_the_page_says_what_it_says_and_what_holds_it_together(
    two: Forum, seat: Callable[..., Seat]
) -> None:
    analyst = seat("analyst")
    row = Campaign.objects.order_by("designation")[0]
    assert page() in analyst.text("/ops/campaigns/")
    text = analyst.text(page())
    for each in (row.designation, row.stix_id, "phone"):
        assert each in text
    assert 'name="give"' not in text, "an analyst looks, and names nothing"
    assert analyst.post(page(), give="1", name="QUIET ABACUS").status_code == 403


def test_a_name_is_given_here_and_said_by_the_worker(two: Forum, seat: Callable[..., Seat]) -> None:
    reviewer = seat("reviewer")
    assert "Named" in said(reviewer.post(page(), give="1", name="QUIET ABACUS"))
    assert "reviewer named it QUIET ABACUS" in reviewer.text(page())
    assert names(two) == ["", ""]
    assert work() == [True]
    assert names(two) == ["QUIET ABACUS", ""]
    assert "reviewer named it" not in reviewer.text(page())
    assert AuditEntry.objects.filter(actor="reviewer", act="campaign named").exists()
    assert work() == []


def test_former_names_stay_to_be_read_and_are_said_in_order(
    two: Forum, seat: Callable[..., Seat]
) -> None:
    reviewer = seat("reviewer")
    reviewer.post(page(), give="1", name="QUIET ABACUS")
    work()
    for words in ("RED ABACUS", "BLUE ABACUS"):
        reviewer.post(page(), give="1", name=words)
    last = CampaignName.objects.order_by("-given_at")[0]
    with acting_as("forum_worker"):
        naming.say(last.pk, policy=current_policy(), now=now())
    assert work() == [], "what came before the last is not said after it"
    assert names(two) == ["BLUE ABACUS", ""]
    text = reviewer.text(page())
    assert "QUIET ABACUS" in text
    assert "RED ABACUS" not in text, "it was never said"


@pytest.mark.parametrize("words", ["Some Company Ltd", "A B C D E", "X" * 41, "QUIET  ABACUS", ""])
def test_a_name_that_the_rules_do_not_allow_is_refused(
    two: Forum, seat: Callable[..., Seat], words: str
) -> None:
    assert "in capitals" in said(seat("reviewer").post(page(), give="1", name=words))
    assert not CampaignName.objects.exists()


def test_a_name_is_one_campaigns_as_soon_as_it_is_given(
    two: Forum, seat: Callable[..., Seat]
) -> None:
    reviewer = seat("reviewer")
    reviewer.post(page(0), give="1", name="QUIET ABACUS")
    for _ in ("given", "said"):
        taken = reviewer.post(page(1), give="1", name="QUIET ABACUS")
        assert "another campaign" in said(taken)
        work()


def test_a_campaign_that_ended_meanwhile_is_not_named(
    two: Forum, seat: Callable[..., Seat]
) -> None:
    reviewer = seat("reviewer")
    reviewer.post(page(), give="1", name="QUIET ABACUS")
    Campaign.objects.filter(designation__endswith="001").update(state=Campaign.State.ENDED)
    work()
    assert "QUIET ABACUS" not in names(two)
    assert CampaignName.objects.get().state == CampaignName.State.DROPPED
    assert "does not stand" in said(reviewer.post(page(), give="1", name="RED ABACUS"))


def test_what_a_run_asked_is_decided_here(two: Forum, seat: Callable[..., Seat]) -> None:
    for pair in zip(FIRST, SECOND, strict=True):
        two.push("alder", *observed(*pair))
    correlated(two)
    [asked] = CampaignProposal.objects.filter(state=CampaignProposal.State.OPEN)
    reviewer = seat("reviewer")
    assert str(asked.pk) in reviewer.text(page(0))
    assert str(asked.pk) in reviewer.text(page(1))
    for fields, why in (
        ({"together": "1", "proposal": "", "why": WHY}, "Choose over what"),
        ({"together": "1", "proposal": str(asked.pk), "why": " "}, "Say why"),
    ):
        assert why in said(reviewer.post(page(), **fields))
    assert "they are two" in said(reviewer.post(page(), apart="1", proposal=str(asked.pk), why=WHY))
    correlated(two)
    assert len(campaigns(two)) == 2
    assert "they are one" in said(
        reviewer.post(page(), together="1", proposal=str(asked.pk), why=WHY)
    )
    correlated(two)
    assert len(campaigns(two)) == 1
    gone = Campaign.objects.get(state=Campaign.State.MERGED)
    text = reviewer.text(f"/ops/campaigns/{gone.stix_id}/")
    assert "goes on for it" in text
    assert f"/ops/campaigns/{gone.merged_into}/" in text
    assert gone.designation in reviewer.text(f"/ops/campaigns/{gone.merged_into}/")


def test_others_have_no_such_page(two: Forum, seat: Callable[..., Seat]) -> None:
    for role in ("counsel", "auditor", "operator", "alder"):
        assert seat(role).get(page()).status_code == 403
    assert seat("analyst").get("/ops/campaigns/campaign--nowhere/").status_code == 404
