"""The pipeline on its pages: one submission in numbers, who may try it again, who works on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pytest_django import Settings
from redis import Redis

from indicators.members.people import ROLES
from indicators.models.submission import Submission
from indicators.pipeline import heartbeats
from indicators.pipeline.heartbeats import Kind
from tests.console.seat import Seat, said
from tests.console.test_recalls import asked
from tests.forum import Forum, indicator, now
from tests.pipeline.quiet_valkey import go_away, quiet
from tests.pipeline.reviewing import PATTERN
from tests.pipeline.test_retry import quarantined


LIST = "/ops/pipeline/"
BUTTON = 'name="retry"'


@pytest.fixture(autouse=True)
def valkey(db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Redis]:
    with quiet(settings, monkeypatch) as client:
        yield client


def aside(forum: Forum) -> str:
    """The page of a submission that was quarantined."""
    return f"{LIST}{quarantined(forum, indicator(PATTERN))}/"


def test_it_is_told_in_numbers_and_not_whose(forum: Forum, seat: Callable[..., Seat]) -> None:
    page = aside(forum)
    Submission.objects.update(failure_kind="ZeroDivisionError")
    text = seat("analyst").text(page)
    for word in ("quarantined", "distillation", "ZeroDivisionError", "not decided"):
        assert word in text
    for word in ("alder", "gw-2", "meadowexit", "indicator--"):
        assert word not in text.lower()


def test_an_error_that_nobody_saw_is_said_to_be_none(
    forum: Forum, seat: Callable[..., Seat]
) -> None:
    assert "its worker was killed" in seat("analyst").text(aside(forum))


def test_the_analyst_tries_again_and_it_is_finished(
    forum: Forum, seat: Callable[..., Seat]
) -> None:
    page, analyst = aside(forum), seat("analyst")
    assert page in analyst.text(f"{LIST}?state=quarantined")
    assert BUTTON in analyst.text(page)
    assert "in the queue again" in said(analyst.post(page, retry="1"))
    assert BUTTON not in analyst.text(page)
    assert "nothing to try again" in said(analyst.post(page, retry="1"))
    forum.work()
    assert "published" in analyst.text(page)
    assert len(forum.feed()) == 1


@pytest.mark.parametrize("role", sorted({*ROLES} - {"analyst"}))
def test_nobody_else_tries_again(role: str, forum: Forum, seat: Callable[..., Seat]) -> None:
    page, here = aside(forum), seat(role)
    assert here.get(page).status_code == (200 if role == "auditor" else 403)
    assert here.post(page, retry="1").status_code == 403
    assert Submission.objects.get().state == Submission.State.QUARANTINED
    if role == "auditor":
        assert BUTTON not in here.text(page)


def test_a_recall_is_said_in_place_of_the_button(forum: Forum, seat: Callable[..., Seat]) -> None:
    page, analyst = aside(forum), seat("analyst")
    asked(analyst)
    text = analyst.text(page)
    assert "A recall over its source" in text
    assert BUTTON not in text
    assert "A recall over its source" in said(analyst.post(page, retry="1"))
    assert Submission.objects.get().state == Submission.State.QUARANTINED
    assert "recall over" not in seat("auditor").text(page), "the auditor never learns whose"


def test_what_is_not_there_has_no_page(forum: Forum, seat: Callable[..., Seat]) -> None:
    nothing = f"{LIST}00000000-0000-4000-8000-000000000000/"
    assert seat("analyst").get(nothing).status_code == 404


def test_stages_and_workers_are_listed(forum: Forum, seat: Callable[..., Seat]) -> None:
    analyst = seat("analyst")
    assert "Nothing was worked on" in analyst.text(LIST)
    assert "No worker has been heard" in analyst.text(LIST)
    forum.push("alder", indicator(PATTERN))
    heartbeats.note(Kind.WORKER, "celery@hub-one", done=41, now=now())
    text = analyst.text(LIST)
    for word in ("anonymise", "Tried again: 0 of 1", "celery@hub-one", "41 done"):
        assert word in text
    assert "No worker" not in text


def test_today_warns_when_no_worker_is_heard(seat: Callable[..., Seat]) -> None:
    reviewer = seat("reviewer")
    assert "No worker has been heard" in reviewer.text("/ops/")
    heartbeats.note(Kind.WORKER, "celery@hub-one", done=1, now=now())
    assert "No worker" not in reviewer.text("/ops/")


def test_without_valkey_the_pages_say_that_they_do_not_know(
    seat: Callable[..., Seat], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    analyst = seat("analyst")
    go_away(settings, monkeypatch)
    assert analyst.text(LIST).count("Not known now") == 2
    assert "is not known" in analyst.text("/ops/")
