"""A run finds the campaign behind several labs' reports, and says it in plain STIX."""

from __future__ import annotations

from typing import Any

import pytest

from indicators.catalogue.contents import atlas
from indicators.domain.disclosure import current_policy
from indicators.domain.governance import UNCORRELATED, governance_of
from indicators.domain.stix.extensions import BY_NAME
from indicators.members.registry import Clerk
from indicators.models.campaign import Campaign, CampaignCandidate, CampaignMember, CorrelationRun
from indicators.models.collection import CollectionHead
from indicators.models.proposal import CampaignProposal
from indicators.models.publication import ForumObject
from indicators.pipeline import appeals, correlate
from indicators.pipeline.campaigns import labels
from indicators.pipeline.takedown import take_down
from tests.forum import Forum, indicator, now, relationship, stix
from tests.pipeline.campaigns.views import (
    campaigns,
    correlated,
    ends,
    observed,
    said_of,
    view,
)


ALDERS, BIRCHS = "198.51.100.10", "198.51.100.13"
SHARED = (101, 102, 103)
EXTRACT = "attack-pattern--3f567912-629a-5e0b-ab0c-0102977c2d6c"
"""Extract AI Model, AML.T0024.002."""


def share(forum: Forum) -> None:
    """Alder and birch see three accounts in common, and one each alone."""
    forum.push("alder", *view(*SHARED, 104, egress=ALDERS))
    forum.push("birch", *view(*SHARED, 105, egress=BIRCHS))


@pytest.fixture
def joined(forum: Forum) -> Forum:
    share(forum)
    correlated(forum)
    return forum


def positions(forum: Forum) -> list[int]:
    heads = CollectionHead.objects.order_by("collection__alias")
    return list(heads.values_list("position", flat=True))


def test_two_views_become_one_campaign_of_the_forums(joined: Forum) -> None:
    [campaign] = campaigns(joined)
    assert campaign["name"] == f"FDA-{now().year}-001"
    assert campaign["first_seen"] == "2026-10-05T00:00:00.000Z"
    assert governance_of(campaign)["action_tier"] == "context"


def test_each_indicator_says_its_campaign_and_is_related_to_it(joined: Forum) -> None:
    [campaign] = campaigns(joined)
    assert said_of(joined, ALDERS) == said_of(joined, BIRCHS) == campaign["id"]
    told = {source for source, target in ends(joined, "indicates") if target == campaign["id"]}
    assert told == {each["id"] for each in joined.feed() if each["type"] == "indicator"}


def test_the_campaign_is_derived_from_each_labs(joined: Forum) -> None:
    [campaign] = campaigns(joined)
    views = {each["id"] for each in joined.feed() if each["type"] == "campaign"} - {campaign["id"]}
    assert ends(joined, "derived-from") == {(campaign["id"], each) for each in views}
    assert len(views) == 2


def test_an_indicator_over_a_token_is_told_beside_the_collection(forum: Forum) -> None:
    share(forum)
    over = indicator(
        "[user-account:account_type = 'phone' AND user-account:account_login = '+12025550101']",
        extensions=view()[2]["extensions"],
    )
    forum.push("alder", over)
    correlated(forum)
    [campaign] = campaigns(forum)
    [(_, target)] = ends(forum, "indicates", "distillation-tokens")
    assert target == campaign["id"]


def test_addresses_alone_link_nothing(forum: Forum) -> None:
    forum.push("alder", *view(101, 102, egress=ALDERS))
    forum.push("birch", *view(103, 104, egress=ALDERS))
    correlated(forum)
    assert campaigns(forum) == []
    assert said_of(forum, ALDERS) in (None, UNCORRELATED)


def test_one_lab_alone_has_its_own_name_for_it(forum: Forum) -> None:
    forum.push("alder", *view(*SHARED))
    assert correlated(forum).campaigns == 0


def test_a_run_over_the_same_evidence_publishes_nothing(joined: Forum) -> None:
    before = positions(joined)
    correlated(joined)
    assert positions(joined) == before


def test_what_it_uses_and_consists_of_is_said(forum: Forum) -> None:
    catalogue = forum.add_collection("reference", kind="verbatim")
    technique = next(each for each in atlas() if each["id"] == EXTRACT)
    forum.push("alder", technique, into=catalogue.alias)
    sent = view(*SHARED, egress=ALDERS)
    domain = stix("domain-name", value="gw.meadowexit.example")
    network = stix("infrastructure", name="gateways", infrastructure_types=["datacentre-egress"])
    lab_campaign = next(each for each in sent if each["type"] == "campaign")
    forum.push(
        "alder", *sent, domain, network,
        relationship(lab_campaign, "uses", network),
        relationship(network, "consists-of", domain),
        relationship(lab_campaign, "uses", technique),
    )  # fmt: skip
    forum.push("birch", *view(*SHARED, egress=BIRCHS))
    correlated(forum)
    [campaign] = campaigns(forum)
    used = {target for source, target in ends(forum, "uses") if source == campaign["id"]}
    assert technique["id"] in used
    made = Campaign.objects.get(stix_id=campaign["id"])
    assert made.infrastructure_id in used
    [part] = [each["id"] for each in forum.feed() if each["type"] == "domain-name"]
    assert (made.infrastructure_id, part) in ends(forum, "consists-of")
    [indicator_] = [each for each in forum.feed() if ALDERS in each.get("pattern", "")]
    assert governance_of(indicator_)["techniques"] == ["AML.T0024.002"]


def test_a_withdrawal_undoes_what_rested_on_it(joined: Forum) -> None:
    [campaign] = campaigns(joined)
    _, birchs = sorted(
        each["id"] for each in joined.feed("distillation-tokens") if each["type"] == "observed-data"
    )
    for lab in ("alder", "birch"):
        if joined.retract(lab, birchs):
            break
    correlated(joined)
    assert campaigns(joined) == []
    assert said_of(joined, ALDERS) == said_of(joined, BIRCHS) == UNCORRELATED
    [revoked] = [each for each in joined.feed() if each["id"] == campaign["id"]]
    assert revoked["revoked"] is True
    gone = {ref for each in joined.feed("distillation-withdrawn") for ref in each["object_refs"]}
    assert campaign["id"] in gone
    assert ends(joined, "derived-from") == set()


def test_a_dispute_undoes_what_rested_on_it(joined: Forum) -> None:
    policy, beside = current_policy(), joined.collections["distillation-tokens"]
    tokens = {joined.token("phone", f"+12025550{each}") for each in SHARED}
    clerk = Clerk("rowan", policy, now())
    for each in joined.feed("distillation-tokens"):
        if each.get("value") in tokens:
            made = appeals.open_appeal(
                clerk, beside, each["id"], ground="wrong-value", reference="case 7"
            )
            appeals.apply(made.id, policy=policy, now=now())
    correlated(joined)
    assert campaigns(joined) == []


def test_new_reports_are_candidates_until_the_next_run(joined: Forum) -> None:
    joined.push("cedar", *observed(101, 102, 106))
    correlate.run_due(policy=current_policy(), now=now())
    [candidate] = CampaignCandidate.objects.all()
    [campaign] = campaigns(joined)
    assert (candidate.campaign_id, candidate.values) == (campaign["id"], 2)
    correlated(joined)
    assert not CampaignCandidate.objects.exists()
    assert CampaignMember.objects.filter(report=candidate.report).exists()


def test_a_run_that_was_cut_short_is_made_up(forum: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    share(forum)

    def killed(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(labels, "label", killed)
        with pytest.raises(KeyboardInterrupt):
            correlated(forum)
    assert correlate.run_due(policy=current_policy(), now=now()) == 1
    [campaign] = campaigns(forum)
    assert said_of(forum, ALDERS) == campaign["id"]
    assert Campaign.objects.count() == 1


def test_a_run_says_by_what_it_went(joined: Forum) -> None:
    run = CorrelationRun.objects.get()
    assert (run.previous, run.campaigns) == (None, 1)
    assert run.finished_at is not None
    [proposal] = CampaignProposal.objects.all()
    assert proposal.state == CampaignProposal.State.BY_ITSELF
    assert len(proposal.values) == len(SHARED)


def token_over(*numbers: int, **terms: object) -> dict[str, Any]:
    """An indicator over telephone numbers, on these terms."""
    logins = ", ".join(f"'+1202555{each:04}'" for each in numbers)
    pattern = f"[user-account:account_type = 'phone' AND user-account:account_login IN ({logins})]"
    said = {"extension_type": "property-extension", "threat_nexus": ["fraudulent-account"]}
    return indicator(pattern, extensions={BY_NAME["share-governance"].id: {**said, **terms}})


def test_one_labs_word_that_a_number_is_everybodys_ends_no_campaign(joined: Forum) -> None:
    before = campaigns(joined)
    joined.push("cedar", token_over(*SHARED, shared_infrastructure=True))
    correlated(joined)
    assert [each["id"] for each in campaigns(joined)] == [each["id"] for each in before]


def test_reports_that_agree_in_nothing_end_no_campaign(joined: Forum) -> None:
    [before] = campaigns(joined)
    for number in SHARED:
        joined.push("cedar", *observed(number), *observed(number), *observed(number))
    correlated(joined)
    assert [each["id"] for each in campaigns(joined)] == [before["id"]]


def test_who_ties_others_reports_together_ends_no_campaign(forum: Forum) -> None:
    forum.push("alder", *observed(*SHARED))
    forum.push("birch", *observed(*SHARED))
    correlated(forum)
    [before] = campaigns(forum)
    seen = [
        each["id"] for each in forum.feed("distillation-tokens") if each["type"] == "observed-data"
    ]
    terms = observed(1)[-1]["extensions"]
    forum.push(
        "cedar",
        stix("grouping", context="suspicious-activity", object_refs=seen, extensions=terms),
    )
    correlated(forum)
    assert [each["id"] for each in campaigns(forum)] == [before["id"]]


def test_what_labs_say_of_the_forums_campaign_is_no_evidence_for_it(joined: Forum) -> None:
    [campaign] = campaigns(joined)
    sign = token_over(*SHARED)
    joined.push("cedar", sign, relationship(sign, "indicates", campaign))
    correlated(joined)
    assert not CampaignMember.objects.filter(report=campaign["id"]).exists()
    assert (campaign["id"], campaign["id"]) not in ends(joined, "derived-from")


def fall(forum: Forum) -> None:
    """The campaign loses one of its two views."""
    for each in forum.feed("distillation-tokens"):
        if each["type"] == "observed-data" and forum.retract("birch", each["id"]):
            return


def test_a_run_cut_short_while_a_campaign_ends_is_made_up(
    joined: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    fall(joined)

    def killed(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(labels, "label", killed)
        with pytest.raises(KeyboardInterrupt):
            correlated(joined)
    correlated(joined)
    assert said_of(joined, ALDERS) == UNCORRELATED


def test_what_was_suspended_meanwhile_is_told_later(joined: Forum) -> None:
    [sign] = [each for each in joined.feed() if ALDERS in each.get("pattern", "")]
    rows = ForumObject.objects.filter(stix_id=sign["id"])
    rows.update(state=ForumObject.State.SUSPENDED)
    fall(joined)
    correlated(joined)
    assert said_of(joined, ALDERS) != UNCORRELATED
    rows.update(state=ForumObject.State.LIVE)
    correlated(joined)
    assert said_of(joined, ALDERS) == UNCORRELATED


def test_a_campaign_that_staff_take_down_is_none_any_more(joined: Forum) -> None:
    [campaign] = campaigns(joined)
    take_down(
        joined.collections["distillation"], [campaign["id"]], act="object taken down on appeal",
        policy=current_policy(), now=now(),
    )  # fmt: skip
    correlated(joined)
    assert Campaign.objects.get(stix_id=campaign["id"]).state == Campaign.State.ENDED
    assert said_of(joined, ALDERS) != campaign["id"]
