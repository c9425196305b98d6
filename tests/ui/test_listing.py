"""A list is cut and sorted by its address, whatever stands in that."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from indicators.ui import listing
from indicators.ui.listing import Listing, Slice, listed


ORDERS = {"first": ("username",), "last": ("-username",)}


def asked(**query: str) -> Slice:
    return Slice.asked(RequestFactory().get("/", query))


@pytest.mark.parametrize(
    ("said", "number"),
    [("1", 1), ("7", 7), ("0", 1), ("-1", 1), ("", 1), ("x", 1), ("1.5", 1), ("9999999", 1)],
)
def test_a_page_is_asked_for_by_number(said: str, number: int) -> None:
    assert asked(page=said).number == number
    assert asked().number == 1


@given(number=st.integers(1, 999_999), size=st.integers(1, 100), total=st.integers(0, 10_000))
def test_whatever_page_is_asked_for_lies_within_the_list(
    number: int, size: int, total: int
) -> None:
    part = Slice(number, size).within(total)
    pages = part.of([], total).pages
    assert 1 <= part.number <= pages
    assert part.begin <= total
    assert part.size == size
    assert (pages - 1) * size < max(total, 1) <= max(pages * size, 1)


def test_a_listing_says_where_it_stands() -> None:
    page = Slice(2, 10).of("klmno", 15)
    assert (page.first, page.last, page.total, page.pages) == (11, 15, 15, 2)
    assert (page.before, page.number, page.after) == (1, 2, 3)
    assert Slice(1).of([], 0).pages == 1


@pytest.fixture
def people(db: None) -> None:
    User.objects.bulk_create([User(username=f"person-{number:03}") for number in range(120)])


def names(**query: str) -> list[str]:
    return [each.username for each in page(**query).rows]


def page(**query: str) -> Listing[User]:
    return listed(RequestFactory().get("/", query), User.objects.all(), orders=ORDERS)


@pytest.mark.usefixtures("people")
def test_pages_hold_each_row_once_and_in_order() -> None:
    walked = [name for number in "123" for name in names(page=number)]
    assert walked == [f"person-{number:03}" for number in range(120)]


@pytest.mark.usefixtures("people")
def test_the_address_sorts_and_what_it_does_not_know_is_the_first_order() -> None:
    assert names(sort="last")[0] == "person-119"
    assert names(sort="password")[0] == names()[0] == "person-000"


@pytest.mark.usefixtures("people")
def test_an_old_bookmark_opens_the_last_page() -> None:
    found = page(page="77")
    assert (found.number, found.first, found.last) == (3, 101, 120)
    User.objects.all().delete()
    assert names(page="3") == []


@pytest.mark.usefixtures("people")
def test_of_very_many_only_so_many_are_counted_and_the_list_says_that_it_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert (page().total, page().goes_on) == (120, False)
    monkeypatch.setattr(listing, "MOST", 100)
    assert (page().total, page().pages, page().goes_on) == (100, 2, True)
    assert page(page="3").number == 2
    assert names(sort="last", page="2")[-1] == "person-020"
