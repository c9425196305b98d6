"""The screens of bulletins: written, published by another, and read by a member's people."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from indicators.members.people import ROLES
from indicators.models.bulletin import Bulletin
from tests.console.seat import Seat, said
from tests.forum import Forum


LIST, NEW = "/ops/bulletins/", "/ops/bulletins/new/"
TEXT = "The hub stands still on Sunday.\n\nPulls go on."


def the_page() -> str:
    return f"{LIST}{Bulletin.objects.get().pk}/"


@pytest.mark.parametrize("role", ROLES)
def test_all_staff_read_and_all_but_the_auditor_write(role: str, seat: Callable[..., Seat]) -> None:
    here = seat(role)
    assert here.get(LIST).status_code == 200
    assert (here.get(NEW).status_code == 200) is (role != "auditor")


def test_it_goes_from_one_person_by_another_to_the_members(
    forum: Forum, seat: Callable[..., Seat]
) -> None:
    writer, reviewer, alder = seat("counsel"), seat("reviewer"), seat("alder")
    page = said(writer.post(NEW, title="Work on the hub", text=TEXT))
    assert "another person publishes" in page
    assert "wrote it yourself" in said(writer.post(the_page(), publish="1"))
    for path in ("/dashboard/", "/bulletins/"):
        assert "Work on the hub" not in alder.text(path)
    assert "Every active member sees it" in said(reviewer.post(the_page(), publish="1"))
    assert "Work on the hub" in alder.text("/dashboard/")
    assert "<p>Pulls go on.</p>" in alder.text("/bulletins/")
    reviewer.post(the_page(), withdraw="1", why="The day has changed.")
    for path in ("/dashboard/", "/bulletins/"):
        assert "Work on the hub" not in alder.text(path)


def test_an_analyst_and_an_operator_publish_nothing(seat: Callable[..., Seat]) -> None:
    seat("counsel").post(NEW, title="Work on the hub", text=TEXT)
    for role in ("analyst", "operator", "auditor"):
        assert seat(role).post(the_page(), publish="1").status_code == 403
    assert Bulletin.objects.get().state == "draft"


def test_what_names_a_member_is_not_kept_and_stays_in_its_field(
    forum: Forum, seat: Callable[..., Seat]
) -> None:
    page = said(seat("counsel").post(NEW, title="News", text="What Alder's people found."))
    assert "It names a member: Alder, alder" in page
    assert "people found.</textarea>" in page
    assert not Bulletin.objects.exists()


def test_what_the_screens_see_is_shown_to_who_decides(seat: Callable[..., Seat]) -> None:
    seat("counsel").post(NEW, title="News", text="Write to robin@forum.example.")
    assert "an e-mail address" in seat("reviewer").text(the_page())


def test_words_of_a_bulletin_are_no_markup(seat: Callable[..., Seat], forum: Forum) -> None:
    seat("counsel").post(NEW, title="<b>News</b>", text="<script>alert(1)</script>")
    seat("reviewer").post(the_page(), publish="1")
    alder = seat("alder")
    for path in ("/dashboard/", "/bulletins/"):
        assert "&lt;script&gt;" in alder.text(path)
        assert "<b>News" not in alder.text(path)
