"""Recalls on their pages: who may ask, who may decide, and who learns whose it was."""

from __future__ import annotations

from collections.abc import Callable

from indicators.models.member import Member
from indicators.models.recall import Recall
from tests.console.seat import Seat, said
from tests.forum import Forum, indicator
from tests.pipeline.reviewing import PATTERN


PAGE = "/ops/recalls/"
WHY = "Its people were phished."


def asked(analyst: Seat, **fields: str) -> Recall:
    terms = {"source": "member:alder", "since": "2026-01-01T00:00", "until": "", "why": WHY}
    said(analyst.post(PAGE, **{**terms, **fields}))
    return Recall.objects.get()


def test_the_analyst_asks_and_counsel_decides(forum: Forum, seat: Callable[..., Seat]) -> None:
    forum.push("alder", indicator(PATTERN))
    analyst, counsel = seat("analyst"), seat("counsel")
    page = f"{PAGE}{asked(analyst).pk}/"
    assert counsel.post(PAGE, source="member:birch", since="2026-01-01T00:00", why=WHY)
    assert Recall.objects.count() == 1, "counsel may not ask"
    assert analyst.post(f"{page}approve/").status_code == 403
    assert WHY in counsel.text(page)
    assert "indicator--" not in counsel.text(page)
    assert "Approved" in said(counsel.post(f"{page}approve/"))
    assert counsel.post(f"{page}look/").status_code == 403
    assert forum.feed()[0]["id"] in said(analyst.post(f"{page}look/"))
    assert "Ordered" in said(analyst.post(f"{page}order/"))
    assert Recall.objects.get().state == Recall.State.ORDERED


def test_the_auditor_sees_that_and_not_whose(forum: Forum, seat: Callable[..., Seat]) -> None:
    made = asked(seat("analyst"))
    auditor = seat("auditor")
    assert "Waits for a second person" in auditor.text(PAGE)
    page = auditor.text(f"{PAGE}{made.pk}/")
    assert "alder" not in page
    assert WHY not in page


def test_a_tick_stops_the_source_at_once(forum: Forum, seat: Callable[..., Seat]) -> None:
    asked(seat("analyst"), stop="1")
    assert Member.objects.get(slug="alder").state == Member.State.SUSPENDED


def test_without_the_tick_it_is_not_stopped(forum: Forum, seat: Callable[..., Seat]) -> None:
    asked(seat("analyst"))
    assert Member.objects.get(slug="alder").state == Member.State.ACTIVE


def test_what_is_missing_is_said(forum: Forum, seat: Callable[..., Seat]) -> None:
    analyst = seat("analyst")
    for fields, why in (
        ({"source": "", "since": "2026-01-01T00:00", "why": WHY}, "Choose a member"),
        ({"source": "member:alder", "since": "soon", "why": WHY}, "as day and minute"),
        ({"source": "member:alder", "since": "2026-01-01T00:00", "why": " "}, "Say why"),
    ):
        assert why in said(analyst.post(PAGE, **fields))
    assert not Recall.objects.exists()


def test_others_have_no_such_page(forum: Forum, seat: Callable[..., Seat]) -> None:
    for role in ("reviewer", "operator", "alder"):
        assert seat(role).get(PAGE).status_code == 403
