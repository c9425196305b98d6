"""What is kept has an end, and its sender learns what is meant for it before that."""

from __future__ import annotations

from datetime import timedelta

import pytest

from indicators.domain.terms import current_terms
from indicators.intake.status import status_of
from indicators.models.lineage import Contribution
from indicators.models.submission import HeldObject, Idempotency, Submission, SubmissionObject
from indicators.pipeline import legal_hold, queue, retention, review
from indicators.pipeline.again import look_again
from indicators.pipeline.legal_hold import Scope
from tests.forum import Forum, indicator, messages, now, outcomes, relationship, stix
from tests.pipeline.governing import PATTERN, POLICY, acts, age, clerk


BROAD = "[domain-name:value LIKE '%.meadowexit.example']"


def hold_all(forum: Forum) -> None:
    scope = Scope(collection=forum.collections["distillation"])
    asked = legal_hold.request(clerk("ash"), scope, matter="2026-17")
    legal_hold.approve(clerk("elm"), asked.id)


def test_raw_bodies_go_when_they_are_due_and_the_status_stays(forum: Forum) -> None:
    fresh, old = (forum.push("alder", indicator(PATTERN)).id for _ in range(2))
    age(old, days=31)
    assert retention.purge_bodies(now=now()) == 1
    kept = Submission.objects.filter(body_ct__isnull=False)
    assert [each.pk for each in kept] == [fresh]
    assert outcomes(forum.status("alder", old)) == ["published"]
    assert retention.purge_bodies(now=now()) == 0


def test_nothing_unfinished_is_purged_but_it_is_counted(forum: Forum) -> None:
    sent = forum.push("alder", indicator(PATTERN), work=False)
    age(sent.id, days=31)
    assert retention.purge_bodies(now=now()) == 0
    assert retention.overdue(now=now()) == 1


def test_what_nobody_decided_in_time_is_refused_and_takes_along_what_waits(forum: Forum) -> None:
    broad, domain = indicator(BROAD), stix("domain-name", value="gw-2.meadowexit.example")
    status = forum.push("alder", broad, domain, relationship(broad, "based-on", domain))
    age(status.id, days=31)
    assert retention.expire_held(policy=POLICY, now=now()) == 1
    after = forum.status("alder", status.id)
    assert outcomes(after) == ["rejected", "published", "rejected"]
    assert messages(after)[0].startswith("rejected: HELD_TOO_LONG")
    assert "not decided in time" in messages(after)[2]
    assert len(acts("held expired")) == 1


def test_text_that_nobody_read_in_time_goes_without_its_object(forum: Forum) -> None:
    status = forum.push("alder", indicator(PATTERN, description="The Tuesday relay."))
    age(status.id, days=31)
    retention.expire_held(policy=POLICY, now=now())
    [said] = messages(forum.status("alder", status.id))
    assert "description not shared: nobody decided in time" in said
    assert forum.feed()
    assert retention.delete_held(now=now()) == 1
    assert not HeldObject.objects.exists()


def test_held_content_that_is_decided_goes_with_its_submission(forum: Forum) -> None:
    forum.push("alder", indicator(BROAD))
    assert retention.delete_held(now=now()) == 0
    age(Submission.objects.get().pk, days=31)
    assert retention.delete_held(now=now()) == 0  # still open: it expires first
    retention.expire_held(policy=POLICY, now=now())
    assert retention.delete_held(now=now()) == 1


def test_a_hold_keeps_content_but_nothing_open_and_nothing_of_it_is_shared(forum: Forum) -> None:
    status = forum.push("alder", indicator(BROAD))
    age(status.id, days=31)
    hold_all(forum)
    held = HeldObject.objects.get()
    with pytest.raises(review.ReviewError, match="send it again"):
        review.release(held.id, by="rowan", policy=POLICY, now=now())
    assert look_again([held.pk], why="test", policy=POLICY, now=now()) == []
    assert retention.expire_held(policy=POLICY, now=now()) == 1
    assert retention.purge_bodies(now=now()) == 0
    assert retention.delete_held(now=now()) == 0
    assert HeldObject.objects.get().state == "rejected"
    assert Submission.objects.get().body_ct is not None
    assert forum.feed() == []


def test_old_statuses_are_forgotten_and_are_not_found_then(forum: Forum) -> None:
    status = forum.push("alder", indicator(PATTERN, description="x"))
    age(status.id, days=current_terms().statuses + 1)
    retention.expire_held(policy=POLICY, now=now())
    retention.purge_bodies(now=now())
    assert retention.forget_statuses(now=now()) == 1
    [row] = SubmissionObject.objects.all()
    assert (bytes(row.original_ct), row.message_ct, row.outcome) == (b"", None, "published")
    member_id = forum.principals["alder"].member_id
    assert status_of(member_id=member_id, submission_id=status.id) is None
    assert retention.forget_statuses(now=now()) == 0


def test_a_submission_that_was_set_aside_and_purged_has_no_status(forum: Forum) -> None:
    sent = forum.push("alder", indicator(PATTERN), work=False)
    lease = queue.claim(sent.id)
    assert lease
    queue.set_aside(lease, "a reference")
    age(sent.id, days=31)
    assert retention.purge_bodies(now=now()) == 1
    member_id = forum.principals["alder"].member_id
    assert status_of(member_id=member_id, submission_id=sent.id) is None


def test_links_of_what_was_withdrawn_long_ago_are_deleted_unless_there_is_a_hold(
    forum: Forum,
) -> None:
    gone, stays = indicator(PATTERN), indicator("[domain-name:value = 'b.example']")
    forum.push("alder", gone, stays)
    forum.retract("alder", gone["id"])
    long_ago = now().date() - timedelta(days=current_terms().links + 1)
    Contribution.objects.update(last_day=long_ago)
    hold_all(forum)
    assert retention.forget_links(now=now()) == 0
    later = now() + timedelta(days=200)
    assert retention.forget_links(now=later) == 1
    assert [each.state for each in Contribution.objects.all()] == ["active"]


def test_marks_of_bodies_sent_again_last_a_day(forum: Forum) -> None:
    forum.push("alder", indicator(PATTERN))
    assert retention.forget_resends(now=now()) == 0
    assert retention.forget_resends(now=now() + timedelta(hours=25)) == 1
    assert not Idempotency.objects.exists()


def test_what_does_not_open_keeps_nothing_else(forum: Forum) -> None:
    sent = [
        forum.push("alder", indicator(f"[domain-name:value = '{name}.example']", description="x"))
        for name in ("a", "b")
    ]
    first = HeldObject.objects.order_by("held_at")[0]
    HeldObject.objects.filter(pk=first.pk).update(projected_ct=b"nothing that opens")
    for each in sent:
        age(each.id, days=400)
    assert retention.expire_held(policy=POLICY, now=now()) == 2
    said = [messages(forum.status("alder", each.id))[0] for each in sent]
    assert all("nobody decided in time" in each for each in said), said
