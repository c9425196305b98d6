"""The queue of held items: order, clock, claims, and passing on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from indicators.domain.review_policy import current_review_policy
from indicators.models.submission import HeldObject
from indicators.pipeline import review
from indicators.pipeline.review import ReviewError
from tests.forum import Forum, indicator, now, stix
from tests.pipeline.reviewing import ROWAN, WREN, acts, again, as_, broad, entity, text


def run_out(item: HeldObject) -> None:
    HeldObject.objects.filter(pk=item.id).update(claimed_until=now() - timedelta(seconds=1))


def ranked(forum: Forum, *ranks: int) -> list[HeldObject]:
    """Held items of these ranks, the first the oldest."""
    for number, rank in enumerate(ranks):
        forum.push("alder", indicator(f"[domain-name:value LIKE '%.a{number}.example']"))
        newest = HeldObject.objects.latest("held_at")
        HeldObject.objects.filter(pk=newest.pk).update(rank=rank)
    return list(HeldObject.objects.order_by("held_at"))


# --- order and clock


def test_the_queue_is_by_rank_and_then_by_age(forum: Forum) -> None:
    a, b, c = ranked(forum, 2, 1, 1)
    waiting = review.waiting_list(now=now(), limit=10)
    assert [each.held.id for each in waiting] == [b.id, c.id, a.id]
    assert len(review.waiting_list(now=now(), limit=2)) == 2


def test_an_entry_says_why_and_what_was_found(forum: Forum) -> None:
    item = text(forum)
    [entry] = review.waiting_list(now=now(), limit=10, reason="FREE_TEXT")
    assert entry.held.id == item.id
    assert entry.held.reasons == ["FREE_TEXT"]
    assert "types.indicator" in entry.held.rule_ids
    assert review.waiting_list(now=now(), limit=10, reason="ATTRIBUTION") == []


def test_an_item_has_a_clock_that_runs_in_office_hours(forum: Forum) -> None:
    item = text(forum)
    due = current_review_policy().target.due(item.held_at)
    soon = review.entry(item, now=due - timedelta(minutes=90))
    late = review.entry(item, now=due + timedelta(days=3))
    assert (soon.clock, soon.is_overdue) == ("1 h left", False)
    assert (late.clock, late.is_overdue) == ("3 d over", True)


def test_what_waits_is_counted_by_whom_it_waits_for(forum: Forum) -> None:
    item, named = text(forum), entity(forum)
    forum.push("alder", indicator("[url:value MATCHES '^https?://.*']"))
    review.release(named.id, **as_(ROWAN))
    review.escalate(item.id, to="counsel", why="Libel?", **as_(ROWAN))
    counts = review.counts(now=now() + timedelta(days=9))
    assert (counts.undecided, counts.overdue, counts.proposed) == (3, 3, 1)
    assert counts.escalated == {"counsel": 1}
    assert "1 with counsel" in str(counts)


# --- claims


def test_a_claimed_item_is_one_reviewers(forum: Forum) -> None:
    item = text(forum)
    claimed = review.claim(item.id, **as_(ROWAN))
    assert claimed.claimed_by == ROWAN
    for step in (review.claim, review.release):
        with pytest.raises(ReviewError, match="rowan has claimed this until"):
            step(item.id, **as_(WREN))
    with pytest.raises(ReviewError, match="rowan has claimed"):
        review.reject(item.id, code="PRICE", **as_(WREN))
    review.release(item.id, **as_(ROWAN))
    assert again(item).claimed_by == ""


def test_a_claim_can_be_renewed_and_given_back(forum: Forum) -> None:
    item = text(forum)
    first = review.claim(item.id, **as_(ROWAN)).claimed_until
    second = review.claim(item.id, **as_(ROWAN)).claimed_until
    assert first
    assert second
    assert second > first
    with pytest.raises(ReviewError, match="not claimed"):
        review.give_back(item.id, **as_(WREN))
    review.give_back(item.id, **as_(ROWAN))
    review.claim(item.id, **as_(WREN))
    assert [act for _, act in acts(item)] == [
        "held claimed", "held claimed", "held given back", "held claimed",
    ]  # fmt: skip


def test_a_claim_that_ran_out_is_free(forum: Forum) -> None:
    item = text(forum)
    review.claim(item.id, **as_(ROWAN))
    run_out(item)
    assert review.entry(again(item), now=now()).claim == ""
    assert review.claim(item.id, **as_(WREN)).claimed_by == WREN


def test_what_is_decided_cannot_be_claimed(forum: Forum) -> None:
    item = text(forum)
    review.reject(item.id, code="PRICE", **as_(ROWAN))
    with pytest.raises(ReviewError, match="decided already"):
        review.claim(item.id, **as_(WREN))


def test_the_next_item_is_the_first_that_is_free_and_decidable(forum: Forum) -> None:
    a, b, c = ranked(forum, 1, 2, 3)
    review.claim(a.id, **as_(WREN))
    review.escalate(b.id, to="counsel", why="Libel?", **as_(WREN))
    taken = review.claim_next(**as_(ROWAN))
    assert taken
    assert taken.id == c.id
    assert review.claim_next(**as_(ROWAN)) is None


def test_nobody_is_given_what_nobody_may_release_or_what_they_proposed(forum: Forum) -> None:
    forum.push("alder", stix("identity", name="MeadowExit", identity_class="organization"))
    never = HeldObject.objects.get()
    HeldObject.objects.filter(pk=never.pk).update(reasons=["FEEDBACK"])
    assert review.claim_next(**as_(ROWAN)) is None
    HeldObject.objects.filter(pk=never.pk).update(reasons=["NAMED_ENTITY"])
    review.release(never.id, **as_(ROWAN))
    assert review.claim_next(**as_(ROWAN)) is None
    assert review.claim_next(**as_(WREN))


# --- passing on


def test_what_is_passed_on_is_decided_by_somebody_else(forum: Forum) -> None:
    item = broad(forum)
    review.claim(item.id, **as_(ROWAN))
    review.escalate(item.id, to="counsel", why="A claim of libel.", **as_(ROWAN))
    passed = again(item)
    assert (passed.escalated_to, passed.escalated_by, passed.claimed_by) == ("counsel", ROWAN, "")
    assert review.why_escalated(passed) == "A claim of libel."
    assert b"libel" not in bytes(passed.escalation_ct or b"")
    assert review.right_to_decide(passed) == "counsel_heldobject"
    assert [each.held.id for each in review.waiting_list(now=now(), limit=9, line="counsel")]
    assert not review.waiting_list(now=now(), limit=9, line="")
    with pytest.raises(ReviewError, match="somebody else decides"):
        review.release(item.id, **as_(ROWAN))
    review.release(item.id, **as_(WREN))
    assert (ROWAN, "held escalated") in acts(item)


def test_who_ever_passed_it_on_does_not_decide_it(forum: Forum) -> None:
    item = broad(forum)
    review.escalate(item.id, to="counsel", why="A claim.", **as_(ROWAN))
    review.escalate(item.id, to="second-line", why="None of ours.", **as_(WREN))
    for login in (ROWAN, WREN):
        with pytest.raises(ReviewError, match="somebody else decides"):
            review.release(item.id, **as_(login))
    review.release(item.id, **as_("linden"))


def test_passing_on_needs_a_line_and_a_reason(forum: Forum) -> None:
    item = broad(forum)
    with pytest.raises(ReviewError, match="only: second-line, counsel"):
        review.escalate(item.id, to="the-press", why="x", **as_(ROWAN))
    with pytest.raises(ReviewError, match="Say why"):
        review.escalate(item.id, to="counsel", why="  ", **as_(ROWAN))
    review.escalate(item.id, to="second-line", why="I know them.", **as_(ROWAN))
    with pytest.raises(ReviewError, match="already"):
        review.escalate(item.id, to="second-line", why="x", **as_(WREN))
    assert again(item).escalated_to == "second-line"
