"""A message is a knock on the door: keywords only, ids only, and what is unknown is no error."""

from __future__ import annotations

import inspect

import pytest

from forum_share.celery import app


app.loader.import_default_modules()
OURS = sorted(name for name in app.tasks if not name.startswith("celery."))
BY_KEYWORD = {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD}


def test_there_are_tasks() -> None:
    assert OURS


@pytest.mark.parametrize("task", OURS)
def test_a_task_takes_ids_by_keyword_and_tolerates_what_it_does_not_know(task: str) -> None:
    parameters = inspect.signature(app.tasks[task].run).parameters.values()
    assert {each.kind for each in parameters} <= BY_KEYWORD
    assert any(each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters)
    named = [each for each in parameters if each.kind is inspect.Parameter.KEYWORD_ONLY]
    assert [each.name for each in named if not each.name.endswith("_id")] == []
    assert {each.annotation for each in named} <= {"str"}


def test_every_entry_of_the_timetable_is_a_task() -> None:
    timetable = app.conf.beat_schedule.values()
    assert {entry["task"] for entry in timetable} <= set(OURS)
