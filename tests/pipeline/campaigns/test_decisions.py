"""What little evidence proposes staff decide; their word holds, and can be taken back."""

from __future__ import annotations

import pytest

from indicators.domain.disclosure import current_policy
from indicators.members.registry import Clerk
from indicators.models.audit import AuditEntry
from indicators.models.campaign import Campaign
from indicators.models.proposal import CampaignProposal
from indicators.pipeline import correlate
from indicators.pipeline.campaigns import naming, proposals
from indicators.pipeline.campaigns.evidence import family_of
from indicators.pipeline.campaigns.naming import NamingError
from indicators.pipeline.campaigns.proposals import ProposalError
from indicators.pipeline.campaigns.scribe import Scribe
from tests.forum import Forum, now
from tests.pipeline.campaigns.views import campaigns, correlated, ends, observed, said_of, view


State = CampaignProposal.State
FIRST, SECOND = (101, 102, 103), (201, 202, 203)


def clerk(by: str = "rowan") -> Clerk:
    return Clerk(by, current_policy(), now())


@pytest.fixture
def two(forum: Forum) -> Forum:
    """Two campaigns, the one of alder and birch older than that of cedar and dogwood."""
    forum.add_member("dogwood")
    forum.grant("dogwood")
    forum.push("alder", *view(*FIRST, egress="198.51.100.1"))
    forum.push("birch", *view(*FIRST, egress="198.51.100.2"))
    correlated(forum)
    forum.push("cedar", *view(*SECOND, egress="198.51.100.3"))
    forum.push("dogwood", *view(*SECOND, egress="198.51.100.4"))
    correlated(forum)
    return forum


def bridged(forum: Forum) -> None:
    """Alder finds accounts that join the two."""
    for pair in zip(FIRST, SECOND, strict=True):
        forum.push("alder", *observed(*pair), *observed(*pair))
    correlated(forum)


def test_campaigns_without_anything_in_common_are_two(two: Forum) -> None:
    assert [each["name"][-3:] for each in campaigns(two)] == ["001", "002"]


def test_in_a_merge_the_older_id_stays_and_the_other_is_revoked(two: Forum) -> None:
    older, younger = campaigns(two)
    bridged(two)
    [left] = campaigns(two)
    assert left["id"] == older["id"]
    [gone] = [each for each in two.feed() if each["id"] == younger["id"]]
    assert gone["revoked"] is True
    assert {said_of(two, f"198.51.100.{n}'") for n in range(1, 5)} == {older["id"]}
    row = Campaign.objects.get(stix_id=younger["id"])
    assert (row.state, row.merged_into) == (Campaign.State.MERGED, older["id"])
    assert len(ends(two, "derived-from")) == 4


def test_who_comes_a_few_at_a_time_merges_nothing_until_staff_have_decided(two: Forum) -> None:
    before = [each["id"] for each in campaigns(two)]
    for _ in range(2):
        for pair in zip(FIRST, SECOND, strict=True):
            two.push("alder", *observed(*pair))
        correlated(two)
        assert [each["id"] for each in campaigns(two)] == before
    [asked] = CampaignProposal.objects.filter(state=State.OPEN)
    proposals.decide(clerk(), asked.id, together=True, why="the same operators, says counsel")
    correlated(two)
    assert [each["id"] for each in campaigns(two)] == before[:1]
    assert not CampaignProposal.objects.filter(state=State.OPEN).exists()


def test_what_was_merged_by_itself_can_be_taken_apart(two: Forum) -> None:
    older, younger = campaigns(two)
    bridged(two)
    record = _merge_record()
    proposals.decide(clerk(), record.id, together=False, why="other operators, says counsel")
    assert correlate.run_due(policy=current_policy(), now=now()) == 1
    kept, new = campaigns(two)
    assert kept["id"] == older["id"]
    assert new["id"] != younger["id"]
    assert said_of(two, "198.51.100.3'") == new["id"]
    correlated(two)
    assert [each["id"] for each in campaigns(two)] == [kept["id"], new["id"]]
    assert not CampaignProposal.objects.filter(state=State.OPEN).exists()


def _merge_record() -> CampaignProposal:
    """The record of the merge that needed nobody: both its sides have an address of their own."""
    rows = CampaignProposal.objects.filter(state=State.BY_ITSELF).order_by("-opened_at")
    return next(each for each in rows if len(each.one) > 4 and len(each.other) > 4)


def test_a_decision_needs_a_reason_and_something_to_decide(two: Forum) -> None:
    [record, *_] = CampaignProposal.objects.filter(state=State.BY_ITSELF)
    with pytest.raises(ProposalError, match="Say why"):
        proposals.decide(clerk(), record.id, together=False, why=" ")
    CampaignProposal.objects.filter(pk=record.pk).update(state=State.OVER)
    with pytest.raises(ProposalError, match="no such proposal"):
        proposals.decide(clerk(), record.id, together=False, why="x")


def test_undoing_is_another_record(two: Forum) -> None:
    [record, *_] = CampaignProposal.objects.filter(state=State.BY_ITSELF)
    apart = proposals.decide(clerk(), record.id, together=False, why="one")
    with pytest.raises(ProposalError, match="decided already"):
        proposals.decide(clerk(), apart.id, together=False, why="again")
    again = proposals.decide(clerk("sorrel"), apart.id, together=True, why="two")
    assert {record.id, apart.id, again.id} <= set(
        CampaignProposal.objects.values_list("id", flat=True)
    )
    correlated(two)
    assert len(campaigns(two)) == 2
    acts = AuditEntry.objects.filter(act__startswith="campaign proposal")
    assert sorted(acts.values_list("actor", flat=True)) == ["rowan", "sorrel"]


def test_a_name_stands_beside_the_number_and_outlives_a_run(two: Forum) -> None:
    first, _ = Campaign.objects.order_by("founded_at")
    scribe = Scribe(family_of(first.collection), current_policy(), now())
    with pytest.raises(NamingError, match="capitals"):
        naming.name(clerk(), scribe, first, "Some Company Ltd")
    naming.name(clerk(), scribe, first, "QUIET ABACUS")
    correlated(two)
    assert campaigns(two)[0]["name"].endswith("-001 QUIET ABACUS")


def test_an_operator_is_a_number_and_attributed_by_people_alone(two: Forum) -> None:
    first, second = Campaign.objects.order_by("founded_at")
    scribe = Scribe(family_of(first.collection), current_policy(), now())
    assert ends(two, "attributed-to") == set()
    operator = naming.designate(clerk(), scribe, first)
    assert naming.designate(clerk(), scribe, second, like=first.designation) == operator
    correlated(two)
    assert ends(two, "attributed-to") == {(first.stix_id, operator), (second.stix_id, operator)}
    [said] = [each for each in two.feed() if each["id"] == operator]
    assert said["name"] == "FDA-OP-01"


def test_a_number_is_no_operators_twice_though_a_process_died(
    two: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = Campaign.objects.order_by("founded_at")
    scribe = Scribe(family_of(first.collection), current_policy(), now())
    with monkeypatch.context() as dying:
        dying.setattr(naming, "attribute", _dies)
        with pytest.raises(KeyboardInterrupt):
            naming.designate(clerk(), scribe, first)
    naming.designate(clerk(), scribe, second)
    correlated(two)
    first.refresh_from_db()
    assert (first.stix_id, first.intrusion_set_id) in ends(two, "attributed-to")
    names = {each["name"] for each in two.feed() if each["type"] == "intrusion-set"}
    assert names == {"FDA-OP-01", "FDA-OP-02"}


def _dies(*_args: object) -> None:
    raise KeyboardInterrupt
