"""The three invented campaigns end as they are told: one from three views, one apart, one proposed.

QUIET ABACUS and SALT FERRY share exits of one reseller, its network and a public rubric, and are
two all the same. GREY ORCHARD shares nothing but a domain and a network: only its profile meets,
which is a person's to judge. `golden/` holds what every reader sees of QUIET ABACUS.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest

from indicators.catalogue.contents import atlas
from indicators.domain.disclosure import current_policy
from indicators.domain.governance import UNCORRELATED, forums_words, governance_of
from indicators.domain.stix.check import problems
from indicators.domain.stix.extensions import BY_ID, BY_NAME
from indicators.models.campaign import Campaign, CampaignMember
from indicators.models.proposal import CampaignProposal
from indicators.models.submission import HeldObject
from indicators.pipeline import bulk, public_templates, review
from indicators.pipeline.campaigns import naming, proposals
from indicators.pipeline.campaigns.evidence import family_of as homes_of
from indicators.pipeline.campaigns.scribe import Scribe
from indicators.pipeline.tasks import publish_released
from tests.admin.desk import new_clerk
from tests.forum import LABS, Forum, now, outcomes
from tests.journeys.picture import drawn, shared_by_views
from tests.journeys.three_campaigns import GREY_ORCHARD, QUIET_ABACUS, SALT_FERRY, Seen, envelope
from tests.labkit.prompt_corpus import FAMILIES, prompts
from tests.pipeline.campaigns.views import campaigns, correlated, ends
from tests.pipeline.prompting import family_of, group


JSON = dict[str, Any]
GOLDEN = Path(__file__).parent / "golden" / "quiet-abacus.json"
PICTURE = Path(__file__).parents[2] / "docs" / "img" / "quiet-abacus.svg"
RUBRIC = FAMILIES[5]
TEMPLATES = {
    "A-T1/v1": FAMILIES[0], "A-T1/v2": FAMILIES[0], "A-T1/v2-es": FAMILIES[1], "A-T2": RUBRIC,
    "A-T3": FAMILIES[2], "B-T1": FAMILIES[3], "B-T2": FAMILIES[4], "B-T3": RUBRIC,
}  # fmt: skip


def techniques() -> dict[str, JSON]:
    """The packaged techniques by their ATLAS ids."""
    found: dict[str, JSON] = {}
    for each in atlas():
        references: Any = each.get("external_references", ())
        found |= {one["external_id"]: dict(each) for one in references if "external_id" in one}
    return found


def push(forum: Forum, tale: Mapping[str, Seen], random: Random) -> None:
    known = techniques()
    for lab in LABS:
        seen = tale[lab]
        families = [
            family_of(prompts(TEMPLATES[name], 20, random), template=class_)
            for name, class_ in seen.templates
        ]
        sent = envelope(seen, families, [known[each] for each in seen.techniques])
        assert set(outcomes(forum.push(lab, *sent))) == {"published"}


@pytest.fixture
def told(forum: Forum) -> Forum:
    """All that the three labs see of the three campaigns, and what the Forum makes of it."""
    forum.add_collection("reference", kind="verbatim")
    forum.push("alder", *atlas(), into="reference")
    rubric = public_templates.filled(" ".join((*RUBRIC, "{}")))
    public_templates.take_in({"a public rubric": public_templates.of_prompts(rubric)}, now=now())
    public_templates.tokenise(now=now())
    random = Random(5)
    for tale in (QUIET_ABACUS, SALT_FERRY, GREY_ORCHARD):
        push(forum, tale, random)
        # All of it is one transaction here, of which no autovacuum sees anything.
        bulk.run("ANALYZE")
    release_profiles()
    group()
    correlated(forum)
    return forum


def release_profiles() -> None:
    """A reviewer lets go what waits of campaigns: their names and profiles.

    What says how soon traffic moved to a release takes effect two weeks later: that is now.
    """
    waiting = HeldObject.objects.filter(reasons__contains=["BEHAVIOUR_PROFILE"])
    for item in waiting:
        review.release(item.id, by="rowan", policy=current_policy(), now=now())
    waiting.filter(state=HeldObject.State.DECIDED).update(undo_until=now())
    for item in waiting:
        publish_released(held_id=str(item.id))


def views_of(forum: Forum, campaign: JSON) -> set[str]:
    """The labs' campaigns that it is derived from, by the names that a reviewer let go."""
    names = {each["id"]: str(each.get("name")) for each in forum.feed()}
    return {
        names[target] for source, target in ends(forum, "derived-from") if source == campaign["id"]
    }


def names(tale: Mapping[str, Seen]) -> frozenset[str]:
    return frozenset(each.name for each in tale.values())


def proposed() -> list[CampaignProposal]:
    return list(CampaignProposal.objects.filter(state=CampaignProposal.State.OPEN))


@pytest.mark.slow
def test_the_three_campaigns_end_as_they_are_told(told: Forum) -> None:
    found = {frozenset(views_of(told, each)): each["id"] for each in campaigns(told)}
    assert found.keys() == {names(QUIET_ABACUS), names(SALT_FERRY)}
    what_both_use_is_no_tie(told)
    a_sweep_is_proposed_and_joined_by_a_person_alone(told)
    every_reader_sees_the_merged_truth(
        told, Campaign.objects.get(stix_id=found[names(QUIET_ABACUS)])
    )


def what_both_use_is_no_tie(forum: Forum) -> None:
    """Exits, a network and a rubric are shared; no proposal even mentions both."""
    members = dict(CampaignMember.objects.values_list("report", "campaign_id"))
    for row in CampaignProposal.objects.all():
        assert len({members[each] for each in (*row.one, *row.other) if each in members}) <= 1


def a_sweep_is_proposed_and_joined_by_a_person_alone(forum: Forum) -> None:
    asked = proposed()
    assert {each.kind for each in asked} == {"behaviour"}
    assert len(asked) == 3
    orchard = [each for each in forum.feed() if "192.0.2.13" in each.get("pattern", "")]
    assert {forums_words(each)["campaign"] for each in orchard} == {UNCORRELATED}
    for each in asked[:2]:
        proposals.decide(new_clerk(), each.id, together=True, why="one grid in thirds")
    correlated(forum)
    assert proposed() == []
    swept = campaigns(forum)[2]
    assert views_of(forum, swept) == names(GREY_ORCHARD)
    assert swept["confidence"] == 50
    profile = swept["extensions"][BY_NAME["distillation-profile"].id]
    assert profile["goals"] == ["capability-sweep", "instruction-data"]
    orchard = [each for each in forum.feed() if "192.0.2.13" in each.get("pattern", "")]
    assert {forums_words(each)["campaign"] for each in orchard} == {swept["id"]}


def every_reader_sees_the_merged_truth(forum: Forum, row: Campaign) -> None:
    scribe = Scribe(homes_of(row.collection), current_policy(), now())
    naming.name(new_clerk(), scribe, row, "QUIET ABACUS")
    seen = merged_truth(forum, row)
    if os.environ.get("GOLDEN") == "write":
        GOLDEN.write_text(json.dumps(seen, indent=2, sort_keys=True) + "\n")
    assert seen == json.loads(GOLDEN.read_text())
    the_picture_of_the_docs_shows_it(forum, row, seen["related"])


def the_picture_of_the_docs_shows_it(
    forum: Forum, row: Campaign, related: Mapping[str, int]
) -> None:
    bodies = {each["id"]: each for each in forum.feed()}
    shown = {name: count for name, count in related.items() if "CAMPAIGN" in name}
    picture = drawn("QUIET ABACUS", shared_by_views(row, bodies), related=shown) + "\n"
    if os.environ.get("GOLDEN") == "write":
        PICTURE.write_text(picture)
    assert picture == PICTURE.read_text()


def merged_truth(forum: Forum, row: Campaign) -> JSON:
    """What the feed says of a campaign, with what differs from day to day left out."""
    feed = [*forum.feed(), *forum.feed("distillation-tokens")]
    bodies = {each["id"]: each for each in feed if not each.get("revoked")}
    own = {row.stix_id: "CAMPAIGN", row.infrastructure_id: "INFRASTRUCTURE"}
    assert not [each for key in own for each in problems(bodies[key])]
    related = [
        (own.get(each["source_ref"]), each["relationship_type"], each["target_ref"], each)
        for each in bodies.values()
        if each["type"] == "relationship" and {each["source_ref"], each["target_ref"]} & own.keys()
    ]
    signs = [
        bodies[each["source_ref"]]
        for *_, each in related
        if each["relationship_type"] == "indicates"
    ]
    return {
        "campaign": plain(bodies[row.stix_id]),
        "infrastructure": plain(bodies[row.infrastructure_id]),
        "related": dict(
            Counter(
                f"{source or each['source_ref'].split('--')[0]} {verb} "
                f"{own.get(target) or target.split('--')[0]}"
                for source, verb, target, each in related
            )
        ),
        "techniques": governance_of(signs[0])["techniques"],
        "consists of": sorted(
            str(bodies[target].get("value") or bodies[target].get("number"))
            for source, verb, target, _ in related
            if verb == "consists-of"
        ),
        "indicators in clear": {
            each["pattern"]: governance_of(each)["action_tier"]
            for each in signs
            if "match-token" not in each["pattern"]
        },
        "indicators over tokens": sum("match-token" in each["pattern"] for each in signs),
    }


def plain(body: Mapping[str, Any]) -> JSON:
    """Without ids, times and markings; extensions by their names."""
    left_out = {
        "id",
        "created",
        "modified",
        "created_by_ref",
        "object_marking_refs",
        "spec_version",
    }
    kept = {name: value for name, value in body.items() if name not in left_out}
    kept["extensions"] = {
        BY_ID[each].name: terms for each, terms in body.get("extensions", {}).items()
    }
    kept["name"] = re.sub(r"FDA-\d{4}-\d{3}", "FDA-NUMBER", body["name"])
    return kept
