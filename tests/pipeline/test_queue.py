"""The queue: leases, fencing, what the sweep finds, what is set aside."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from indicators.domain.disclosure import current_policy
from indicators.domain.regime import stamp
from indicators.models.audit import AuditEntry
from indicators.models.member import Grant
from indicators.models.publication import Publication
from indicators.models.submission import Submission, SubmissionObject
from indicators.pipeline import chunks, lineage, queue, waiting, work
from indicators.pipeline.tasks import process_submission
from tests.forum import Forum, indicator, messages, now, outcomes, relationship, stix
from tests.pipeline.governing import age


PATTERN = "[domain-name:value = 'gw-2.meadowexit.example']"


def run_out(submission_id: uuid.UUID) -> None:
    Submission.objects.filter(pk=submission_id).update(lease_until=now() - timedelta(seconds=1))


def test_a_submission_is_claimed_once(forum: Forum) -> None:
    sent = forum.push("alder", indicator(PATTERN), work=False)
    assert queue.claim(sent.id)
    assert queue.claim(sent.id) is None


def test_a_lease_that_ran_out_is_taken_over_and_the_sleeper_is_fenced(forum: Forum) -> None:
    sent = forum.push("alder", indicator(PATTERN), work=False)
    sleeper = queue.claim(sent.id)
    assert sleeper
    run_out(sent.id)
    successor = queue.claim(sent.id)
    assert successor
    with pytest.raises(queue.LeaseLost):
        work.work_on(sleeper, policy=current_policy(), now=now())
    assert not Publication.objects.exists()
    work.work_on(successor, policy=current_policy(), now=now())
    queue.finish(successor)
    assert len(forum.feed()) == 1


def test_the_next_lease_takes_up_what_is_left(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "CHUNK", 2)
    signs = [indicator(f"[domain-name:value = '{n}.example']") for n in range(5)]
    sent = forum.push("alder", *signs, work=False)
    lease = queue.claim(sent.id)
    assert lease
    first = next(chunks.in_chunks(chunks.undecided(lease), verbatim=False))
    sender = work.sender_of(lease, policy=current_policy(), now=now())
    work._work_on_chunk(lease, sender, first, policy=current_policy(), now=now())
    assert Publication.objects.count() == 2
    run_out(sent.id)
    process_submission(submission_id=str(sent.id))
    assert outcomes(forum.status("alder", sent.id)) == ["published"] * 5
    assert Publication.objects.count() == 5


def test_what_kills_its_worker_is_set_aside_and_the_lab_told(forum: Forum) -> None:
    sent = forum.push("alder", indicator(PATTERN), work=False)
    for _ in range(queue.MOST_ATTEMPTS):
        assert queue.claim(sent.id)
        run_out(sent.id)
    process_submission(submission_id=str(sent.id))
    status = forum.status("alder", sent.id)
    assert outcomes(status) == ["rejected"]
    assert "UNPROCESSABLE" in messages(status)[0]
    assert status.complete
    assert AuditEntry.objects.filter(act="submission quarantined").exists()


def test_an_outage_is_not_counted_for_a_day_after_the_work_became_due(forum: Forum) -> None:
    sign = indicator(PATTERN)
    domain = stix("domain-name", value="gw-2.meadowexit.example")
    waits = forum.push("alder", relationship(sign, "based-on", domain))
    age(waits.id, days=3)
    Submission.objects.update(due_since=now() - timedelta(days=3))
    later = forum.push("alder", sign, domain, work=False)
    process_submission(submission_id=str(later.id))  # and wakes the older one
    assert [postponed(waits.id) for _ in range(queue.MOST_ATTEMPTS + 1)] == [1] * 6
    Submission.objects.update(due_since=now() - timedelta(days=2))
    assert [postponed(waits.id) for _ in range(3)] == [1, 2, 3]


def test_what_is_due_again_when_it_is_given_back_is_due_since_then(forum: Forum) -> None:
    sent = forum.push("alder", indicator(PATTERN), work=False)
    Submission.objects.update(due_since=now() - timedelta(days=3))
    lease = queue.claim(sent.id)
    assert lease
    work.work_on(lease, policy=current_policy(), now=now())
    SubmissionObject.objects.update(outcome="pending")
    assert queue.finish(lease) == sent.id
    assert now() - Submission.objects.get().due_since < timedelta(minutes=1)


def postponed(submission_id: uuid.UUID) -> int:
    """Fail once more; at which attempt."""
    lease = queue.claim(submission_id)
    assert lease
    queue.postpone(lease)
    run_out(submission_id)
    return lease.attempts


def test_an_unknown_or_repeated_doorbell_is_harmless(forum: Forum) -> None:
    process_submission(submission_id=str(uuid.uuid4()))
    sent = forum.push("alder", indicator(PATTERN))
    before = forum.feed(versions="all")
    process_submission(submission_id=str(sent.id), something_newer="tolerated")
    assert forum.feed(versions="all") == before


def test_the_sweep_finds_what_lies_and_what_was_dropped(forum: Forum) -> None:
    lying = forum.push("alder", indicator(PATTERN), work=False)
    dropped = forum.push("birch", indicator(PATTERN), work=False)
    fresh = forum.push("cedar", indicator(PATTERN), work=False)
    Submission.objects.filter(pk=lying.id).update(due_since=now() - timedelta(seconds=6))
    assert queue.claim(dropped.id)
    run_out(dropped.id)
    assert set(queue.due(100)) == {lying.id, dropped.id}
    assert fresh.id not in queue.due(100)


def test_an_object_that_cannot_be_written_is_held_alone(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = lineage.write

    def poisoned(*everything: Any, **named: Any) -> Any:
        if any("poison" in str(each) for each in everything):
            raise ValueError("this one")
        return real(*everything, **named)

    monkeypatch.setattr(lineage, "write", poisoned)
    status = forum.push(
        "alder",
        *(indicator(f"[domain-name:value = '{n}.example']") for n in ("a", "poison", "b")),
    )
    assert outcomes(status) == ["published", "held", "published"]
    assert "INTERNAL_ERROR" in messages(status)[1]
    assert "this one" not in messages(status)[1]


def test_what_waits_too_long_is_refused(forum: Forum) -> None:
    sign = indicator(PATTERN)
    sent = forum.push(
        "alder", sign, relationship(sign, "based-on", stix("domain-name", value="a.example"))
    )
    assert waiting.expire(policy=current_policy(), now=now()) == 0
    later = now() + timedelta(days=31)
    assert waiting.expire(policy=current_policy(), now=later) == 1
    status = forum.status("alder", sent.id)
    assert outcomes(status) == ["published", "rejected"]
    assert "REFERENCE_MISSING" in messages(status)[1]


def test_every_decision_is_journalled_with_policy_and_regime(forum: Forum) -> None:
    sign = indicator(PATTERN)
    sent = forum.push("alder", sign, stix("malware", name="x", is_family=False))
    acts = {each.act: each for each in AuditEntry.objects.all()}
    assert {"envelope received", "object published", "object rejected"} <= set(acts)
    assert all(each.policy_version == current_policy().version for each in acts.values())
    assert all(each.regime == stamp(now()) for each in acts.values())
    [published] = forum.feed()
    said = " ".join(f"{each.subject} {each.body} {each.actor}" for each in AuditEntry.objects.all())
    assert sign["id"] not in said
    assert "gw-2" not in said
    for each in AuditEntry.objects.filter(subject__contains=published["id"]):
        assert each.actor == "pipeline"
    assert str(sent.id) not in published["id"]


def test_purpose_and_nexus_come_from_the_grant_or_the_object(forum: Forum) -> None:
    Grant.objects.update(threat_nexus=[])
    status = forum.push("alder", indicator(PATTERN))
    assert "THREAT_NEXUS" in messages(status)[0]
    assert not SubmissionObject.objects.filter(outcome="published").exists()
