"""Two people, undo, texts of the Forum's, rejections, and what is directly related."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from indicators.domain import tlp
from indicators.models.audit import AuditEntry
from indicators.models.submission import HeldObject, Submission
from indicators.pipeline import enrich, review
from indicators.pipeline.review import PersonalData, ReviewError
from tests.forum import Forum, indicator, messages
from tests.pipeline.reviewing import (
    PATTERN,
    ROWAN,
    WREN,
    acts,
    again,
    as_,
    broad,
    entity,
    held,
    journal,
    text,
    without_by,
)


RELAY: dict[str, Any] = {
    "template": "infrastructure",
    "choices": {"service": "relay", "role": "egress"},
}
RELAY_TEXT = "Part of an API relay that resells access; where its requests come from."


# --- two people


def test_naming_an_entity_takes_a_second_person(forum: Forum) -> None:
    item = entity(forum)
    proposed = review.release(item.id, **as_(ROWAN))
    assert (proposed.state, proposed.first_by) == ("open", ROWAN)
    assert "second person must confirm" in review.standing(proposed)
    forum.work()
    assert forum.feed() == []
    review.confirm(item.id, **as_(WREN))
    forum.work()
    assert [each["name"] for each in forum.feed()] == ["MeadowExit"]
    assert acts(item) == [(ROWAN, "release proposed"), (WREN, "held released")]
    assert journal("held released")["proposed_by"] == ROWAN


@pytest.mark.parametrize("login", [ROWAN, "Rowan"])
@pytest.mark.parametrize("step", [review.release, review.confirm])
def test_the_same_person_twice_is_no_second_person(
    forum: Forum, login: str, step: Callable[..., HeldObject]
) -> None:
    item = entity(forum)
    review.release(item.id, **as_(ROWAN))
    with pytest.raises(ReviewError, match="You proposed this yourself; a second, different person"):
        step(item.id, **as_(login))
    assert again(item).state == "open"


def test_the_database_refuses_the_same_person_twice_and_one_alone(forum: Forum) -> None:
    item = entity(forum)
    review.release(item.id, **as_(ROWAN))
    rows = HeldObject.objects.filter(pk=item.id)
    for changes in ({"second_by": "ROWAN"}, {"state": "released"}, {"state": "applied"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**changes)


def test_a_marking_stricter_than_the_collection_takes_two(forum: Forum) -> None:
    forum.push("alder", indicator(PATTERN, object_marking_refs=[tlp.Level.RED.marking_id],
                                  description="For few."))  # fmt: skip
    review.release(held("object").id, **as_(ROWAN))
    review.confirm(held("object").id, **as_(WREN))
    forum.work()
    assert len(forum.feed()) == 1
    # Text of what was let pass for such a reason takes two as well.
    assert review.release(held().id, **as_(ROWAN)).state == "open"
    assert review.confirm(held().id, **as_(WREN)).state == "released"


def test_one_person_is_enough_for_what_names_nobody(forum: Forum) -> None:
    assert review.release(text(forum).id, **as_(ROWAN)).state == "released"
    assert review.release(broad(forum).id, **as_(ROWAN)).state == "released"


def test_exactly_what_was_proposed_is_confirmed(forum: Forum) -> None:
    item = entity(forum)
    review.release(item.id, **as_(ROWAN))
    with pytest.raises(ReviewError, match="Confirm exactly that, or undo it"):
        review.release(item.id, **as_(WREN))
    with pytest.raises(ReviewError, match="nothing to confirm"):
        review.confirm(text(forum).id, **as_(WREN))


def test_a_proposal_can_be_undone_and_rejected(forum: Forum) -> None:
    item = entity(forum)
    review.release(item.id, **as_(ROWAN))
    review.undo(item.id, **as_(ROWAN))
    fresh = again(item)
    assert (fresh.first_by, fresh.decision, fresh.needs_two) == ("", "", False)
    review.release(item.id, **as_(WREN))
    assert review.reject(item.id, code="NAMED", **as_(WREN)).state == "rejected"


# --- a text of the Forum's in its place


def test_a_text_of_the_forums_takes_the_labs_place(forum: Forum) -> None:
    item = text(forum, name="The Tuesday relay")
    review.release_with_template(item.id, **RELAY, **as_(ROWAN))
    assert enrich.apply(item.id, **without_by(as_(ROWAN)))
    everything = json.dumps(forum.feed(versions="all"))
    assert "night shift" not in everything
    assert "Tuesday" not in everything
    assert forum.feed()[0]["description"] == RELAY_TEXT
    said = messages(forum.status("alder", Submission.objects.get().id))[0]
    assert "description: a text of the Forum's took its place" in said
    assert journal("held released")["template"] == "infrastructure"
    assert "night shift" not in AuditEntry.objects.get(act="held released").body


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"template": "no-such"}, "no text 'no-such'"),
        ({"choices": {"service": "MeadowExit", "role": "egress"}}, "cannot be 'MeadowExit'"),
        ({"choices": {}}, "needs role, service"),
        ({"in_place_of": "name"}, "may stand in description; held here is description"),
    ],
)
def test_a_text_that_does_not_fit_is_refused(
    forum: Forum, changes: dict[str, Any], message: str
) -> None:
    item = text(forum)
    with pytest.raises(ReviewError, match=message):
        review.release_with_template(item.id, **{**RELAY, **changes}, **as_(ROWAN))
    assert again(item).state == "open"


def test_a_whole_object_goes_with_its_text_or_not_at_all(forum: Forum) -> None:
    with pytest.raises(ReviewError, match="whole object"):
        review.release_with_template(broad(forum).id, **RELAY, **as_(ROWAN))


def test_a_text_of_a_named_entity_takes_two_even_in_the_forums_words(forum: Forum) -> None:
    red = {"object_marking_refs": [tlp.Level.RED.marking_id]}
    forum.push("alder", indicator(PATTERN, description="Few know.", **red))
    review.release(held("object").id, **as_(ROWAN))
    review.confirm(held("object").id, **as_(WREN))
    forum.work()
    item = held()
    review.release_with_template(item.id, **RELAY, **as_(WREN))
    assert review.proposal(again(item)) == {"description": RELAY_TEXT}
    review.confirm(item.id, **as_(ROWAN))
    enrich.apply(item.id, **without_by(as_(ROWAN)))
    assert forum.feed()[0]["description"] == RELAY_TEXT


# --- rejection


def test_a_lab_reads_the_code_its_text_and_what_the_reviewer_adds(forum: Forum) -> None:
    item = text(forum)
    review.reject(item.id, code="PRICE", message="The second sentence.", **as_(ROWAN))
    said = messages(forum.status("alder", Submission.objects.get().id))[0]
    assert "description not shared: PRICE: It speaks of prices" in said
    assert "The second sentence." in said
    assert journal("held rejected")["code"] == "PRICE"
    assert "second sentence" not in AuditEntry.objects.get(act="held rejected").body


def test_a_rejection_says_why(forum: Forum) -> None:
    item = text(forum)
    with pytest.raises(ReviewError, match="Say why"):
        review.reject(item.id, message=" ", **as_(ROWAN))
    with pytest.raises(ReviewError, match="no code 'BECAUSE'"):
        review.reject(item.id, code="BECAUSE", **as_(ROWAN))


# --- what is directly related


@pytest.fixture
def found(forum: Forum) -> HeldObject:
    """Text in which the screens found an address and a telephone number."""
    item = text(forum)
    rules = ["types.indicator", "personal.e-mail", "personal.phone-national"]
    HeldObject.objects.filter(pk=item.id).update(rule_ids=rules)
    return again(item)


def declared(related: set[str], absent: set[str]) -> PersonalData:
    return PersonalData(frozenset(related), frozenset(absent))


def test_a_finding_of_personal_data_must_be_accounted_for(found: HeldObject) -> None:
    for incomplete in (declared(set(), set()), declared({"personal.e-mail"}, set())):
        with pytest.raises(ReviewError, match=r"a telephone number \(personal.phone-national\)"):
            review.release(found.id, personal=incomplete, **as_(ROWAN))
    assert again(found).state == "open"


@pytest.mark.parametrize(
    ("declaration", "message"),
    [
        (declared({"all", "shoe-size"}, set()), "Nothing here is called 'shoe-size'"),
        (declared({"personal.iban", "all"}, set()), "Nothing here is called 'personal.iban'"),
        (declared({"personal.e-mail"}, {"personal.e-mail", "all"}), "either directly related, or"),
    ],
)
def test_a_declaration_must_make_sense(
    found: HeldObject, declaration: PersonalData, message: str
) -> None:
    with pytest.raises(ReviewError, match=message):
        review.release(found.id, personal=declaration, **as_(ROWAN))


def test_each_datum_is_recorded_with_who_found_it(found: HeldObject) -> None:
    both = declared({"personal.e-mail", "name"}, {"all"})
    review.release(found.id, personal=both, **as_(ROWAN))
    assert journal("held released")["personal"] == [
        {"kind": "name", "decision": "directly related", "by": "reviewer"},
        {"kind": "an e-mail address", "decision": "directly related", "by": "personal.e-mail"},
        {"kind": "a telephone number", "decision": "no personal data",
         "by": "personal.phone-national"},
    ]  # fmt: skip


def test_a_declaration_of_all_covers_every_finding(found: HeldObject) -> None:
    review.release(found.id, personal=declared({"all"}, set()), **as_(ROWAN))
    decisions = {each["decision"] for each in journal("held released")["personal"]}
    assert decisions == {"directly related"}


def test_a_text_of_the_forums_keeps_no_personal_data(found: HeldObject) -> None:
    assert review.release_with_template(found.id, **RELAY, **as_(ROWAN)).state == "released"


def test_what_the_screens_find_on_the_way_in_must_be_accounted_for(forum: Forum) -> None:
    item = text(forum, description="Write to robin.hale@kestrelmail.example about it.")
    with pytest.raises(ReviewError, match="an e-mail address"):
        review.release(item.id, **as_(ROWAN))


def test_what_was_taken_out_needs_no_declaration(forum: Forum) -> None:
    item = text(forum)
    HeldObject.objects.update(rule_ids=["personal.card"])
    assert review.release(item.id, **as_(ROWAN)).state == "released"


def test_what_no_screen_found_needs_no_declaration(forum: Forum) -> None:
    review.release(text(forum).id, **as_(ROWAN))
    assert journal("held released")["personal"] == []
