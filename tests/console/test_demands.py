"""The screens of legal demands: registered, decided, told, exported by another, answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from indicators.members.people import ROLES
from indicators.models.government_request import GovernmentRequest
from indicators.models.legal_demand import LegalDemand
from indicators.models.legal_hold import LegalHold
from tests.console.seat import Seat, said
from tests.forum import Forum, indicator
from tests.pipeline.demanding import today
from tests.pipeline.governing import PATTERN, acts, clerk


LIST, NEW = "/ops/demands/", "/ops/demands/new/"


def asked(**changes: str) -> dict[str, str]:
    return {
        "reference": "G-7", "received_on": str(today()), "jurisdiction": "us",
        "authority": "law-enforcement", "instrument": "subpoena", "member": "alder",
        "types": "indicator url", "first_day": str(today(-6)), "last_day": str(today()),
        "ids": "", **changes,
    }  # fmt: skip


def the_page() -> str:
    return f"{LIST}{GovernmentRequest.objects.get().pk}/"


def export(by: Seat) -> Any:
    return by.post(f"{the_page()}export/")


@pytest.mark.parametrize("role", ROLES)
def test_who_sees_and_who_registers(role: str, seat: Callable[..., Seat]) -> None:
    here = seat(role)
    assert (here.get(LIST).status_code == 200) is (role in {"analyst", "counsel", "auditor"})
    assert (here.get(NEW).status_code == 200) is (role == "counsel")


def test_from_the_register_to_the_answer(forum: Forum, seat: Callable[..., Seat]) -> None:
    sent = indicator(PATTERN)
    forum.push("alder", sent)
    counsel, analyst, alder = seat("counsel"), seat("analyst"), seat("alder")
    assert "Nothing leaves before counsel has decided" in said(counsel.post(NEW, **asked()))
    assert "before counsel has decided" in said(export(analyst))
    less = asked(types="indicator")
    assert "narrowed" in said(counsel.post(the_page(), narrow="1", why="Too much.", **less))
    assert "Tell the member first" in said(export(analyst))
    assert "court demands" not in alder.text("/bulletins/")
    counsel.post(the_page(), tell="1", text="A court demands what you sent.")
    for path in ("/dashboard/", "/bulletins/"):
        assert "court demands" in alder.text(path)
    assert "court demands" not in seat("birch").text("/bulletins/")
    assert "second, different person exports" in said(export(counsel))
    file = export(analyst)
    assert file["Content-Disposition"].startswith("attachment")
    assert [each["object"] for each in json.loads(file.content)["objects"]] == [sent]
    assert len(acts("legal demand exported")) == 1
    page = said(counsel.post(the_page(), **{"answer-given": "1", "answer": "answered"}))
    assert "1 object, by analyst" in page
    assert "G-7" not in counsel.text(LIST)
    assert "G-7" in counsel.text(f"{LIST}?state=over")


def test_counsel_refuses_and_nothing_leaves(forum: Forum, seat: Callable[..., Seat]) -> None:
    counsel, analyst = seat("counsel"), seat("analyst")
    counsel.post(NEW, **asked())
    assert "refused" in said(counsel.post(the_page(), refuse="1", why="No jurisdiction."))
    assert "It is over" in said(export(analyst))
    assert GovernmentRequest.objects.get().answer == "refused"


def test_an_analyst_exports_and_decides_nothing(forum: Forum, seat: Callable[..., Seat]) -> None:
    seat("counsel").post(NEW, **asked())
    analyst, auditor = seat("analyst"), seat("auditor")
    for step in ("comply", "refuse", "tell", "prohibit", "hold", "answer-given"):
        assert analyst.post(the_page(), **{step: "1"}).status_code == 403, step
    assert export(auditor).status_code == 403
    assert "<form method=" not in auditor.text(the_page()).partition("<main")[2]


def test_a_hold_is_asked_for_over_these_days(forum: Forum, seat: Callable[..., Seat]) -> None:
    counsel = seat("counsel")
    counsel.post(NEW, **asked())
    assert "waits for approval" in said(counsel.post(the_page(), hold="1"))
    hold = LegalHold.objects.get()
    assert (hold.member and hold.member.slug, hold.matter) == ("alder", "G-7")


def test_a_prohibition_is_shown_with_its_ground(forum: Forum, seat: Callable[..., Seat]) -> None:
    counsel = seat("counsel")
    counsel.post(NEW, **asked())
    sent = {"prohibit": "1", "ground": "18 U.S.C. 2705(b)"}
    assert "Give the day" in said(counsel.post(the_page(), **sent, until=""))
    page = said(counsel.post(the_page(), **sent, until=str(today(30))))
    assert "18 U.S.C. 2705(b)" in page
    assert "Telling is prohibited until" in said(counsel.post(the_page(), tell="1", text="Now."))


def test_a_request_without_a_scope_gets_one(forum: Forum, seat: Callable[..., Seat]) -> None:
    GovernmentRequest.objects.create(
        received_on=today(), jurisdiction="US", authority="court", instrument="warrant",
        reference="G-7", recorded_by="counsel", recorded_at=clerk().now,
    )  # fmt: skip
    counsel = seat("counsel")
    assert "no scope yet" in counsel.text(LIST)
    assert "no scope, so nothing can leave" in seat("auditor").text(the_page())
    assert "counsel to decide" in said(counsel.post(the_page(), scope="1", **asked()))
    assert LegalDemand.objects.get().types == ["indicator", "url"]


@pytest.mark.parametrize(
    "wrong", [{"types": ""}, {"first_day": ""}, {"member": "nobody"}, {"jurisdiction": "USA"}]
)
def test_what_is_refused_is_not_registered_and_keeps_its_words(
    wrong: dict[str, str], forum: Forum, seat: Callable[..., Seat]
) -> None:
    page = said(seat("counsel").post(NEW, **asked(**wrong)))
    assert "is-error" in page
    assert 'value="G-7"' in page
    assert not GovernmentRequest.objects.exists()
