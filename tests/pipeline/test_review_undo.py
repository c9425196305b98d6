"""A decision takes effect after the time to undo it, and not before; undone it never was."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from indicators.models.submission import HeldObject, Submission
from indicators.pipeline import review
from indicators.pipeline.review import ReviewError, effects
from indicators.pipeline.tasks import publish_released
from tests.forum import Forum, indicator, messages, now, outcomes
from tests.labs import acting_as
from tests.pipeline.reviewing import (
    BROAD,
    PATTERN,
    ROWAN,
    WREN,
    acts,
    again,
    as_,
    broad,
    entity,
    held,
    text,
    without_by,
)


@pytest.fixture(autouse=True)
def _half_a_minute(settings: Any) -> None:
    settings.REVIEW_UNDO_SECONDS = 30


def pass_by(item: HeldObject) -> None:
    """Let the time to undo run out."""
    HeldObject.objects.filter(pk=item.id).update(undo_until=now() - timedelta(seconds=1))


def test_a_decision_takes_effect_when_the_time_to_undo_it_is_over(forum: Forum) -> None:
    item = text(forum)
    decided = review.release(item.id, **as_(ROWAN))
    assert decided.state == "decided"
    assert "can be undone until then" in review.standing(decided)
    publish_released(held_id=str(item.id))
    assert "description" not in forum.feed()[0]
    assert item.id not in effects.due(10)
    pass_by(item)
    assert item.id in effects.due(10)
    publish_released(held_id=str(item.id))
    assert forum.feed()[0]["description"] == "Our night shift saw it."
    assert again(item).state == "applied"
    assert ("pipeline", "decision in effect") in acts(item)


def test_the_worker_may_let_every_decision_take_effect(forum: Forum) -> None:
    one, other, third = entity(forum), text(forum), indicator(BROAD)
    forum.push("alder", third)
    review.release(one.id, **as_(ROWAN))
    review.confirm(one.id, **as_(WREN))
    review.release(other.id, **as_(ROWAN))
    last = HeldObject.objects.get(reasons=["BROAD_PATTERN"])
    review.reject(last.id, code="TOO_BROAD", **as_(ROWAN))
    for item in (one, other, last):
        pass_by(item)
        with acting_as("forum_worker"):
            assert review.take_effect(item.id, **without_by(as_(ROWAN)))
    assert [again(each).state for each in (one, other, last)] == [
        "released", "released", "rejected",
    ]  # fmt: skip


def test_undone_in_time_it_is_as_if_nothing_was_decided(forum: Forum) -> None:
    item = text(forum)
    status = Submission.objects.get().id
    before = messages(forum.status("alder", status))
    review.reject(item.id, code="PRICE", **as_(ROWAN))
    assert messages(forum.status("alder", status)) == before
    review.undo(item.id, **as_(WREN))
    pass_by(item)
    publish_released(held_id=str(item.id))
    fresh = again(item)
    assert (fresh.state, fresh.decided_by, fresh.decision_ct) == ("open", "", None)
    assert messages(forum.status("alder", status)) == before
    assert (WREN, "decision undone") in acts(item)
    assert review.release(item.id, **as_(ROWAN)).state == "decided"


def test_undoing_two_peoples_release_starts_again_from_the_beginning(forum: Forum) -> None:
    item = entity(forum)
    review.release(item.id, **as_(ROWAN))
    review.confirm(item.id, **as_(WREN))
    review.undo(item.id, **as_(WREN))
    fresh = again(item)
    assert (fresh.state, fresh.first_by, fresh.second_by) == ("open", "", "")


@pytest.mark.parametrize(
    ("step", "instead"),
    [
        (lambda item: review.release(item.id, **as_(ROWAN)), "Its lab can take it back"),
        (lambda item: review.reject(item.id, code="PRICE", **as_(ROWAN)), "newer `modified`"),
    ],
)
def test_too_late_says_what_to_do_instead(
    forum: Forum, settings: Any, step: Callable[[HeldObject], object], instead: str
) -> None:
    settings.REVIEW_UNDO_SECONDS = 0
    item = text(forum)
    with pytest.raises(ReviewError, match="nothing to undo"):
        review.undo(item.id, **as_(ROWAN))
    step(item)
    with pytest.raises(ReviewError, match=f"Too late to undo.*{instead}"):
        review.undo(item.id, **as_(ROWAN))


def test_after_its_time_a_decision_stands_even_if_the_worker_is_late(forum: Forum) -> None:
    item = text(forum)
    review.release(item.id, **as_(ROWAN))
    pass_by(item)
    with pytest.raises(ReviewError, match="Too late"):
        review.undo(item.id, **as_(ROWAN))


def test_a_release_whose_submission_is_gone_by_then_is_open_again(forum: Forum) -> None:
    item = broad(forum)
    review.release(item.id, **as_(ROWAN))
    Submission.objects.update(body_ct=None)
    pass_by(item)
    publish_released(held_id=str(item.id))
    assert again(item).state == "open"
    assert ("pipeline", "decision failed") in acts(item)
    with pytest.raises(ReviewError, match="purged"):
        review.release(item.id, **as_(ROWAN))


@pytest.mark.parametrize("decision", ["release", "reject"])
def test_a_lab_that_takes_it_back_meanwhile_comes_first(forum: Forum, decision: str) -> None:
    sign = indicator("[domain-name:value LIKE '%.meadowexit.example']")
    sent = forum.push("alder", sign)
    item = held("object")
    if decision == "release":
        review.release(item.id, **as_(ROWAN))
    else:
        review.reject(item.id, code="TOO_BROAD", **as_(ROWAN))
    forum.retract("alder", sign["id"])
    pass_by(item)
    publish_released(held_id=str(item.id))
    forum.work()
    assert again(item).state == "superseded"
    assert outcomes(forum.status("alder", sent.id)) == ["withdrawn"]
    assert forum.feed() == []
    with pytest.raises(ReviewError, match="taken it back"):
        review.undo(item.id, **as_(ROWAN))


def test_a_newer_version_overtakes_a_decision_under_way(forum: Forum) -> None:
    sign = indicator(PATTERN, description="The old words.")
    forum.push("alder", sign)
    item = held()
    review.release(item.id, **as_(ROWAN))
    forum.push("alder", sign | {"modified": "2026-11-05T00:00:00.000Z", "description": "New."})
    pass_by(item)
    publish_released(held_id=str(item.id))
    assert "The old words." not in json.dumps(forum.feed(versions="all"))
