"""GET and DELETE …/objects/{id}/: docs/wire.md 2.5, 2.7, 2.8, 2.9, 2.12."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from indicators.models.publication import ForumObject
from indicators.models.submission import Submission
from tests.labs import EPOCH, Feed, stix_id
from tests.taxii.door import Caller, Hub


A = stix_id("indicator", "a")
PATH = f"/forum/collections/distillation/objects/{A}/"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def three_versions(feed: Feed) -> None:
    for day in range(3):
        feed.add("a", version=EPOCH + day * DAY, x_day=day)
    feed.add("b")


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("", [2]),
        ("match[version]=all", [0, 1, 2]),
        ("match[version]=first,last", [0, 2]),
        ("match[version]=2026-01-02T12:00:00Z", [1]),
        ("match[version]=all&added_after=2026-01-01T12:00:00.000001Z", [1, 2]),
        ("match[version]=all&match[spec_version]=2.1", [0, 1, 2]),
        ("match[id]=ignored&match[type]=ignored", [2]),
    ],
)
def test_one_object_in_the_versions_asked_for(birch: Caller, query: str, days: list[int]) -> None:
    """1.8"""
    assert [one["x_day"] for one in birch.get(f"{PATH}?{query}").json["objects"]] == days


def test_its_versions_page_like_everything_else(birch: Caller) -> None:
    """2.7, 2.8, 2.9"""
    query, met, dates = "match[version]=all&limit=2", [], []
    while query:
        page = birch.get(f"{PATH}?{query}")
        met += [one["x_day"] for one in page.json["objects"]]
        dates.append(page.headers["X-TAXII-Date-Added-Last"])
        query = f"limit=2&next={page.json['next']}" if page.json["more"] else ""
    assert met == [0, 1, 2]
    assert dates == ["2026-01-01T12:00:00.000002Z", "2026-01-01T12:00:00.000003Z"]


def test_an_object_that_is_not_there_is_404_and_a_version_of_it_an_empty_page(
    birch: Caller,
) -> None:
    """2.8, 2.12: python-stix2 takes 404 for "none"."""
    missing = PATH.replace(A, stix_id("indicator", "c"))
    assert birch.get(missing).status == 404
    answer = birch.get(f"{PATH}?match[version]=2020-01-01T00:00:00Z")
    assert (answer.status, answer.json) == (200, {"more": False})


def test_an_object_that_was_blanked_is_404(birch: Caller, feed: Feed) -> None:
    for row in feed.published:
        feed.blank(row)
    assert birch.get(PATH).status == 404


def test_an_object_of_another_collection_is_404(hub: Hub, birch: Caller) -> None:
    """2.4"""
    assert birch.get(hub.url("private", f"objects/{A}/")).status == 404


def test_reading_needs_the_right_to_read(cedar: Caller) -> None:
    """2.5"""
    assert cedar.get(PATH).status == 403


@pytest.mark.parametrize(
    ("slug", "alias", "status"),
    [
        ("birch", "distillation", 403),
        ("cedar", "distillation", 403),
        ("birch", "distillation-withdrawn", 403),
        ("alder", "private", 404),
        ("alder", "no-such", 404),
    ],
)
def test_delete_needs_both_rights(hub: Hub, slug: str, alias: str, status: int) -> None:
    """2.5"""
    path = f"/forum/collections/{alias}/objects/{A}/"
    assert hub.callers[slug].call("DELETE", path).status == status


def test_deleting_what_one_did_not_contribute_is_404(alder: Caller) -> None:
    """2.12: even though it is in the feed; and nothing is taken in."""
    assert alder.call("DELETE", PATH).status == 404
    assert not Submission.objects.exists()


def test_delete_is_200_with_a_body_that_parses(hub: Hub, alder: Caller) -> None:
    """2.12, 1.10: cytaxii2 parses every body."""
    row = hub.feeds["reference"].add("a")
    ForumObject.objects.create(
        collection=row.collection, stix_id=A, type="indicator", minted_day=date(2026, 1, 1)
    )
    answer = alder.call("DELETE", hub.url("reference", f"objects/{A}"))
    assert (answer.status, answer.json) == (200, {})
    assert Submission.objects.get().kind == Submission.Kind.RETRACTION


@pytest.mark.parametrize("version", ["last", "2026-01-01T12:00:00Z"])
def test_one_version_alone_cannot_be_deleted(alder: Caller, version: str) -> None:
    """Taking the whole object back where one version was meant would take too much."""
    answer = alder.call("DELETE", f"{PATH}?match[version]={version}")
    assert answer.status == 400
    assert "match[version]" in answer.json["description"]
    assert alder.call("DELETE", f"{PATH}?match[version]=all").status == 404
