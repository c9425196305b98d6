"""Pages of a feed: whole, in order, once each, and filtered as TAXII 2.1 §3.4 says."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from indicators.feed import pages
from indicators.feed.cursor import Binding, CursorError
from indicators.feed.filters import EVERY, Filters, Versions
from indicators.feed.pages import Page, Question
from indicators.feed.resources import MANIFEST, OBJECTS, VERSIONS, Resource
from indicators.feed.rows import holds
from tests.labs import EPOCH, Feed, new_collection, stix_id


pytestmark = pytest.mark.django_db

READER = UUID(int=1)
DAY = timedelta(days=1)


@pytest.fixture
def feed() -> Feed:
    return Feed(new_collection("distillation"))


def ask(feed: Feed, question: Question, resource: Resource = OBJECTS) -> Page:
    return pages.read(resource, question, Binding(READER, feed.collection.id, ""))


def content(page: Page) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(page.content)
    return read


def names(page: Page) -> list[str]:
    return [one["x_name"] for one in content(page).get("objects", [])]


def named(feed: Feed, **filters: Any) -> list[str]:
    return names(ask(feed, Question(Filters(**filters))))


def walk(feed: Feed, *, limit: int, **filters: Any) -> Iterator[Page]:
    """Follow `next` alone."""
    page = ask(feed, Question(Filters(**filters), limit=limit))
    yield page
    while onward := content(page).get("next"):
        page = ask(feed, Question(Filters(), onward, limit))
        yield page


def test_bodies_go_out_byte_for_byte(feed: Feed) -> None:
    odd = feed.add("a", x_text='ünïcödé "quoted" \\ </script>', x_number=1.0)
    assert odd.body is not None
    assert ask(feed, Question(Filters())).content == b'{"more": false, "objects": [%s]}' % (
        odd.body.encode()
    )


def test_an_empty_page_is_said_in_one_word_and_remembers_where_it_looked(feed: Feed) -> None:
    assert ask(feed, Question(Filters())) == Page(b'{"more": false}', None, None, 0)
    last = feed.fill(3)[-1]
    page = ask(feed, Question(Filters(added_after=last.date_added)))
    assert page == Page(b'{"more": false}', None, None, last.position)


def test_a_collection_without_a_head_is_empty() -> None:
    nowhere = Binding(READER, UUID(int=9), "")
    assert pages.read(OBJECTS, Question(Filters()), nowhere).content == b'{"more": false}'


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8, 100])
def test_following_next_meets_each_object_once_and_in_order(feed: Feed, limit: int) -> None:
    feed.fill(7)
    walked = list(walk(feed, limit=limit))
    assert [name for page in walked for name in names(page)] == [str(n) for n in range(7)]
    for page in walked[:-1]:
        assert content(page)["more"] is True
        assert len(names(page)) == limit
    assert content(walked[-1])["more"] is False
    assert "next" not in content(walked[-1])
    assert names(walked[-1])


def test_added_after_alone_meets_each_object_once(feed: Feed) -> None:
    feed.fill(7)
    met: list[str] = []
    after = None
    while names(page := ask(feed, Question(Filters(added_after=after), limit=3))):
        met += names(page)
        assert page.last is not None
        after = datetime.fromisoformat(page.last)
    assert met == [str(number) for number in range(7)]


def test_dates_of_the_page_are_its_first_and_last_with_six_digits(feed: Feed) -> None:
    feed.fill(5)
    page = ask(feed, Question(Filters(), limit=2))
    assert (page.first, page.last) == ("2026-01-01T12:00:00.000001Z", "2026-01-01T12:00:00.000002Z")


def test_objects_that_come_in_while_a_reader_walks_are_met_at_the_end(feed: Feed) -> None:
    feed.fill(4)
    walked = walk(feed, limit=2)
    met = names(next(walked))
    feed.fill(3)
    assert met + [name for page in walked for name in names(page)] == [str(n) for n in range(7)]


def test_a_newer_version_takes_the_older_one_out_of_its_page(feed: Feed) -> None:
    feed.fill(3)
    feed.add(1, version=EPOCH + DAY)
    assert named(feed) == ["0", "2", "1"]
    assert [names(page) for page in walk(feed, limit=2)] == [["0", "2"], ["1"]]


def test_a_range_emptied_by_newer_versions_is_no_empty_page(feed: Feed) -> None:
    feed.fill(4)
    first = ask(feed, Question(Filters(), limit=1))
    for number in (1, 2):
        feed.add(number, version=EPOCH + DAY)
    page = ask(feed, Question(Filters(), content(first)["next"], 1))
    assert names(page) == ["3"]
    assert content(page)["more"] is True


def test_blanked_rows_are_never_served_nor_counted_for_more(feed: Feed) -> None:
    rows = feed.fill(4)
    feed.blank(rows[1])
    feed.blank(rows[3])
    page = ask(feed, Question(Filters(), limit=2))
    assert names(page) == ["0", "2"]
    assert content(page) == {"more": False, "objects": content(page)["objects"]}
    for resource in (MANIFEST, VERSIONS):
        listed = content(ask(feed, Question(Filters(versions=EVERY)), resource))
        assert len(listed[resource.name]) == 2
    assert holds(feed.collection.id, rows[0].stix_id)
    assert not holds(feed.collection.id, rows[1].stix_id)


@pytest.fixture
def history(feed: Feed) -> Feed:
    """`a` in three versions, `b` in one, `c` in two of which the older is blanked."""
    for day, name in enumerate("aabaac"):
        if day != 3:
            feed.add(name, version=EPOCH + day * DAY)
    older = feed.published[-1]
    feed.add("c", version=EPOCH + 9 * DAY)
    feed.blank(older)
    return feed


def versions(feed: Feed, *, ids: tuple[str, ...] = (), **wanted: Any) -> list[tuple[str, int]]:
    page = ask(feed, Question(Filters(ids=ids, versions=Versions(**wanted))))
    return [
        (one["x_name"], (datetime.fromisoformat(one["modified"]) - EPOCH).days)
        for one in content(page).get("objects", [])
    ]


ALL = [("a", 0), ("a", 1), ("b", 2), ("a", 4), ("c", 9)]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"last": True}, [("b", 2), ("a", 4), ("c", 9)]),
        ({"first": True}, [("a", 0), ("b", 2), ("c", 9)]),
        ({"first": True, "last": True}, [("a", 0), ("b", 2), ("a", 4), ("c", 9)]),
        ({"every": True}, ALL),
        ({"every": True, "first": True, "at": (EPOCH,)}, ALL),
        ({"at": (EPOCH + DAY,)}, [("a", 1)]),
        ({"at": (EPOCH, EPOCH + 2 * DAY)}, [("a", 0), ("b", 2)]),
        ({"at": (EPOCH + DAY,), "last": True}, [("a", 1), ("b", 2), ("a", 4), ("c", 9)]),
        ({"at": (EPOCH + 5 * DAY,)}, []),
    ],
    ids=str,
)
def test_versions_are_alternatives(
    history: Feed, wanted: dict[str, Any], expected: list[tuple[str, int]]
) -> None:
    assert versions(history, **wanted) == expected
    only_a = [one for one in expected if one[0] == "a"]
    assert versions(history, ids=(stix_id("indicator", "a"),), **wanted) == only_a


@pytest.fixture
def mixed(feed: Feed) -> Feed:
    for number, kind in enumerate(["indicator", "campaign", "malware", "indicator", "campaign"]):
        feed.add(number, kind=kind, spec_version="2.0" if number == 2 else "2.1")
    return feed


def test_values_of_one_filter_are_alternatives_and_filters_restrict_each_other(mixed: Feed) -> None:
    indicator, campaign = stix_id("indicator", 0), stix_id("campaign", 4)
    assert named(mixed, types=("indicator",)) == ["0", "3"]
    assert named(mixed, types=("malware", "indicator")) == ["0", "2", "3"]
    assert named(mixed, types=("no-such",)) == []
    assert named(mixed, ids=(campaign, indicator)) == ["0", "4"]
    assert named(mixed, ids=(campaign, indicator), types=("campaign", "malware")) == ["4"]
    assert named(mixed, ids=("indicator--no-such",)) == []
    assert named(mixed, spec_versions=("2.0",)) == ["2"]
    assert named(mixed, spec_versions=("2.0", "2.1")) == ["0", "1", "2", "3", "4"]
    assert named(mixed, spec_versions=("2.1",), types=("malware",)) == []
    after = mixed.published[0].date_added
    assert named(mixed, added_after=after, types=("indicator",)) == ["3"]
    assert named(mixed, added_after=after, ids=(indicator, campaign)) == ["4"]


def test_the_next_page_keeps_every_filter(mixed: Feed) -> None:
    mixed.fill(4, kind="malware")
    pages_of_two = walk(
        mixed,
        limit=2,
        types=("malware", "indicator"),
        spec_versions=("2.1",),
        added_after=mixed.published[0].date_added,
    )
    assert [names(page) for page in pages_of_two] == [["3", "5"], ["6", "7"], ["8"]]


# One transaction serves all examples of a run, so that each needs a collection of its own.
histories = itertools.count()


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.sampled_from(["indicator", "campaign"]), st.booleans()),
        max_size=25,
    ),
    st.integers(1, 7),
    st.sampled_from([(), ("indicator",), ("campaign", "indicator")]),
)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_history_read_in_pages_of_any_size_is_the_feed(
    written: list[tuple[int, str, bool]], limit: int, types: tuple[str, ...]
) -> None:
    feed = Feed(new_collection(f"history-{next(histories)}"))
    newest: dict[tuple[str, int], str] = {}
    for day, (number, kind, blanked) in enumerate(written):
        row = feed.add(number, kind=kind, version=EPOCH + day * DAY, x_day=day)
        newest.pop((kind, number), None)
        if blanked:
            feed.blank(row)
        elif not types or kind in types:
            newest[(kind, number)] = str(day)
    met = [
        str(one["x_day"])
        for page in walk(feed, limit=limit, types=types)
        for one in content(page).get("objects", [])
    ]
    assert met == list(newest.values())


def test_the_limit_is_capped(feed: Feed, settings: Settings) -> None:
    settings.PAGE_LIMIT = 3
    feed.fill(5)
    assert len(names(ask(feed, Question(Filters(), limit=5000)))) == 3
    assert len(names(ask(feed, Question(Filters())))) == 3


def test_a_restore_ends_the_cursors_given_before_it(feed: Feed) -> None:
    feed.fill(3)
    onward = content(ask(feed, Question(Filters(), limit=1)))["next"]
    feed.restored()
    with pytest.raises(CursorError, match="restored"):
        ask(feed, Question(Filters(), onward))


def test_the_manifest_names_each_version_in_the_order_of_entry(feed: Feed) -> None:
    feed.add("whole", version=datetime(2026, 3, 1, tzinfo=UTC))
    feed.add("milli", version=datetime(2026, 3, 1, 1, 2, 3, 120_000, tzinfo=UTC))
    feed.add("micro", version=datetime(2026, 3, 1, 1, 2, 3, 120_001, tzinfo=UTC))
    feed.add("old", spec_version="2.0", version=datetime(2026, 3, 1, tzinfo=UTC))
    entries = content(ask(feed, Question(Filters()), MANIFEST))["objects"]
    media_type = "application/stix+json;version="
    assert entries == [
        {
            "id": stix_id("indicator", name),
            "date_added": f"2026-01-01T12:00:00.00000{number}Z",
            "version": version,
            "media_type": media_type + spec,
        }
        for number, name, version, spec in [
            (1, "whole", "2026-03-01T00:00:00.000Z", "2.1"),
            (2, "milli", "2026-03-01T01:02:03.120Z", "2.1"),
            (3, "micro", "2026-03-01T01:02:03.120001Z", "2.1"),
            (4, "old", "2026-03-01T00:00:00.000Z", "2.0"),
        ]
    ]


def test_versions_are_listed_as_the_manifest_writes_them(feed: Feed) -> None:
    for days in (0, 1):
        feed.add("a", version=EPOCH + days * DAY)
    feed.add("b")
    asked = Filters(ids=(stix_id("indicator", "a"),), versions=EVERY)
    page = ask(feed, Question(asked), VERSIONS)
    assert content(page) == {
        "more": False,
        "versions": ["2026-01-01T12:00:00.000Z", "2026-01-02T12:00:00.000Z"],
    }
