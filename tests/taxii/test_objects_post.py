"""POST …/objects/: docs/wire.md 1.4, 1.5, 1.9, 2.3, 2.5, 2.11, 2.15."""

from __future__ import annotations

import io
import json
from typing import Any
from uuid import UUID

import pytest
from pytest_django import Settings

from indicators.models.submission import Submission
from tests.labs import another_key, stix_id
from tests.taxii.door import MEDIA_TYPE, Caller, Hub


OBJECTS = "/forum/collections/distillation/objects/"
INDICATOR = {
    "type": "indicator",
    "spec_version": "2.1",
    "id": stix_id("indicator", "posted"),
    "created": "2026-01-01T00:00:00.000Z",
    "modified": "2026-01-01T00:00:00.000Z",
    "pattern": "[domain-name:value = 'gw-2.meadowexit.example']",
    "pattern_type": "stix",
    "valid_from": "2026-01-01T00:00:00.000Z",
}
ENVELOPE = json.dumps({"objects": [INDICATOR]}).encode()


class Untouchable(io.RawIOBase):
    """A body that must not be read."""

    def readable(self) -> bool:
        return True

    def readinto(self, _buffer: Any) -> int:
        raise AssertionError("the body was read")


def test_an_envelope_is_answered_by_202_and_its_status(alder: Caller) -> None:
    """2.11"""
    answer = alder.post(OBJECTS, [INDICATOR])
    assert answer.status == 202
    status = answer.json
    UUID(status["id"])
    assert status["status"] == "pending"
    assert (status["total_count"], status["pending_count"]) == (1, 1)
    assert (status["success_count"], status["failure_count"]) == (0, 0)
    [pending] = status["pendings"]
    assert (pending["id"], pending["version"]) == (INDICATOR["id"], INDICATOR["modified"])
    assert pending["message"]
    assert alder.get(f"/forum/status/{status['id']}/").json == status


@pytest.mark.parametrize(
    "content_type",
    [
        MEDIA_TYPE,
        "application/taxii+json; version=2.1",
        "application/taxii+json",
        "APPLICATION/TAXII+JSON;version=2.1",
        "application/stix+json;version=2.1",
        "application/stix+json; version=2.1; charset=utf-8",
        "application/stix+json",
    ],
)
def test_taxii_and_stix_are_taken(alder: Caller, content_type: str) -> None:
    """1.4: OpenCTI's pusher says stix."""
    assert alder.post(OBJECTS, [INDICATOR], content_type=content_type).status == 202


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "text/plain",
        "",
        "application/taxii+json;version=2.0",
        "application/vnd.oasis.stix+json; version=2.0",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
    ],
)
def test_any_other_type_is_refused_before_the_body_is_read(
    alder: Caller, content_type: str
) -> None:
    """1.4"""
    answer = alder.call(
        "POST",
        OBJECTS,
        body=ENVELOPE,
        content_type=content_type,
        environment={"wsgi.input": Untouchable()},
    )
    assert answer.status == 415
    assert answer.json["error_code"] == "unsupported-media-type"


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "zstd", "gzip, identity"])
def test_a_packed_body_is_refused(alder: Caller, encoding: str) -> None:
    """reliability C: what unpacks to more than was counted."""
    assert alder.post(OBJECTS, [INDICATOR], headers={"content_encoding": encoding}).status == 415
    assert alder.post(OBJECTS, [INDICATOR], headers={"content_encoding": "identity"}).status == 202


@pytest.mark.parametrize(
    "wrapped",
    [
        {"type": "bundle", "id": stix_id("bundle", 1), "objects": [INDICATOR]},
        {"type": "bundle", "id": stix_id("bundle", 1), "x_sent_by": "a", "objects": [INDICATOR]},
        {"objects": [INDICATOR], "x_comment": {"any": ["thing"]}},
        {"more": False, "objects": [INDICATOR]},
    ],
    ids=["bundle", "bundle with more", "envelope with more", "envelope with paging"],
)
def test_bundles_and_envelopes_with_more_in_them_are_taken(
    alder: Caller, wrapped: dict[str, Any]
) -> None:
    """1.5: python-stix2's sink and OpenCTI push bundles."""
    answer = alder.call("POST", OBJECTS, body=json.dumps(wrapped).encode())
    assert answer.status == 202
    assert answer.json["total_count"] == 1


def test_a_body_sent_again_is_the_same_submission(alder: Caller, cedar: Caller) -> None:
    """1.9: pushers send again; another member's equal body is its own."""
    first, again = alder.post(OBJECTS, [INDICATOR]), alder.post(OBJECTS, [INDICATOR])
    assert (first.status, again.status) == (202, 202)
    assert first.json["id"] == again.json["id"]
    assert cedar.post(OBJECTS, [INDICATOR]).json["id"] != first.json["id"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"not json", 400),
        (b'{"objects": [', 400),
        (b'{"objects": [{"type": "a", "type": "b", "id": "x--1"}]}', 400),
        ("\ufeff{}".encode(), 400),
        ('{"objects": []}'.encode("utf-16"), 400),
        (b"[" * 5000, 400),
        (b"{}", 422),
        (b'{"objects": []}', 422),
        (b'{"objects": {}}', 422),
        (b'{"objects": [1]}', 422),
        (b'{"objects": [{"id": "x--1"}]}', 422),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_no_envelope_gets_its_4xx_with_a_reason(
    alder: Caller, body: bytes, status: int
) -> None:
    """1.10, 2.13"""
    answer = alder.call("POST", OBJECTS, body=body)
    assert answer.status == status
    assert answer.json["title"]
    assert answer.json["description"]
    assert not Submission.objects.exists()


def test_a_body_declared_too_large_is_413_before_it_is_read(
    alder: Caller, settings: Settings
) -> None:
    """2.3"""
    settings.MAX_CONTENT_LENGTH = len(ENVELOPE) - 1
    answer = alder.call("POST", OBJECTS, body=ENVELOPE, environment={"wsgi.input": Untouchable()})
    assert answer.status == 413
    assert str(len(ENVELOPE) - 1) in answer.json["description"]


def test_a_body_of_just_the_limit_is_taken(alder: Caller, settings: Settings) -> None:
    """2.3"""
    settings.MAX_CONTENT_LENGTH = len(ENVELOPE)
    assert alder.call("POST", OBJECTS, body=ENVELOPE).status == 202


def chunked(body: bytes) -> dict[str, Any]:
    """What a WSGI server hands on of a chunked request."""
    return {
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
        "HTTP_TRANSFER_ENCODING": "chunked",
        "CONTENT_LENGTH": "",
    }


def test_a_chunked_body_is_taken_and_cut_off_at_the_limit(
    alder: Caller, settings: Settings
) -> None:
    """2.3"""
    assert alder.call("POST", OBJECTS, environment=chunked(ENVELOPE)).status == 202
    settings.MAX_CONTENT_LENGTH = len(ENVELOPE)
    sent = chunked(ENVELOPE + b" " * 1000)
    assert alder.call("POST", OBJECTS, environment=sent).status == 413
    assert sent["wsgi.input"].tell() == len(ENVELOPE) + 1


@pytest.mark.parametrize("declared", ["-1", "abc", "1e9", "٣"])
def test_a_length_that_is_none_is_an_empty_body(alder: Caller, declared: str) -> None:
    environment = {"CONTENT_LENGTH": declared, "wsgi.input": io.BytesIO(ENVELOPE)}
    assert alder.call("POST", OBJECTS, environment=environment).status == 400


def test_rights_are_judged_before_the_body_is_read(hub: Hub, alder: Caller, birch: Caller) -> None:
    """2.5: writing a read-only one 403, none at all 404."""
    unread = {"wsgi.input": Untouchable()}
    for caller, alias, status in (
        (birch, "distillation", 403),
        (birch, "distillation-withdrawn", 403),
        (alder, "private", 404),
    ):
        answer = caller.call("POST", hub.url(alias), body=ENVELOPE, environment=unread)
        assert answer.status == status
    assert alder.lab
    reader = Caller(another_key(alder.lab, ["feed:read", "status:read"]))
    assert reader.call("POST", OBJECTS, body=ENVELOPE, environment=unread).status == 403


def test_a_flood_is_429_with_a_time_to_come_back(alder: Caller, settings: Settings) -> None:
    """2.15"""
    settings.PENDING_CAP = 1
    assert alder.post(OBJECTS, [INDICATOR]).status == 202
    answer = alder.post(OBJECTS, [{**INDICATOR, "id": stix_id("indicator", "next")}])
    assert answer.status == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_no_room_on_the_disk_is_503_with_a_time_to_come_back(
    alder: Caller, settings: Settings
) -> None:
    """2.15: never a 202 that is not durable."""
    settings.DISK_GUARD_SHARE, settings.DISK_GUARD_BYTES = 101, 2**62
    answer = alder.post(OBJECTS, [INDICATOR])
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert not Submission.objects.exists()
