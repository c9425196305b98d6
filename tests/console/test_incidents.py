"""The screens of incidents: who opens, adds, settles and closes, and what the pages say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from indicators.members.people import ROLES
from indicators.models.incident import Incident
from tests.console.seat import Seat, said
from tests.forum import now


LIST, NEW = "/ops/incidents/", "/ops/incidents/new/"
KNOWN = "A list went to the wrong address."


def asked(**changes: str) -> dict[str, str]:
    noticed = f"{now() - timedelta(hours=10):%Y-%m-%dT%H:%M}"
    return {
        "reference": "I-1", "kind": "leak", "noticed_at": noticed, "text": KNOWN, **changes,
    }  # fmt: skip


def the_page() -> str:
    return f"{LIST}{Incident.objects.get().pk}/"


@pytest.mark.parametrize("role", ROLES)
def test_who_sees_and_who_opens(role: str, seat: Callable[..., Seat]) -> None:
    here = seat(role)
    sees = role in {"analyst", "counsel", "operator", "auditor"}
    assert (here.get(LIST).status_code == 200) is sees
    assert (here.get(NEW).status_code == 200) is (sees and role != "auditor")


def test_from_noticing_to_closing(seat: Callable[..., Seat]) -> None:
    analyst, counsel = seat("analyst"), seat("counsel")
    page = said(analyst.post(NEW, **asked()))
    assert "61 h left" in page or "62 h left" in page
    assert KNOWN in page
    assert "h left" in analyst.text("/ops/")
    entry = said(analyst.post(the_page(), entry="1", kind="decision", text="The key is revoked."))
    assert "The key is revoked." in entry
    assert "clock still runs" in said(counsel.post(the_page(), close="1", text="Done."))
    at = f"{now():%Y-%m-%dT%H:%M}"
    told = said(counsel.post(the_page(), notice="1", at=at, text="To the authority."))
    assert "told in time" in told
    assert "h left" not in analyst.text("/ops/")
    counsel.post(the_page(), close="1", text="Done.")
    assert "I-1" not in counsel.text(LIST)
    assert "I-1" in counsel.text(f"{LIST}?state=closed")


def test_that_none_is_due_is_counsels_to_say(seat: Callable[..., Seat]) -> None:
    analyst, counsel = seat("analyst"), seat("counsel")
    analyst.post(NEW, **asked())
    assert analyst.post(the_page(), none="1", text="No.").status_code == 403
    assert "no notice due" in said(counsel.post(the_page(), none="1", text="Nobody's data."))


def test_an_auditor_reads_and_does_nothing(seat: Callable[..., Seat]) -> None:
    seat("analyst").post(NEW, **asked())
    auditor = seat("auditor")
    assert '<form method="post">' not in auditor.text(the_page()).partition("<main")[2]
    assert auditor.post(the_page(), entry="1", kind="finding", text="x").status_code == 403


@pytest.mark.parametrize("wrong", [{"noticed_at": "soon"}, {"kind": "flood"}])
def test_what_is_refused_keeps_its_words(wrong: dict[str, str], seat: Callable[..., Seat]) -> None:
    page = said(seat("analyst").post(NEW, **asked(**wrong)))
    assert KNOWN in page
    assert "is-error" in page
    assert not Incident.objects.exists()
