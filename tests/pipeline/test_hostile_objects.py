"""Objects that try something: each ends with a clear outcome, and good ones still work."""

from __future__ import annotations

from typing import Any

import pytest

from tests.forum import Forum, indicator, messages, outcomes, stix


GOOD = "[domain-name:value = 'gw-2.meadowexit.example']"


@pytest.mark.parametrize(
    "broken",
    [
        {"created_by_ref": []},
        {"created_by_ref": 7},
        {"extensions": []},
        {"object_marking_refs": "x"},
        {"granular_markings": [7]},
        {"modified": "2026-13-01T00:00:00.000Z"},
        {"modified": 7},
        {"valid_until": "2026-11-01T09:14:33.123Z"},
        {"confidence": "50"},
        {"pattern": ["a"]},
        {"id": "../../etc/passwd"},
        {"id": ""},
        {"revoked": "yes"},
        {"external_references": [{"source_name": "mitre-atlas", "external_id": ["x"]}]},
        {"kill_chain_phases": [{}]},
    ],
)
def test_a_broken_object_fails_alone(forum: Forum, broken: dict[str, Any]) -> None:
    status = forum.push("alder", indicator(GOOD) | broken, indicator(GOOD))
    assert outcomes(status) == ["rejected", "published"], messages(status)


def test_fifty_versions_of_one_object_are_one_object(forum: Forum) -> None:
    sign = indicator(GOOD)
    versions = [sign | {"modified": f"2026-11-02T00:00:{n:02d}.000Z"} for n in range(50)]
    status = forum.push("alder", *versions)
    assert set(outcomes(status)) == {"published"}
    assert len(forum.feed(versions="all")) == 1


def test_a_list_of_ten_thousand_strangers_waits(forum: Forum) -> None:
    ids = [f"indicator--{n:08x}-1111-4111-8111-111111111111" for n in range(9999)]
    status = forum.push("alder", stix("grouping", context="unspecified", object_refs=ids))
    assert outcomes(status) == ["waiting"]
    assert len(messages(status)[0]) < 500


def test_an_object_that_refers_to_itself_is_refused(forum: Forum) -> None:
    cluster = stix("grouping", context="unspecified")
    status = forum.push("alder", cluster | {"object_refs": [cluster["id"]]})
    assert outcomes(status) in (["waiting"], ["rejected"])
    assert forum.feed() == []


@pytest.mark.parametrize(
    "large",
    [
        {"x_big": "a" * 100_001},
        {"labels": ["a"] * 10_001},
        {f"x_{n}": 1 for n in range(5_001)},
        {f"x_{n}": "a" * 90_000 for n in range(12)},
    ],
    ids=["text", "list", "keys", "bytes"],
)
def test_an_object_that_is_too_large_fails_alone(forum: Forum, large: dict[str, Any]) -> None:
    status = forum.push("alder", indicator(GOOD) | large, indicator(GOOD))
    assert outcomes(status) == ["rejected", "published"]
    assert "TOO_LARGE" in messages(status)[0]
