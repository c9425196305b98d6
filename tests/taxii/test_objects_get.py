"""GET …/objects/: docs/wire.md 1.7, 1.8, 2.5 to 2.10, 2.14."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from pytest_django import Settings
from redis import Redis

from indicators.members import valkey as valkey_
from tests import services
from tests.labs import EPOCH, Feed, Lab, another_key, stix_id
from tests.taxii.door import Answer, Caller, Hub


OBJECTS = "/forum/collections/distillation/objects/"
DAY = timedelta(days=1)


def pull(caller: Caller, path: str = OBJECTS, **parameters: Any) -> Answer:
    return caller.get(f"{path}?{urlencode(parameters)}")


# --- filters -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "added_after",
        "limit",
        "next",
        "match[id]",
        "match[type]",
        "match[version]",
        "match[spec_version]",
    ],
)
def test_a_repeated_filter_is_refused(birch: Caller, name: str) -> None:
    """1.7: interop 3.13.1.10; two readers would take different ones."""
    answer = birch.get(f"{OBJECTS}?{name}=1&{quote(name)}=2")
    assert answer.status == 400
    assert name in answer.json["description"]


def test_unknown_and_empty_parameters_are_ignored(birch: Caller, feed: Feed) -> None:
    """1.7"""
    feed.fill(2)
    query = "x=1&x=2&match[name]=a&match[name]=b&match[type]=&match[id]=&added_after=&next="
    assert birch.get(f"{OBJECTS}?{query}").names == ["0", "1"]


@pytest.mark.parametrize("limit", ["5000", "1000000000000000000000000", "0003"])
def test_a_limit_above_the_cap_is_capped(
    birch: Caller, feed: Feed, settings: Settings, limit: str
) -> None:
    """1.7: python-stix2 asks 5000."""
    settings.PAGE_LIMIT = 3
    feed.fill(4)
    answer = pull(birch, limit=limit)
    assert answer.names == ["0", "1", "2"]
    assert answer.json["more"] is True


@pytest.mark.parametrize("limit", ["0", "-1", "many", "1.5", "1e3", "+5", " 1", "٣", "0x10", "000"])
def test_a_limit_that_is_no_number_from_one_on_is_refused(birch: Caller, limit: str) -> None:
    """1.7"""
    assert pull(birch, limit=limit).status == 400


AFTER_ONE = "2026-01-01T12:00:00.000001"


@pytest.mark.parametrize(
    "text",
    [
        f"{AFTER_ONE}Z",
        f"{AFTER_ONE}+00:00",
        f"{AFTER_ONE} 00:00",
        f"{AFTER_ONE}-00:00",
        AFTER_ONE,
        f"{AFTER_ONE}999Z",
        f"{AFTER_ONE.lower()}z",
    ],
)
def test_added_after_is_exclusive_and_taken_in_every_common_form(
    birch: Caller, feed: Feed, text: str
) -> None:
    """1.7: digits beyond the microsecond are cut, never rounded up."""
    feed.fill(3)
    assert pull(birch, added_after=text).names == ["1", "2"]
    # Unquoted, a `+` arrives as a space.
    assert birch.get(f"{OBJECTS}?added_after={text}").names == ["1", "2"]


@pytest.mark.parametrize("digits", range(10))
def test_added_after_has_up_to_nine_digits_of_a_second(
    birch: Caller, feed: Feed, digits: int
) -> None:
    """1.7"""
    feed.fill(1)
    fraction = f".{'0' * digits}" if digits else ""
    assert pull(birch, added_after=f"2026-01-01T12:00:00{fraction}Z").names == ["0"]
    assert pull(birch, added_after=f"2026-01-01T12:00:01{fraction}Z").json == {"more": False}


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "2026-01-01",
        "2026-01-01T12:00",
        "2026-13-01T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-01-01T25:00:00Z",
        "2026-01-01T12:00:60Z",
        "2026-01-01T12:00:00+02:00",
        "2026-01-01T12:00:00.0000000001Z",
        "0000-01-01T00:00:00Z",
        "\uff12\uff10\uff12\uff16-01-01T00:00:00Z",
        "0",
    ],
)
@pytest.mark.parametrize("name", ["added_after", "match[version]"])
def test_a_time_that_is_none_is_refused(birch: Caller, name: str, text: str) -> None:
    """1.7"""
    answer = pull(birch, **{name: text})
    assert answer.status == 400
    assert name in answer.json["description"]


@pytest.fixture
def mixed(feed: Feed) -> Feed:
    for number, kind in enumerate(["indicator", "campaign", "malware", "indicator"]):
        feed.add(number, kind=kind)
    feed.add(0, version=EPOCH + DAY)
    return feed


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"match[type]": "indicator"}, "30"),
        ({"match[type]": "indicator,malware"}, "230"),
        ({"match[type]": " malware , ,campaign"}, "12"),
        ({"match[id]": stix_id("campaign", 1)}, "1"),
        ({"match[id]": f"{stix_id('campaign', 1)},{stix_id('indicator', 3)}"}, "13"),
        ({"match[id]": stix_id("campaign", 1), "match[type]": "indicator"}, ""),
        ({"match[id]": "' OR 1=1 --"}, ""),
        ({"match[spec_version]": "2.1"}, "1230"),
        ({"match[spec_version]": "2.0"}, ""),
        ({"match[spec_version]": "2.0,2.1", "match[type]": "malware"}, "2"),
        ({"match[version]": "last"}, "1230"),
        ({"match[version]": "first"}, "0123"),
        ({"match[version]": "first,last"}, "01230"),
        ({"match[version]": "all"}, "01230"),
        ({"match[version]": "2026-01-02T12:00:00Z"}, "0"),
        ({"match[version]": "2026-01-02T12:00:00.000Z,last", "match[type]": "indicator"}, "30"),
        ({"match[version]": "all", "match[id]": stix_id("indicator", 0)}, "00"),
    ],
    ids=str,
)
def test_a_comma_is_or_and_different_fields_are_and(
    birch: Caller, mixed: Feed, parameters: dict[str, str], expected: str
) -> None:
    """1.8"""
    assert "".join(pull(birch, **parameters).names) == expected


# --- rights --------------------------------------------------------------------------------------


def test_reading_a_write_only_collection_is_403(cedar: Caller) -> None:
    """2.5"""
    answer = cedar.get(OBJECTS)
    assert answer.status == 403
    assert "write" in answer.json["description"]


def test_the_withdrawn_list_has_the_readers_of_its_collection(
    hub: Hub, birch: Caller, cedar: Caller
) -> None:
    """2.5"""
    path = hub.url("distillation-withdrawn")
    assert birch.get(path).status == 200
    assert cedar.get(path).status == 404
    assert birch.post(path, []).status == 403


# --- order and paging ----------------------------------------------------------------------------


def test_objects_come_in_the_order_of_entry_and_bodies_as_they_are(
    birch: Caller, feed: Feed
) -> None:
    """2.6, 2.10, 2.14: exact bodies."""
    sco = feed.add("ü", kind="domain-name", value="gw-2.meadowexit.example")
    sdo = feed.add("b", object_marking_refs=["marking-definition--x"])
    assert sco.body
    assert sdo.body
    answer = birch.get(OBJECTS)
    assert answer.response.content.decode() == (
        f'{{"more": false, "objects": [{sco.body},{sdo.body}]}}'
    )
    assert {one["spec_version"] for one in answer.json["objects"]} == {"2.1"}


def test_the_headers_are_of_this_page(birch: Caller, feed: Feed) -> None:
    """2.9"""
    feed.fill(3)
    first = pull(birch, limit=2)
    assert first.headers["X-TAXII-Date-Added-First"] == "2026-01-01T12:00:00.000001Z"
    assert first.headers["X-TAXII-Date-Added-Last"] == "2026-01-01T12:00:00.000002Z"
    second = pull(birch, next=first.json["next"])
    assert second.headers["X-TAXII-Date-Added-First"] == "2026-01-01T12:00:00.000003Z"
    assert second.headers["X-TAXII-Date-Added-Last"] == "2026-01-01T12:00:00.000003Z"


def test_an_empty_result_is_more_false_and_nothing_else(birch: Caller, feed: Feed) -> None:
    """2.8"""
    answer = birch.get(OBJECTS)
    assert answer.status == 200
    assert answer.json == {"more": False}
    assert "X-TAXII-Date-Added-First" not in answer.headers


def test_more_means_objects_and_next_and_the_last_page_has_no_next(
    birch: Caller, feed: Feed
) -> None:
    """2.8: else taxii2-client loops for ever, and Elastic looks only at next."""
    feed.fill(5)
    query, met = {"limit": "2"}, []
    while True:
        page = pull(birch, **query)
        met += page.names
        assert page.names
        assert ("next" in page.json) == page.json["more"]
        if not page.json["more"]:
            break
        query = {"limit": "2", "next": page.json["next"]}
    assert met == list("01234")


def paged(birch: Caller, feed: Feed) -> str:
    """`next` of the first of three pages of indicators."""
    for number, kind in enumerate(["indicator", "campaign"] * 3):
        feed.add(number, kind=kind)
    first = pull(birch, limit=1, **{"match[type]": "indicator"})
    return str(first.json["next"])


def test_next_alone_carries_filters_and_position(birch: Caller, feed: Feed) -> None:
    """2.7: OpenCTI's connector sends only next for page 2."""
    onward = paged(birch, feed)
    assert pull(birch, next=onward).names == ["2", "4"]


def test_next_wins_over_filters_beside_it_and_takes_another_limit(
    birch: Caller, feed: Feed
) -> None:
    """2.7: OpenCTI's ingester sends added_after with it."""
    onward = paged(birch, feed)
    beside = {"added_after": "2029-01-01T00:00:00Z", "match[type]": "campaign"}
    assert pull(birch, next=onward, limit=1, **beside).names == ["2"]
    assert pull(birch, next=onward, added_after="garbage").names == ["2", "4"]


def test_rereading_a_page_is_safe(birch: Caller, feed: Feed) -> None:
    """2.7"""
    onward = paged(birch, feed)
    once, twice = pull(birch, next=onward, limit=1), pull(birch, next=onward, limit=1)
    assert once.json == twice.json or once.names == twice.names
    feed.add("later")
    assert pull(birch, next=onward).names == ["2", "4", "later"]


def test_an_empty_next_is_the_first_page(birch: Caller, feed: Feed) -> None:
    """2.7: MISP."""
    feed.fill(2)
    assert pull(birch, next="").names == ["0", "1"]


def test_a_tampered_or_borrowed_next_is_400(
    hub: Hub, alder: Caller, birch: Caller, feed: Feed
) -> None:
    """2.7"""
    onward = paged(birch, feed)
    hub.feeds["reference"].fill(2)
    for answer in (
        pull(birch, next=onward[:-1]),
        pull(birch, next="2"),
        pull(alder, next=onward),
        pull(birch, hub.url("reference"), next=onward),
        pull(birch, f"{OBJECTS}{stix_id('indicator', 0)}/", next=onward),
    ):
        assert answer.status == 400
        assert answer.json["error_code"] == "bad-next"
    assert birch.lab
    # Another key of the same member may go on: rotation does not cost a poll.
    assert pull(Caller(another_key(birch.lab, ["feed:read"])), next=onward).status == 200


def test_a_next_from_before_a_restore_is_400(birch: Caller, feed: Feed) -> None:
    """2.7, reliability B: the feed may have been turned back behind it."""
    onward = paged(birch, feed)
    feed.restored()
    assert pull(birch, next=onward).status == 400


# --- poll marks ----------------------------------------------------------------------------------


def test_a_pull_leaves_a_mark_and_a_head_none(
    birch: Caller, feed: Feed, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On a busy machine a good Valkey may need longer than a GET would wait for it.
    monkeypatch.setattr(valkey_, "TIMEOUT", 5.0)
    monkeypatch.setattr(valkey_, "_breaker", valkey_.Breaker())
    settings.REDIS_URL = services.quiet_redis()
    valkey_.client.cache_clear()
    assert birch.lab
    feed.fill(3)
    place = f"{birch.lab.credential.id} {feed.collection.id}"
    with Redis.from_url(settings.REDIS_URL, decode_responses=True) as valkey:
        birch.call("HEAD", OBJECTS)
        assert valkey.hget("forum:polls", place) is None
        birch.get(OBJECTS)
        mark = valkey.hget("forum:polls", place)
        valkey.flushdb()
    valkey_.client.cache_clear()
    assert mark is not None
    assert json.loads(str(mark))[0] == 3


def test_a_pull_goes_on_without_valkey(
    birch: Caller, feed: Feed, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(valkey_, "_breaker", valkey_.Breaker())
    valkey_.client.cache_clear()
    settings.REDIS_URL = "unix:///nonexistent/valkey.sock?db=0"
    feed.fill(1)
    assert birch.get(OBJECTS).names == ["0"]
    valkey_.client.cache_clear()


# --- clients in the field ------------------------------------------------------------------------


def test_opencti_goes_on_from_the_last_date_it_was_told(birch: Caller, feed: Feed) -> None:
    """docs/wire.md 3: keeps X-TAXII-Date-Added-Last as its next start, sends it beside next."""
    feed.fill(3)
    first = pull(birch, limit=2, added_after="2020-01-01T00:00:00Z")
    rest = pull(
        birch,
        limit=2,
        next=first.json["next"],
        added_after=first.headers["X-TAXII-Date-Added-Last"],
    )
    assert first.names + rest.names == ["0", "1", "2"]
    feed.fill(1)
    assert pull(birch, added_after=rest.headers["X-TAXII-Date-Added-Last"]).names == ["3"]


def test_elastic_starts_at_whole_seconds_and_follows_next_only(birch: Caller, feed: Feed) -> None:
    """docs/wire.md 3"""
    feed.fill(3)
    page = pull(birch, added_after="2026-01-01T12:00:00Z", limit=2)
    met = page.names
    while onward := page.json.get("next"):
        page = pull(birch, next=onward)
        met += page.names
    assert met == ["0", "1", "2"]


@pytest.mark.parametrize("scheme", ["basic"])
def test_misp_browses_without_slash_in_lower_case_with_an_empty_next(
    birch: Caller, feed: Feed, scheme: str
) -> None:
    """docs/wire.md 3"""
    assert isinstance(birch.lab, Lab)
    feed.fill(1)
    authorization = (birch.basic() or "").replace("Basic", scheme)
    path = f"{OBJECTS.rstrip('/')}?next=&limit=10"
    assert birch.get(path, authorization=authorization, accept="application/taxii+json").names
