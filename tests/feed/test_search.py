"""Who names a value is found along an index, however much there is."""

from __future__ import annotations

import secrets

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from indicators.feed.search import naming
from tests.labs import EPOCH, Feed, new_collection


pytestmark = pytest.mark.django_db
ASKED = {1: ["n7.example"], 2: ["n2000.example", "n2001.example"], 3: ["none.example"]}


def pattern(number: int) -> str:
    return f"[domain-name:value = 'n{number}.example']"


@pytest.fixture
def feed() -> Feed:
    feed = Feed(new_collection("distillation"))
    feed.add_many([(n, "indicator", EPOCH, "2.1", {"pattern": pattern(n)}) for n in range(2500)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE publication")
    return feed


def test_each_question_has_its_answer(feed: Feed) -> None:
    found = naming([feed.collection.id], ASKED, most=5)
    named = {number: [each.body["pattern"] for each in hits] for number, hits in found.items()}
    assert named == {1: [pattern(7)], 2: [pattern(2001), pattern(2000)]}


def test_the_newest_come_first_and_no_more_than_asked(feed: Feed) -> None:
    feed.add("new", pattern=pattern(7))
    (hits,) = naming([feed.collection.id], {1: ["n7.example", "n8.example"]}, most=2).values()
    assert [each.body["x_name"] for each in hits] == ["new", "8"]


def test_it_reads_along_the_index(feed: Feed) -> None:
    with CaptureQueriesContext(connection) as queries:
        naming([feed.collection.id], ASKED, most=5)
    (query,) = queries
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {query['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "publication_named" in plan
    assert "Seq Scan on publication" not in plan


def test_an_older_version_and_a_blanked_one_are_not_found(feed: Feed) -> None:
    later = EPOCH.replace(year=EPOCH.year + 1)
    feed.add(7, version=later, pattern="[domain-name:value = 'other.example']")
    gone = feed.add("gone", pattern="[domain-name:value = 'gone.example']")
    feed.blank(gone)
    asked = {1: ["n7.example"], 2: ["gone.example"], 3: ["other.example"]}
    assert list(naming([feed.collection.id], asked, most=5)) == [3]


@pytest.mark.parametrize("kind", ["indicator", "url"])
def test_a_word_too_long_for_the_index_keeps_nothing_from_being_published(
    feed: Feed, kind: str
) -> None:
    long = secrets.token_urlsafe(6_000)
    feed.add("long", kind=kind, value=long, pattern=f"[url:value = '{long}' OR url:value = 'b']")
    assert list(naming([feed.collection.id], {1: [long], 2: ["b"]}, most=5)) == [2]


def test_odd_bodies_of_verbatim_collections_are_published(feed: Feed) -> None:
    feed.add("odd", kind="url", value={"a": [1]}, number="x", hashes=[], external_references={})
    feed.add("odder", kind="indicator", pattern=7, extensions=[{"techniques": "AML.T0040"}])
    feed.add("huge", kind="file", number=1e308, hashes={"MD5": 1.5, "x": None})
    assert naming([feed.collection.id], {1: ["none"]}, most=5) == {}
