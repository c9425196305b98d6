"""Taking in: what is refused at once, what is durable, and what a sender is told."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from celery import Celery

from indicators.intake.errors import IntakeError
from indicators.intake.receive import receive
from indicators.intake.status import status_of
from indicators.models.submission import Submission
from indicators.pipeline import doorbell
from tests.forum import Forum, indicator, now, stix


if TYPE_CHECKING:
    from indicators.intake.status import Status


PATTERN = "[domain-name:value = 'gw-2.meadowexit.example']"


@pytest.fixture
def forum(db: None) -> Forum:
    return Forum.make()


def take(forum: Forum, raw: bytes) -> Status:
    return receive(
        principal=forum.principals["alder"],
        collection=forum.collections["distillation"],
        raw=raw,
        now=now(),
    )


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[1]", 400),
        (b'{"objects":[],"objects":[1]}', 400),
        ("{}".encode("utf-16"), 400),
        (b"{}", 422),
        (b'{"objects":[]}', 422),
        (b'{"objects":[7]}', 422),
        (b'{"objects":[{"type":"indicator"}]}', 422),
        (b'{"objects":[{"type":["a"],"id":"b"}]}', 422),
    ],
)
def test_what_is_no_envelope_is_refused_and_not_stored(
    forum: Forum, raw: bytes, status: int
) -> None:
    with pytest.raises(IntakeError) as caught:
        take(forum, raw)
    assert caught.value.http_status == status
    assert not Submission.objects.exists()


def test_a_bundle_is_as_good_as_an_envelope(forum: Forum) -> None:
    bundle = {"type": "bundle", "id": f"bundle--{uuid.uuid4()}", "objects": [indicator(PATTERN)],
              "x_extra": 1}  # fmt: skip
    assert take(forum, json.dumps(bundle).encode()).as_taxii()["pending_count"] == 1


def test_too_many_objects_are_refused(forum: Forum, settings: Any) -> None:
    settings.MAX_OBJECTS = 2
    with pytest.raises(IntakeError) as caught:
        forum.push("alder", *(indicator(PATTERN) for _ in range(3)))
    assert caught.value.http_status == 413


def test_a_flood_is_told_to_wait(forum: Forum, settings: Any) -> None:
    settings.PENDING_CAP = 2
    for _ in range(2):
        forum.push("alder", indicator(PATTERN), work=False)
    with pytest.raises(IntakeError) as caught:
        forum.push("alder", indicator(PATTERN))
    assert (caught.value.http_status, caught.value.retry_after) == (429, 10)
    forum.push("birch", indicator(PATTERN))
    forum.work()
    forum.push("alder", indicator(PATTERN))


def test_a_full_disk_takes_nothing_in(forum: Forum, settings: Any) -> None:
    settings.DISK_GUARD_BYTES = 2**60
    settings.DISK_GUARD_SHARE = 100
    with pytest.raises(IntakeError) as caught:
        forum.push("alder", indicator(PATTERN))
    assert caught.value.http_status == 503
    assert caught.value.retry_after


def test_a_silent_doorbell_does_not_fail_the_sender(
    forum: Forum, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    away = Celery(broker="redis://127.0.0.1:9/0", set_as_current=False)
    monkeypatch.setattr(doorbell, "current_app", away)
    monkeypatch.setattr(doorbell, "_rest", doorbell._Rest())
    with django_capture_on_commit_callbacks(execute=True) as rung:
        sent = forum.push("alder", indicator(PATTERN), work=False)
    assert rung
    # The bell rests: a broker that hangs keeps no further sender waiting.
    monkeypatch.setattr(doorbell, "current_app", None)
    assert doorbell.ring(sent.id) is False
    forum.work()
    assert forum.status("alder", sent.id).complete


def test_the_raw_body_is_sealed(forum: Forum) -> None:
    sent = forum.push("alder", indicator(PATTERN, description="canary-4711"), work=False)
    row = Submission.objects.get(pk=sent.id)
    assert row.body_ct is not None
    assert b"canary" not in bytes(row.body_ct)
    assert b"canary" not in bytes(row.body_mac)


def test_a_status_counts_every_object_in_the_senders_own_ids(forum: Forum) -> None:
    good, refused = indicator(PATTERN), stix("malware", name="x", is_family=False)
    held = stix("software", name="abacus-runner")
    sent = forum.push("alder", good, refused, held)
    taxii = sent.as_taxii()
    assert taxii["status"] == "pending"
    assert (taxii["success_count"], taxii["failure_count"], taxii["pending_count"]) == (1, 1, 1)
    assert taxii["total_count"] == 3
    assert [taxii[name][0]["id"] for name in ("successes", "failures", "pendings")] == [
        good["id"], refused["id"], held["id"],
    ]  # fmt: skip
    assert taxii["successes"][0]["version"] == good["modified"]


def test_a_status_is_its_senders_alone(forum: Forum) -> None:
    sent = forum.push("alder", indicator(PATTERN))
    birch = forum.principals["birch"].member_id
    assert status_of(member_id=birch, submission_id=sent.id) is None
    assert status_of(member_id=birch, submission_id=uuid.uuid4()) is None
