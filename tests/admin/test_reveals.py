"""A reveal on the screens: asked by one role, approved by another, opened once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from indicators.models.audit import AuditEntry
from indicators.models.reveal import Reveal
from tests.admin.desk import Desk
from tests.forum import Forum, indicator


@pytest.fixture
def stix_id(forum: Forum) -> str:
    forum.push("alder", indicator("[domain-name:value = 'a.example']"))
    return str(forum.feed()[0]["id"])


def ask(here: Desk, stix_id: str, **changes: str) -> Any:
    sent = {"collection": "distillation", "object": stix_id, "reason": "abuse", "text": "Thrice."}
    return here.post("indicators/reveal/request/", **{**sent, **changes})


def step(here: Desk, name: str) -> Any:
    return here.post(f"indicators/reveal/{Reveal.objects.get().pk}/{name}/")


def test_a_reveal_goes_from_desk_to_desk(stix_id: str, desk: Callable[[str], Desk]) -> None:
    analyst, counsel = desk("analyst"), desk("counsel")
    assert "Asked for" in ask(analyst, stix_id).content.decode()
    here = f"indicators/reveal/{Reveal.objects.get().pk}/change/"
    assert "Thrice." in counsel.text(here)
    assert "approve/" not in analyst.text(here)
    assert step(analyst, "approve").status_code == 403
    assert "It is approved now" in step(counsel, "approve").content.decode()
    assert "open/" in analyst.text(here)
    assert step(counsel, "open").status_code == 403
    shown = step(analyst, "open")
    assert "alder (Alder)" in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    assert "opened before" in step(analyst, "open").content.decode()
    assert "alder" not in analyst.text(here).partition('id="content"')[2]
    assert list(
        AuditEntry.objects.filter(subject__startswith="reveal/").order_by("at").values_list("actor")
    ) == [("analyst",), ("counsel",), ("analyst",)]


def test_a_refused_request_is_over(stix_id: str, desk: Callable[[str], Desk]) -> None:
    analyst, counsel = desk("analyst"), desk("counsel")
    ask(analyst, stix_id)
    assert "It is refused now" in step(counsel, "refuse").content.decode()
    assert "it is refused" in step(analyst, "open").content.decode()


def test_what_cannot_be_asked_for_is_said(stix_id: str, desk: Callable[[str], Desk]) -> None:
    analyst = desk("analyst")
    assert "a reveal is for one" in ask(analyst, "%").content.decode()
    assert "Say why" in ask(analyst, stix_id, text=" ").content.decode()
    assert ask(analyst, stix_id, collection="elsewhere").status_code == 404
    assert ask(desk("counsel"), stix_id).status_code == 403
    assert not Reveal.objects.exists()


def test_a_step_is_no_get(stix_id: str, desk: Callable[[str], Desk]) -> None:
    analyst = desk("analyst")
    ask(analyst, stix_id)
    for name in ("approve", "refuse", "open"):
        path = f"indicators/reveal/{Reveal.objects.get().pk}/{name}/"
        assert analyst.get(path).status_code == 405


def test_an_auditor_sees_requests_and_can_do_nothing(
    stix_id: str, desk: Callable[[str], Desk]
) -> None:
    ask(desk("analyst"), stix_id)
    auditor = desk("auditor")
    assert stix_id in auditor.text("indicators/reveal/")
    assert 'name="object"' not in auditor.text("indicators/reveal/")
    for name in ("approve", "refuse", "open"):
        assert step(auditor, name).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_the_opening_stands_even_if_its_page_fails(
    desk: Callable[[str], Desk], settings: Any
) -> None:
    forum = Forum.make()
    forum.push("alder", indicator("[domain-name:value = 'a.example']"))
    analyst = desk("analyst")
    ask(analyst, forum.feed()[0]["id"])
    step(desk("counsel"), "approve")
    settings.TEMPLATES = []
    analyst.client.raise_request_exception = False
    assert step(analyst, "open").status_code == 500
    assert AuditEntry.objects.filter(act="reveal opened").exists()
    assert Reveal.objects.get().state == "opened"
