"""What labs post back of what they pulled counts for nothing, whatever their tools made of it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from indicators.domain.disclosure import current_policy
from indicators.intake.receive import receive
from indicators.models.campaign import Campaign
from indicators.models.feedback import Feedback
from indicators.models.lineage import Contribution
from indicators.models.publication import ForumObject
from indicators.models.submission import HeldObject
from indicators.pipeline import corroborate, feedback_summary, review
from indicators.pipeline.campaigns import naming
from indicators.pipeline.campaigns.evidence import family_of
from indicators.pipeline.campaigns.scribe import Scribe
from tests.forum import STATES_NEXUS, Forum, indicator, messages, now, outcomes, relationship, stix
from tests.pipeline.campaigns.views import campaigns, correlated, view
from tests.pipeline.governing import clerk
from tests.pipeline.reading import FEEDS, WAYS, everything, pulled, reader, under_other_ids
from tests.pipeline.saying import opinion, sighting


PATTERN = "[domain-name:value = 'gw-2.meadowexit.example']"
NAME = {"value": "gw-2.meadowexit.example"}
SIGHTED = "[domain-name:value = 'gw-3.meadowexit.example']"


def post_back(forum: Forum, lab: str, raw: bytes) -> list[tuple[str, str]]:
    """Post an envelope as it is; what came of each of its objects, and why."""
    status = receive(
        principal=forum.principals[lab],
        collection=forum.collections["distillation"],
        raw=raw,
        now=now(),
    )
    forum.work()
    after = forum.status(lab, status.id)
    return list(zip(outcomes(after), messages(after), strict=True))


def lineage() -> list[tuple[Any, ...]]:
    """Who stands behind what, and what is said to be corroborated."""
    return [
        *Contribution.objects.order_by("lookup_tag").values_list(),
        *Feedback.objects.order_by("lookup_tag", "stix_id").values_list(),
        *ForumObject.objects.order_by("collection", "stix_id").values_list(
            "stix_id", "corroborated"
        ),
    ]


def daily(forum: Forum) -> None:
    corroborate.run(policy=current_policy(), now=now())
    feedback_summary.run(policy=current_policy(), now=now() + timedelta(days=1))
    correlated(forum)
    forum.release()
    forum.work()


def extras() -> list[dict[str, Any]]:
    """Of each other type that goes out, one."""
    relay = stix("infrastructure", infrastructure_types=["anonymization"], name="a relay")
    address = stix("ipv4-addr", value="203.0.113.7")
    domain = stix("domain-name", value="gw-4.meadowexit.example", resolves_to_refs=[address["id"]])
    note = stix("note", content="Relays of one provider.", object_refs=[relay["id"]])
    mail = indicator("[email-addr:value = 'a.b@kestrelmail.example']", extensions=STATES_NEXUS)
    consists = relationship(relay, "consists-of", address)
    return [relay, address, domain, note, mail, consists]


def known_by_name(forum: Forum) -> None:
    """Staff give the Forum's campaign a name and an operator."""
    campaign = Campaign.objects.get(state=Campaign.State.LIVE)
    scribe = Scribe(family_of(campaign.collection), current_policy(), now())
    naming.name(clerk(), scribe, campaign, "QUIET ABACUS")
    naming.designate(clerk(), scribe, campaign)
    daily(forum)


@pytest.fixture
def full(forum: Forum) -> Forum:
    """A campaign as three labs see it and the Forum's own, a released note, what all three saw, and
    what members say of it."""
    forum.add_member("dogwood")
    forum.grant("dogwood")
    forum.push("alder", *view(101, 102, 103, 104), *extras())
    forum.push("birch", *view(101, 102, 103, 105, egress="203.0.113.21"))
    for lab in ("alder", "birch", "cedar"):
        forum.push(lab, indicator(PATTERN, confidence=80), stix("domain-name", **NAME))
    forum.push("alder", indicator(SIGHTED))
    [sighted] = [each["id"] for each in forum.feed() if each.get("pattern") == SIGHTED]
    for lab in ("birch", "cedar", "dogwood"):
        forum.push(lab, sighting(sighted, count=20), opinion(sighted, "true-positive"))
    personal = review.PersonalData(absent=frozenset({review.ALL}))
    for held in HeldObject.objects.filter(state="open", part="object"):
        review.release(held.id, by="rowan", policy=current_policy(), now=now(), personal=personal)
    daily(forum)
    known_by_name(forum)
    types = [each["type"] for each in forum.feed()]
    assert {"sighting", "opinion", "note"} <= set(types)
    assert campaigns(forum)
    return forum


def test_all_that_was_pulled_is_an_echo_and_changes_no_byte(full: Forum) -> None:
    callers = {lab: reader(full, lab) for lab in ("alder", "birch", "cedar")}
    before, stood = everything(callers["alder"]), lineage()
    for lab in ("birch", "cedar"):
        objects = pulled(callers[lab])
        for way in WAYS.values():
            results = post_back(full, lab, way(objects))
            assert Counter(outcome for outcome, _ in results) == {"echo": len(results)}, results
            assert lineage() == stood
    newest = [each for alias in FEEDS for each in full.feed(alias)]
    results = post_back(full, "birch", under_other_ids(newest))
    assert Counter(outcome for outcome, _ in results) == {"echo": len(results)}, results
    assert everything(callers["alder"]) == before
    daily(full)
    assert lineage() == stood
    assert everything(callers["alder"]) == before


@pytest.mark.parametrize("way", WAYS)
def test_what_was_withdrawn_does_not_come_back_by_an_echo(forum: Forum, way: str) -> None:
    domain, sign = stix("domain-name", **NAME), indicator(PATTERN)
    forum.push("alder", domain, sign, relationship(sign, "based-on", domain))
    old = WAYS[way](pulled(birch := reader(forum, "birch")))
    for each in (sign, domain):
        assert forum.retract("alder", each["id"])
    before = everything(birch)
    results = post_back(forum, "birch", old)
    assert {outcome for outcome, _ in results} == {"echo"}, results
    assert everything(birch) == before
    assert Contribution.objects.filter(state="active").count() == 0


def test_seen_anew_by_a_lab_itself_it_is_a_new_object(forum: Forum) -> None:
    first = indicator(PATTERN)
    forum.push("alder", first)
    [old] = forum.feed()
    forum.retract("alder", first["id"])
    domain, sign = stix("domain-name", **NAME), indicator(PATTERN)
    again = forum.push("birch", domain, sign, relationship(sign, "based-on", domain))
    assert outcomes(again) == ["published"] * 3, messages(again)
    live = [each for each in forum.feed() if not each.get("revoked")]
    assert len(live) == 3
    assert old["id"] not in {each["id"] for each in live}


def test_in_an_envelope_that_posts_back_what_is_the_labs_own_still_counts(forum: Forum) -> None:
    forum.push("alder", stix("domain-name", **NAME), indicator(PATTERN))
    [domain, sign] = forum.feed()
    bare = {name: value for name, value in domain.items() if name != "object_marking_refs"}
    mine = indicator("[domain-name:value = 'other.example']")
    status = forum.push("birch", sign, bare, mine, relationship(mine, "based-on", bare))
    assert outcomes(status) == ["echo", "published", "published", "published"], messages(status)
    assert Contribution.objects.filter(stix_id=domain["id"]).count() == 2


def test_an_observable_by_itself_is_taken_for_the_labs_own(forum: Forum) -> None:
    """Nothing tells it from what another lab writes that saw the same (docs/privacy.md)."""
    forum.push("alder", stix("domain-name", **NAME))
    [domain] = forum.feed()
    bare = {name: value for name, value in domain.items() if name != "object_marking_refs"}
    assert outcomes(forum.push("birch", bare)) == ["published"]


def test_a_copy_of_ones_own_object_under_its_own_id_is_no_echo(forum: Forum) -> None:
    """A lab may take the Forum's words into the object that it contributed."""
    sign = indicator(PATTERN, confidence=80)
    forum.push("alder", sign)
    [published] = forum.feed()
    words = {name: published[name] for name in ("pattern", "valid_from", "valid_until", "name")}
    status = forum.push("alder", sign | words | {"modified": "2026-11-03T00:00:00.000Z"})
    assert outcomes(status) == ["published"], messages(status)
