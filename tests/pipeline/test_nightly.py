"""The night: every step has its turn, and one entry says what it came to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from indicators.models.submission import Submission
from indicators.pipeline import legal_hold, nightly, pauses
from indicators.pipeline.legal_hold import Scope
from indicators.pipeline.tasks import nightly as task
from tests.forum import Forum, indicator, now
from tests.labs import acting_as
from tests.pipeline.governing import PATTERN, POLICY, acts, age, clerk, facts, live


BROAD = "[domain-name:value LIKE '%.meadowexit.example']"


def test_one_night_after_a_year_ends_everything_and_says_so(forum: Forum) -> None:
    forum.push("alder", indicator(PATTERN), indicator(BROAD))
    age(Submission.objects.get().pk, days=365)
    report = nightly.run(policy=POLICY, now=now() + timedelta(days=365))
    assert report.failed == {}
    assert live(forum) == []
    told = facts("nightly job")
    assert told["failed"] == {}
    done = {name: n for name, n in told["counts"].items() if n}
    wanted = {
        "held_expired": 1, "bodies_purged": 1, "held_deleted": 1, "statuses_forgotten": 1,
        "resends_forgotten": 1, "objects_expired": 1,
    }  # fmt: skip
    assert wanted.items() <= done.items()


def test_a_second_run_finds_nothing_to_do(forum: Forum) -> None:
    forum.push("alder", indicator(PATTERN))
    task()
    task()
    assert [each.subject for each in acts("nightly job")] == [f"nightly/{now():%Y-%m-%d}"] * 2
    assert Submission.objects.get().body_ct is not None
    assert len(forum.feed()) == 1


def test_a_step_that_fails_stops_no_other_and_is_reported(
    forum: Forum, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: Any) -> int:
        raise OSError("no such disk")

    forum.push("alder", indicator(PATTERN))
    age(Submission.objects.get().pk, days=31)
    monkeypatch.setattr(nightly, "STEPS", {"first": fails, **nightly.STEPS})
    report = nightly.run(policy=POLICY, now=now())
    assert set(report.failed) == {"first"}
    assert report.counts["bodies_purged"] == 1
    assert facts("nightly job")["failed"] == report.failed
    assert report.failed["first"] in caplog.text


def test_the_report_names_what_stands_in_the_way(forum: Forum) -> None:
    scope = Scope(collection=forum.collections["distillation"])
    asked = legal_hold.request(clerk("ash"), scope, matter="2026-17")
    legal_hold.approve(clerk("elm"), asked.id)
    pauses.pause(clerk(), "personal_tokens", reason="x")
    counts = nightly.run(policy=POLICY, now=now()).counts
    assert (counts["legal_holds_in_force"], counts["pauses_on"], counts["appeals_open"]) == (
        1,
        1,
        0,
    )


def test_the_worker_may_do_all_of_it(forum: Forum) -> None:
    forum.push("alder", indicator(PATTERN), indicator(BROAD))
    age(Submission.objects.get().pk, days=365)
    with acting_as("forum_worker"):
        report = nightly.run(policy=POLICY, now=now() + timedelta(days=365))
    assert report.failed == {}
