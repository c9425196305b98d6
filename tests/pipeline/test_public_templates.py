"""A match on a text that anybody can read says so, whatever came first."""

from __future__ import annotations

from itertools import combinations
from random import Random
from typing import Any

import pytest

from indicators.domain.disclosure import current_policy
from indicators.matching import rotation
from indicators.matching.epochs import live_epochs
from indicators.matching.seeds import store
from indicators.models.family import PublicTemplate, Skeleton
from indicators.models.family_proposal import FamilyProposal
from indicators.pipeline import expiry, families, public_templates
from labkit.skeleton import matching_bands
from tests.admin.desk import new_clerk
from tests.forum import Forum, messages, now, outcomes
from tests.labkit.prompt_corpus import FAMILIES, PAYLOADS, prompts
from tests.labs import acting_as
from tests.pipeline.prompting import (
    BESIDE,
    about,
    bands,
    families_of,
    family_of,
    family_with,
    group,
    mixed,
    said,
    terms,
)
from tests.pipeline.public_list import NAME, RUBRIC, listed, notes, public, template


@pytest.fixture
def random() -> Random:
    return Random(11)


@pytest.fixture
def epoch(forum: Forum) -> str:
    return min(live_epochs(now()))


def push(forum: Forum, lab: str, body: dict[str, Any]) -> str:
    status = forum.push(lab, body)
    assert outcomes(status) == ["published"], messages(status)
    return str(body["id"])


@pytest.mark.parametrize("list_first", [True, False])
def test_a_public_rubric_says_so_whatever_came_first(
    forum: Forum, random: Random, *, list_first: bool
) -> None:
    if list_first:
        listed()
    rubric = push(forum, "alder", family_of(prompts(RUBRIC, 10, random)))
    own = push(forum, "birch", family_of(prompts(FAMILIES[0], 10, random)))
    group()
    if not list_first:
        assert public(forum) == frozenset()
        listed()
        group()
    assert notes(forum) == {rubric: "public-template"}
    assert public(forum) == {rubric}
    assert own in families.representatives(forum.collections["distillation"])
    assert group() == 0


def test_a_variant_of_what_is_public_proves_nothing_either(
    forum: Forum, random: Random, epoch: str
) -> None:
    """Correlation takes a family for one value: then none of it may weigh."""
    listed()
    rubric = mixed(random, (template(), range(6)))
    one = push(forum, "alder", family_with(rubric, epoch))
    other = push(forum, "birch", family_with(mixed(random, (rubric, range(10, 20))), epoch))
    group()
    assert notes(forum) == {one: "public-template"}
    assert public(forum) == {one, other}


@pytest.mark.parametrize("listed_first", [True, False])
def test_no_push_makes_a_family_that_stands_public(
    forum: Forum, random: Random, epoch: str, *, listed_first: bool
) -> None:
    if listed_first:
        listed()
    own = bands(random)
    ids = {
        push(forum, lab, family_with(mixed(random, (own, range(28))), epoch))
        for lab in ("alder", "birch")
    }
    group()
    listed()
    hybrid = mixed(random, (own, range(4, 28)), (template(), range(4)))
    between = push(forum, "cedar", family_with(hybrid, epoch))
    group()
    assert public(forum) == {between}
    assert notes(forum) == {between: "public-template"}
    assert families_of(forum) == {frozenset(ids), frozenset({between})}
    assert FamilyProposal.objects.get().bands == 24


def test_three_bands_of_a_public_template_are_not_enough(
    forum: Forum, random: Random, epoch: str
) -> None:
    listed()
    push(forum, "alder", family_with(mixed(random, (template(), range(3))), epoch))
    group()
    assert notes(forum) == {}


def test_the_worker_may_do_all_of_it(forum: Forum, random: Random) -> None:
    push(forum, "alder", family_of(prompts(RUBRIC, 10, random)))
    with acting_as("forum_worker"):
        public_templates.refresh(now=now())
        group()
        listed()
        group()
        public_templates.remove(NAME)
        group()
    assert notes(forum) == {}


def test_what_is_taken_off_the_list_is_taken_back(forum: Forum, random: Random) -> None:
    listed()
    rubric = push(forum, "alder", family_of(prompts(RUBRIC, 10, random)))
    group()
    assert notes(forum)
    public_templates.remove(NAME)
    group()
    assert notes(forum) == {}
    assert public(forum) == frozenset()
    assert [each["id"] for each in said(forum, "prompt-family")] == [rubric]
    listed()
    group()
    assert notes(forum) == {rubric: "public-template"}


def test_the_note_falls_with_its_family(forum: Forum, random: Random) -> None:
    listed()
    rubric = push(forum, "alder", family_of(prompts(RUBRIC, 10, random)))
    group()
    forum.retract("alder", rubric)
    assert notes(forum) == {}
    assert Skeleton.objects.filter(template=None).count() == 0


def test_what_waits_for_its_batch_bears_no_note(forum: Forum, random: Random) -> None:
    listed()
    forum.batch()
    forum.push("alder", family_of(prompts(RUBRIC, 10, random)))
    assert group() == 0
    assert forum.feed(BESIDE) == []


@pytest.mark.parametrize("list_first", [True, False])
def test_an_indicator_over_a_public_template_is_context_alone(
    forum: Forum, random: Random, *, list_first: bool
) -> None:
    rubric = family_of(prompts(RUBRIC, 10, random))
    governance = {
        "extension-definition--c9b1ca35-29ff-4513-a3e2-a74aa208b38b": {
            "extension_type": "property-extension",
            "action_tier": "review",
        }
    }
    names = about(rubric["bands"][:6], rubric["epoch"], extensions=governance)
    strange = about(bands(random)[:6], rubric["epoch"], extensions=governance)
    if list_first:
        listed()
    forum.push("alder", names, strange)
    group()
    if not list_first:
        assert [terms(each).get("action_tier") for each in said(forum, "indicator")] == [
            "review"
        ] * 2
        listed()
        group()
    told = {tuple(sorted(terms(each))): terms(each) for each in said(forum, "indicator")}
    assert len(told) == 2
    [flagged] = [each for each in told.values() if "public_template" in each]
    assert flagged["public_template"] is True
    assert flagged["action_tier"] == "context"
    assert group() == 0
    newer = {**names, "modified": "2026-11-02T09:14:00.000Z", "confidence": 70}
    forum.push("alder", newer)
    [kept] = [each for each in said(forum, "indicator") if each["confidence"] == 85]
    assert terms(kept)["action_tier"] == "context"
    public_templates.remove(NAME)
    group()
    left = [terms(each) for each in said(forum, "indicator")]
    assert not any("public_template" in each for each in left)
    assert [each["action_tier"] for each in left] == ["review"] * 2


def test_a_new_epoch_has_the_list_too(forum: Forum, random: Random) -> None:
    listed()
    old = Skeleton.objects.get(template__name=NAME)
    rotation.revoke(new_clerk(), store(), reason="a test")
    rotation.ensure(new_clerk(), store(), {})
    public_templates.refresh(now=now())
    new = Skeleton.objects.get(template__name=NAME)
    assert new.epoch != old.epoch
    assert bytes(new.tokens) != bytes(old.tokens)
    rubric = push(forum, "alder", family_of(prompts(RUBRIC, 10, random)))
    group()
    assert notes(forum) == {rubric: "public-template"}
    expiry.end_epochs(policy=current_policy(), now=now())
    assert notes(forum) == {rubric: "public-template"}


# --- The package's list


def test_the_packages_templates_are_told_apart() -> None:
    found = public_templates.packaged()
    assert len(found) >= 12
    assert max(matching_bands(*pair) for pair in combinations(found.values(), 2)) < 3


def test_a_lab_that_sees_one_of_them_is_told(forum: Forum) -> None:
    public_templates.refresh(now=now())
    assert PublicTemplate.objects.count() == len(public_templates.packaged())
    assert public_templates.refresh(now=now()) == 0
    text = (
        "Rewrite the given instruction into a more complex version that is a little harder to "
        "answer for a strong language model. Add one constraint or one further requirement, "
        "replace general concepts by more specific ones, or ask for more steps of reasoning. The "
        "rewritten instruction must stay reasonable and must be understood and answered by humans. "
        "Add ten to twenty words at most, and do not answer the instruction. Given instruction: "
    )
    seen = push(forum, "alder", family_of([text + each for each in PAYLOADS]))
    group()
    assert notes(forum) == {seen: "public-template"}


def test_a_template_that_left_the_package_leaves_the_list(forum: Forum) -> None:
    public_templates.refresh(now=now())
    PublicTemplate.objects.filter(pk=PublicTemplate.objects.earliest("pk").pk).update(name="gone")
    public_templates.refresh(now=now())
    names = set(PublicTemplate.objects.values_list("name", flat=True))
    assert names == set(public_templates.packaged())
