"""The screens of quarterly reports: drawn up, signed off by counsel, read by members."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from indicators.members.people import ROLES
from indicators.models.quarterly_report import QuarterlyReport
from tests.console.seat import Seat, said
from tests.forum import Forum
from tests.pipeline.test_quarterly_report import LAST, happened


LIST = "/ops/reports/"
PAGE = f"{LIST}{LAST}/"


@pytest.mark.parametrize("role", ROLES)
def test_who_sees_them(role: str, seat: Callable[..., Seat]) -> None:
    assert (seat(role).get(LIST).status_code == 200) is (role != "reviewer")


def test_it_goes_by_counsel_to_the_members(forum: Forum, seat: Callable[..., Seat]) -> None:
    happened()
    operator, counsel, alder = seat("operator"), seat("counsel"), seat("alder")
    assert str(LAST) in operator.text(LIST)
    page = said(operator.post(LIST, quarter=str(LAST)))
    assert "withdrawals asked for: 6" in page
    assert operator.post(PAGE, sign="1").status_code == 403
    assert alder.get(f"/reports/{LAST}/").status_code == 404
    assert "Signed off" in said(counsel.post(PAGE, sign="1"))
    assert alder.get(f"/reports/{LAST}/").status_code == 404
    assert str(LAST) not in alder.text("/bulletins/")
    counsel.post(PAGE, publish="1")
    assert f"/reports/{LAST}/" in alder.text("/bulletins/")
    assert "withdrawals asked for: 6" in alder.text(f"/reports/{LAST}/")
    found = alder.get(f"/reports/{LAST}/?as=json")
    assert json.loads(found.content)["quarter"] == str(LAST)
    assert found.content.decode() == QuarterlyReport.objects.get().body


def test_an_auditor_draws_up_and_publishes_nothing(seat: Callable[..., Seat]) -> None:
    happened()
    auditor = seat("auditor")
    assert auditor.post(LIST, quarter=str(LAST)).status_code == 403
    assert not QuarterlyReport.objects.exists()
    seat("operator").post(LIST, quarter=str(LAST))
    for step in ("anew", "sign", "publish"):
        assert auditor.post(PAGE, **{step: "1"}).status_code == 403
