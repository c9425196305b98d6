"""GET /forum/status/{id}/: docs/wire.md 2.11."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from indicators.models.submission import Submission
from tests.labs import another_key, stix_id
from tests.taxii.door import Caller


OBJECTS = "/forum/collections/distillation/objects/"


@pytest.fixture
def path(alder: Caller) -> str:
    posted = alder.post(OBJECTS, [{"type": "indicator", "id": stix_id("indicator", "a")}])
    return f"/forum/status/{posted.json['id']}/"


def test_counts_add_up_to_the_total_and_to_the_lists(alder: Caller, path: str) -> None:
    """2.11: taxii2-client checks it."""
    status = alder.get(path).json
    names = ("success", "failure", "pending")
    assert status["total_count"] == sum(status[f"{name}_count"] for name in names)
    lists = {"success": "successes", "failure": "failures", "pending": "pendings"}
    for name in names:
        assert len(status.get(lists[name], [])) == status[f"{name}_count"]
    assert datetime.fromisoformat(status["request_timestamp"]).tzinfo == UTC


def test_it_is_there_a_day_later(alder: Caller, path: str) -> None:
    """2.11"""
    earlier = datetime.now(UTC) - timedelta(hours=25)  # noqa: TID251  a test is an edge
    Submission.objects.update(received_at=earlier)
    assert alder.get(path).status == 200


def test_it_is_there_for_its_submitter_alone(birch: Caller, cedar: Caller, path: str) -> None:
    """2.11: to all others it is the same as one that never was."""
    never = birch.get("/forum/status/00000000-0000-4000-8000-000000000000/")
    for caller in (birch, cedar):
        answer = caller.get(path)
        assert answer.status == 404
        assert answer.json["description"] == never.json["description"]


def test_another_key_of_the_submitter_may_ask_if_it_has_the_scope(alder: Caller, path: str) -> None:
    """2.5"""
    assert alder.lab
    assert Caller(another_key(alder.lab, ["status:read"])).get(path).status == 200
    assert Caller(another_key(alder.lab, ["feed:read", "submit"])).get(path).status == 403
