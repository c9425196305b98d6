"""The cost of a page does not grow with the collection: every way in is along an index."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from indicators.feed import pages
from indicators.feed.cursor import Binding
from indicators.feed.filters import EVERY, Filters, Versions
from indicators.feed.pages import Question
from indicators.feed.resources import MANIFEST, OBJECTS, Resource
from tests.labs import EPOCH, Feed, new_collection, stix_id


pytestmark = pytest.mark.django_db

TWO = (stix_id("indicator", 7), stix_id("indicator", 2000))


@pytest.fixture
def feed() -> Feed:
    feed = Feed(new_collection("distillation"))
    feed.fill(2500)
    feed.fill(500, kind="campaign")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE publication")
    return feed


@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(added_after=EPOCH + timedelta(microseconds=1500)),
        Filters(types=("campaign",)),
        Filters(types=("campaign", "indicator")),
        Filters(ids=TWO),
        Filters(ids=TWO, versions=EVERY),
        Filters(ids=TWO, types=("indicator",), versions=Versions(first=True)),
        Filters(versions=EVERY),
        Filters(versions=Versions(first=True)),
    ],
    ids=str,
)
@pytest.mark.parametrize("resource", [OBJECTS, MANIFEST], ids=["objects", "manifest"])
def test_every_way_in_is_along_an_index(feed: Feed, filters: Filters, resource: Resource) -> None:
    question = Question(filters, limit=100)
    with CaptureQueriesContext(connection) as queries:
        page = pages.read(resource, question, Binding(feed.collection.id, feed.collection.id, ""))
    assert page.first is not None
    for query in queries:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {query['sql']}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "Seq Scan on publication" not in plan, plan


def test_a_page_is_one_query_and_added_after_one_more(feed: Feed) -> None:
    binding = Binding(feed.collection.id, feed.collection.id, "")
    for filters, count in ((Filters(), 1), (Filters(added_after=EPOCH), 2)):
        with CaptureQueriesContext(connection) as queries:
            pages.read(OBJECTS, Question(filters), binding)
        assert len(queries) == count
