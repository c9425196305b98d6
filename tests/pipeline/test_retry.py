"""What was quarantined is tried again: once, by the right people, and not past a retraction."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from indicators.models.audit import AuditEntry
from indicators.models.submission import Submission
from indicators.pipeline import lineage, lookups, queue, recall, retry
from indicators.pipeline.recall_source import Source
from indicators.pipeline.tasks import process_submission
from tests.forum import Forum, indicator, messages, now, outcomes
from tests.pipeline.governing import clerk
from tests.pipeline.reviewing import PATTERN, WREN


HOUR, MOMENT = timedelta(hours=1), timedelta(milliseconds=5)


def quarantined(forum: Forum, *objects: Any, lab: str = "alder") -> uuid.UUID:
    """A submission that killed its worker again and again."""
    sent = forum.push(lab, *objects, work=False)
    for _ in range(queue.MOST_ATTEMPTS):
        assert queue.claim(sent.id)
        run_out(sent.id)
    process_submission(submission_id=str(sent.id))
    assert Submission.objects.get(pk=sent.id).state == Submission.State.QUARANTINED
    return sent.id


def run_out(submission_id: uuid.UUID) -> None:
    Submission.objects.filter(pk=submission_id).update(lease_until=now() - timedelta(seconds=1))


def test_poison_is_set_aside_and_finished_once_its_cause_is_gone(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = forum.push("alder", indicator(PATTERN), work=False)

    def broken(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError("gw-2.meadowexit.example")

    with monkeypatch.context() as patched:
        patched.setattr(lookups, "sender", broken)
        for _ in range(queue.MOST_ATTEMPTS):
            with pytest.raises(ZeroDivisionError):
                process_submission(submission_id=str(sent.id))
            run_out(sent.id)
        process_submission(submission_id=str(sent.id))
    aside = Submission.objects.get()
    assert (aside.state, aside.failure_kind) == ("quarantined", "ZeroDivisionError")
    assert "UNPROCESSABLE" in messages(forum.status("alder", sent.id))[0]

    retry.retry(clerk(), sent.id)
    assert not forum.status("alder", sent.id).complete
    forum.work()
    assert outcomes(forum.status("alder", sent.id)) == ["published"]
    done = Submission.objects.get()
    assert (done.state, done.attempts, done.failure_kind) == ("complete", 0, "")
    entry = AuditEntry.objects.get(act="submission tried again")
    assert (entry.actor, entry.subject) == (clerk().by, str(sent.id))
    assert aside.failure_reference in entry.body


def test_it_has_all_its_attempts_again(forum: Forum) -> None:
    sent = quarantined(forum, indicator(PATTERN))
    retry.retry(clerk(), sent)
    assert [attempt(sent) for _ in range(queue.MOST_ATTEMPTS)] == [1, 2, 3, 4, 5]


def attempt(submission_id: uuid.UUID) -> int:
    """Take it, and lose it; at which attempt."""
    lease = queue.claim(submission_id)
    assert lease
    run_out(submission_id)
    return lease.attempts


def test_a_second_press_does_nothing(forum: Forum) -> None:
    sent = quarantined(forum, indicator(PATTERN))
    retry.retry(clerk(), sent)
    lease = queue.claim(sent)
    with pytest.raises(retry.RetryError, match="not quarantined"):
        retry.retry(clerk(), sent)
    assert queue.claim(sent) is None, "the first try still has it"
    assert lease
    assert AuditEntry.objects.filter(act="submission tried again").count() == 1


def test_nothing_else_can_be_tried_again(forum: Forum) -> None:
    done = forum.push("alder", indicator(PATTERN))
    for each in (done.id, uuid.uuid4()):
        with pytest.raises(retry.RetryError, match="not quarantined"):
            retry.retry(clerk(), each)


@pytest.mark.parametrize("key", ["", "k-one"])
def test_what_a_recall_takes_in_is_not_tried_again(forum: Forum, key: str) -> None:
    sent = quarantined(forum, indicator(PATTERN))
    others = quarantined(forum, indicator(PATTERN), lab="birch")
    Submission.objects.update(sent_with="k-one")
    asked = recalled(forum, key)
    with pytest.raises(retry.RetryError, match="recall"):
        retry.retry(clerk(), sent)
    retry.retry(clerk(), others)
    recall.refuse(clerk(WREN), asked)
    retry.retry(clerk(), sent)


def recalled(forum: Forum, key: str) -> uuid.UUID:
    """A recall is asked for over alder, or over this key of its."""
    source = Source(forum.principals["alder"].member_id, "", now() - HOUR, now() - MOMENT)
    asked = recall.request(clerk("rowan"), source, why="Phished.", stop=False)
    if key:
        asked.source_ct = Source(source.member_id, key, source.since, source.until).sealed(
            asked.id.bytes
        )
        asked.save(update_fields=["source_ct"])
    return asked.id


def test_another_key_of_the_same_lab_is_not_in_the_way(forum: Forum) -> None:
    sent = quarantined(forum, indicator(PATTERN))
    Submission.objects.update(sent_with="k-two")
    recalled(forum, "k-one")
    retry.retry(clerk(), sent)


def test_what_is_purged_is_not_tried_again(forum: Forum) -> None:
    sent = quarantined(forum, indicator(PATTERN))
    Submission.objects.update(purge_after=now() - HOUR)
    with pytest.raises(retry.RetryError, match="anew"):
        retry.retry(clerk(), sent)
    Submission.objects.update(body_ct=None, purge_after=now() + HOUR)
    with pytest.raises(retry.RetryError, match="purged"):
        retry.retry(clerk(), sent)


def test_nothing_comes_after_its_lab_took_it_back(forum: Forum) -> None:
    sign, other = indicator(PATTERN), indicator("[domain-name:value = 'gw-7.meadowexit.example']")
    sent = quarantined(forum, sign)
    forum.push("alder", other)
    assert forum.retract("alder", sign["id"]), "it may be tried again, so the wish is kept"
    forum.work()
    with pytest.raises(retry.RetryError, match="taken back"):
        retry.retry(clerk(), sent)


def test_a_retraction_that_is_late_takes_back_nothing_newer(forum: Forum) -> None:
    sign = indicator(PATTERN)
    forum.push("alder", sign)
    sent = quarantined(forum, {**sign, "revoked": True})
    forum.push("alder", {**sign, "modified": "2027-01-01T00:00:00.000Z"})
    with pytest.raises(retry.RetryError, match="taken back"):
        retry.retry(clerk(), sent)


def test_what_was_decided_before_stays(forum: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    signs = [indicator(f"[domain-name:value = '{n}.example']") for n in ("a", "b")]
    sent = forum.push("alder", *signs)
    before = forum.feed(versions="all")
    Submission.objects.update(state="quarantined")
    retry.retry(clerk(), sent.id)

    def forbidden(*_: Any, **__: Any) -> Any:
        raise AssertionError("nothing is left to be written")

    monkeypatch.setattr(lineage, "write", forbidden)
    forum.work()
    assert outcomes(forum.status("alder", sent.id)) == ["published", "published"]
    assert forum.feed(versions="all") == before
