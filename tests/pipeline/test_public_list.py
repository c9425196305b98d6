"""The list of public templates changes: in parts, in turns, and without a gap."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from indicators.domain.disclosure import current_policy
from indicators.domain.stix.extensions import BY_NAME
from indicators.matching.epochs import live_epochs
from indicators.models.family import Skeleton
from indicators.pipeline import disputes, public_templates, takedown
from indicators.pipeline.takedown import take_down
from tests.forum import Forum, now
from tests.labkit.prompt_corpus import FAMILIES, prompts
from tests.pipeline.meanwhile import slowly, together
from tests.pipeline.prompting import (
    BESIDE,
    about,
    family_of,
    family_with,
    group,
    mixed,
    publisher_of,
    said,
    terms,
)
from tests.pipeline.public_list import NAME, RUBRIC, listed, notes, public, template


__all__ = ["slowly"]  # a fixture


@pytest.fixture
def random() -> Random:
    return Random(11)


def push_rubric(forum: Forum, random: Random) -> str:
    rubric = family_of(prompts(RUBRIC, 10, random))
    forum.push("alder", rubric)
    return str(rubric["id"])


def tier(word: str) -> dict[str, Any]:
    governance = {"extension_type": "property-extension", "action_tier": word}
    return {"extensions": {BY_NAME["share-governance"].id: governance}}


def test_an_indicator_gets_the_tier_back_that_its_lab_gave_last(
    forum: Forum, random: Random
) -> None:
    listed()
    rubric = family_of(prompts(RUBRIC, 10, random))
    names = about(rubric["bands"][:6], rubric["epoch"], **tier("review"))
    forum.push("alder", names)
    group()
    weaker = {**names, **tier("score"), "modified": "2026-11-02T09:14:00.000Z"}
    forum.push("alder", weaker)
    [flagged] = said(forum, "indicator")
    assert terms(flagged)["action_tier"] == "context"
    public_templates.remove(NAME)
    group()
    [back] = said(forum, "indicator")
    assert terms(back)["action_tier"] == "score"
    assert "public_template" not in terms(back)


def test_a_suspended_indicator_is_told_when_it_stands_again(forum: Forum, random: Random) -> None:
    rubric = family_of(prompts(RUBRIC, 10, random))
    forum.push("alder", about(rubric["bands"][:6], rubric["epoch"], **tier("review")))
    group()
    [stands] = said(forum, "indicator")
    shown = disputes.flag(publisher_of(forum), stands["id"], disputes.DISPUTED)
    [suspended] = said(forum, "indicator")
    listed()
    group()
    assert said(forum, "indicator") == [suspended], "it keeps its terms"
    disputes.unflag(publisher_of(forum), stands["id"], disputes.DISPUTED, shown, others=False)
    group()
    [told] = said(forum, "indicator")
    assert terms(told)["public_template"] is True
    public_templates.remove(NAME)
    group()
    [back] = said(forum, "indicator")
    assert terms(back)["action_tier"] == "review"


def test_all_that_stands_is_compared_however_many_parts_that_takes(
    forum: Forum, random: Random, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(takedown, "AT_ONCE", 1)
    epoch = min(live_epochs(now()))
    listed()
    text = template()
    public_templates.remove(NAME)
    families = [family_with(mixed(random, (text, range(at, at + 4))), epoch) for at in (0, 8, 16)]
    forum.push("alder", *families, about(text[:6], epoch), about(text[6:12], epoch))
    group()
    assert notes(forum) == {}
    listed()
    group()
    assert notes(forum).keys() == public(forum) == {str(each["id"]) for each in families}
    assert all(terms(each)["public_template"] for each in said(forum, "indicator"))
    assert group() == 0


def test_a_note_that_fell_is_said_again(forum: Forum, random: Random) -> None:
    listed()
    rubric = push_rubric(forum, random)
    group()
    [note] = said(forum, "note")
    beside, policy = forum.collections[BESIDE], current_policy()
    take_down(beside, [note["id"]], act="object expired", policy=policy, now=now())
    public_templates.remove(NAME)
    listed()
    group()
    assert notes(forum) == {rubric: "public-template"}


def test_a_changed_template_matches_until_its_new_tokens_do(forum: Forum, random: Random) -> None:
    listed()
    rubric = push_rubric(forum, random)
    group()
    before = forum.feed(BESIDE, versions="all")
    other = public_templates.filled(" ".join((*FAMILIES[0], "{}")))
    public_templates.take_in({NAME: public_templates.of_prompts(other)}, now=now())
    group()
    assert forum.feed(BESIDE, versions="all") == before
    changed = family_of(prompts(FAMILIES[0], 10, random))
    forum.push("birch", changed)
    assert public_templates.tokenise(now=now()) == 1
    group()
    assert notes(forum) == {changed["id"]: "public-template"}
    assert rubric not in public(forum)
    assert public_templates.tokenise(now=now()) == 0


def test_where_no_epoch_lives_there_are_no_tokens(forum: Forum) -> None:
    listed()
    assert public_templates.tokenise(now=now() + timedelta(days=400)) == 0
    assert not Skeleton.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("slowly")
def test_a_template_leaves_the_list_while_a_match_is_said() -> None:
    forum, random = Forum.make(), Random(11)
    listed()
    push_rubric(forum, random)
    errors = together(group, lambda: public_templates.remove(NAME))
    assert errors == []
    group()
    assert notes(forum) == {}
    assert public(forum) == frozenset()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("slowly")
def test_a_template_comes_back_while_its_notes_are_taken_back() -> None:
    forum, random = Forum.make(), Random(11)
    listed()
    rubric = push_rubric(forum, random)
    group()
    public_templates.remove(NAME)

    def come_back() -> None:
        listed()
        group()

    assert together(group, come_back) == []
    group()
    assert notes(forum) == {rubric: "public-template"}
    assert public(forum) == {rubric}
