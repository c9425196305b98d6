"""Reveals on their pages: asked by one, allowed by another, looked at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from indicators.models.audit import AuditEntry
from indicators.models.reveal import Reveal
from tests.console.seat import Seat, said
from tests.forum import Forum, indicator
from tests.pipeline.reviewing import PATTERN


PAGE = "/ops/reveals/"
WHY = "The same lie for the third time."


@pytest.fixture
def stix_id(forum: Forum) -> str:
    forum.push("alder", indicator(PATTERN))
    return str(forum.feed()[0]["id"])


def ask(seat: Seat, stix_id: str, **changes: str) -> Any:
    sent = {"collection": "distillation", "object": stix_id, "reason": "abuse", "text": WHY}
    return seat.post(PAGE, **{**sent, "reference": "CASE-12", **changes})


def page() -> str:
    return f"{PAGE}{Reveal.objects.get().pk}/"


def test_one_asks_another_allows_and_the_first_looks_once(
    stix_id: str, seat: Callable[..., Seat]
) -> None:
    analyst, counsel = seat("analyst"), seat("counsel")
    assert "Asked for" in said(ask(analyst, stix_id))
    for text in (WHY, "CASE-12", stix_id):
        assert text in counsel.text(page())
    assert analyst.post(f"{page()}approve/").status_code == 403
    assert "Nobody has approved this" in said(analyst.post(f"{page()}look/"))
    assert "Allowed" in said(counsel.post(f"{page()}approve/"))
    assert counsel.post(f"{page()}look/").status_code == 403
    shown = analyst.post(f"{page()}look/")
    assert "alder (Alder)" in said(shown)
    assert shown.headers["Cache-Control"] == "no-store"
    assert "opened before" in said(analyst.post(f"{page()}look/"))
    assert "alder (Alder)" not in analyst.text(page())
    steps = AuditEntry.objects.filter(subject=f"reveal/{Reveal.objects.get().pk}").order_by("at")
    assert list(steps.values_list("actor", "act")) == [
        ("analyst", "reveal requested"),
        ("counsel", "reveal approved"),
        ("analyst", "reveal opened"),
    ]


def test_who_asked_does_not_decide_whatever_their_role_is_now(
    stix_id: str, seat: Callable[..., Seat]
) -> None:
    ask(seat("analyst"), stix_id)
    Reveal.objects.update(requested_by="Counsel")
    counsel = seat("counsel")
    assert "approve/" not in counsel.text(page())
    assert "You asked for this yourself" in said(counsel.post(f"{page()}approve/"))
    assert Reveal.objects.get().state == "requested"


def test_a_publication_is_as_good_as_its_object(
    stix_id: str, forum: Forum, seat: Callable[..., Seat]
) -> None:
    analyst = seat("analyst")
    said(ask(analyst, "distillation:1", collection=""))
    assert Reveal.objects.get().stix_id == stix_id
    assert Reveal.objects.get().collection == forum.collections["distillation"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"object": "%"}, "a reveal is for one"),
        ({"object": "distillation:7"}, "has no publication"),
        ({"object": "distillation:"}, "has no publication"),
        ({"object": "distillation:9999999999999999999999"}, "has no publication"),
        ({"collection": "elsewhere"}, "Choose the collection"),
        ({"text": " "}, "Say why"),
        ({"reference": " "}, "Give the reference"),
        ({"reference": "x" * 121}, "120 characters at most"),
        ({"reason": "curiosity"}, "There is no reason"),
    ],
)
def test_what_is_missing_is_said_and_the_form_keeps_its_words(
    stix_id: str, seat: Callable[..., Seat], changes: dict[str, str], why: str
) -> None:
    answer = said(ask(seat("analyst"), **{"stix_id": stix_id, **_named(changes)}))
    assert why in answer
    if "text" not in changes:
        assert WHY in answer
    assert not Reveal.objects.exists()


def _named(changes: dict[str, str]) -> dict[str, str]:
    return {{"object": "stix_id"}.get(name, name): value for name, value in changes.items()}


def test_the_list_is_cut_by_where_a_request_stands(stix_id: str, seat: Callable[..., Seat]) -> None:
    analyst = seat("analyst")
    ask(analyst, stix_id)
    assert stix_id in analyst.text(f"{PAGE}?state=requested")
    assert stix_id not in analyst.text(f"{PAGE}?state=lapsed")
    Reveal.objects.update(expires_at="2026-01-01T00:00:00Z")
    assert stix_id in analyst.text(f"{PAGE}?state=lapsed")
    assert stix_id not in analyst.text(f"{PAGE}?state=requested")
    assert stix_id in analyst.text(f"{PAGE}?state=nonsense")


def test_the_auditor_reads_and_others_have_no_such_page(
    stix_id: str, seat: Callable[..., Seat]
) -> None:
    ask(seat("analyst"), stix_id)
    auditor = seat("auditor")
    assert stix_id in auditor.text(page())
    assert 'name="object"' not in auditor.text(PAGE)
    assert ask(auditor, stix_id).status_code == 403
    for step in ("approve", "refuse", "look"):
        assert auditor.post(f"{page()}{step}/").status_code == 403
        assert auditor.get(f"{page()}{step}/").status_code == 405
    for role in ("reviewer", "operator", "alder"):
        assert seat(role).get(PAGE).status_code == 403
