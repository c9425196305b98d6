"""GET …/manifest/: docs/wire.md 1.7, 1.8, 2.5, 2.6 to 2.9."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.labs import EPOCH, Feed, stix_id
from tests.taxii.door import Caller


MANIFEST = "/forum/collections/distillation/manifest/"


@pytest.fixture(autouse=True)
def some_objects(feed: Feed) -> None:
    feed.add("a")
    feed.add("b", kind="campaign")
    feed.add("a", version=EPOCH + timedelta(microseconds=1))


def entry(kind: str, name: str, number: int, version: str) -> dict[str, str]:
    return {
        "id": stix_id(kind, name),
        "date_added": f"2026-01-01T12:00:00.00000{number}Z",
        "version": version,
        "media_type": "application/stix+json;version=2.1",
    }


OLD = entry("indicator", "a", 1, "2026-01-01T12:00:00.000Z")
CAMPAIGN = entry("campaign", "b", 2, "2026-01-01T12:00:00.000Z")
NEW = entry("indicator", "a", 3, "2026-01-01T12:00:00.000001Z")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [CAMPAIGN, NEW]),
        ("match[version]=all", [OLD, CAMPAIGN, NEW]),
        ("match[version]=first", [OLD, CAMPAIGN]),
        ("match[type]=campaign,malware", [CAMPAIGN]),
        (f"match[id]={stix_id('indicator', 'a')}", [NEW]),
        ("match[version]=all&added_after=2026-01-01T12:00:00.000002Z", [NEW]),
        ("match[version]=2026-01-01T12:00:00.000001Z", [NEW]),
        ("match[spec_version]=2.1", [CAMPAIGN, NEW]),
    ],
)
def test_entries_come_in_the_order_of_entry_with_the_filters_of_objects(
    birch: Caller, query: str, expected: list[dict[str, str]]
) -> None:
    """1.8, 2.6; versions as STIX writes them, with more digits only where there are more."""
    assert birch.get(f"{MANIFEST}?{query}").json == {"more": False, "objects": expected}


def test_the_version_of_an_entry_finds_its_object(birch: Caller) -> None:
    for one in birch.get(f"{MANIFEST}?match[version]=all").json["objects"]:
        path = f"/forum/collections/distillation/objects/{one['id']}/"
        found = birch.get(f"{path}?match[version]={one['version']}").json["objects"]
        assert len(found) == 1


def test_it_pages_like_the_objects(birch: Caller) -> None:
    """2.7, 2.8, 2.9"""
    first = birch.get(f"{MANIFEST}?match[version]=all&limit=2")
    assert first.json["objects"] == [OLD, CAMPAIGN]
    assert first.json["more"] is True
    assert first.headers["X-TAXII-Date-Added-First"] == OLD["date_added"]
    assert first.headers["X-TAXII-Date-Added-Last"] == CAMPAIGN["date_added"]
    second = birch.get(f"{MANIFEST}?next={first.json['next']}")
    assert second.json == {"more": False, "objects": [NEW]}
    assert second.headers["X-TAXII-Date-Added-First"] == NEW["date_added"]


def test_a_cursor_of_the_manifest_goes_on_in_the_objects(birch: Caller) -> None:
    """The pages are the same rows."""
    first = birch.get(f"{MANIFEST}?match[version]=all&limit=2")
    path = "/forum/collections/distillation/objects/"
    assert birch.get(f"{path}?next={first.json['next']}").names == ["a"]


def test_nothing_is_more_false_and_nothing_else(birch: Caller) -> None:
    """2.8"""
    answer = birch.get(f"{MANIFEST}?match[type]=malware")
    assert (answer.status, answer.json) == (200, {"more": False})
    assert "X-TAXII-Date-Added-First" not in answer.headers


def test_reading_it_needs_the_right_to_read(cedar: Caller) -> None:
    """2.5"""
    assert cedar.get(MANIFEST).status == 403


@pytest.mark.parametrize(
    "query", ["limit=0", "added_after=x", "match[type]=a&match[type]=b", "next=x"]
)
def test_bad_filters_are_refused_here_too(birch: Caller, query: str) -> None:
    """1.7"""
    assert birch.get(f"{MANIFEST}?{query}").status == 400
