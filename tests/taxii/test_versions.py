"""GET …/objects/{id}/versions/: docs/wire.md 2.5, 2.7 to 2.9."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.labs import EPOCH, Feed, stix_id
from tests.taxii.door import Caller


A = stix_id("indicator", "a")
PATH = f"/forum/collections/distillation/objects/{A}/versions/"
DAY = timedelta(days=1)
VERSIONS = [f"2026-01-0{day}T12:00:00.000Z" for day in (1, 2, 3)]


@pytest.fixture(autouse=True)
def three_versions(feed: Feed) -> None:
    for day in range(3):
        feed.add("a", version=EPOCH + day * DAY)
        feed.add(f"between {day}")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", VERSIONS),
        ("added_after=2026-01-01T12:00:00.000001Z", VERSIONS[1:]),
        ("match[spec_version]=2.1", VERSIONS),
        ("match[version]=last&match[version]=all&match[id]=x", VERSIONS),
    ],
)
def test_all_versions_in_the_order_of_entry(birch: Caller, query: str, expected: list[str]) -> None:
    """1.8, 2.6; filters this resource does not have are unknown parameters."""
    assert birch.get(f"{PATH}?{query}").json == {"more": False, "versions": expected}


def test_versions_page_with_headers(birch: Caller) -> None:
    """2.7, 2.8, 2.9"""
    first = birch.get(f"{PATH}?limit=2")
    assert first.json["versions"] == VERSIONS[:2]
    assert first.json["more"] is True
    assert first.headers["X-TAXII-Date-Added-First"] == "2026-01-01T12:00:00.000001Z"
    assert first.headers["X-TAXII-Date-Added-Last"] == "2026-01-01T12:00:00.000003Z"
    second = birch.get(f"{PATH}?next={first.json['next']}")
    assert second.json == {"more": False, "versions": VERSIONS[2:]}


def test_a_blanked_version_is_gone_and_so_is_an_object_of_blanked_ones(
    birch: Caller, feed: Feed
) -> None:
    mine = [row for row in feed.published if row.stix_id == A]
    feed.blank(mine[0])
    assert birch.get(PATH).json["versions"] == VERSIONS[1:]
    for row in mine:
        feed.blank(row)
    assert birch.get(PATH).status == 404


def test_an_unknown_object_is_404_and_no_version_of_it_an_empty_page(birch: Caller) -> None:
    """2.8"""
    assert birch.get(PATH.replace(A, stix_id("indicator", "z"))).status == 404
    answer = birch.get(f"{PATH}?match[spec_version]=2.0")
    assert (answer.status, answer.json) == (200, {"more": False})


def test_reading_them_needs_the_right_to_read(cedar: Caller) -> None:
    """2.5"""
    assert cedar.get(PATH).status == 403
