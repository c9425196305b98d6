"""The queue is worked on by hand, without a broker."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from indicators.models.submission import Submission
from tests.forum import Forum, indicator


pytestmark = pytest.mark.django_db


@pytest.fixture
def forum() -> Forum:
    return Forum.make()


def drain() -> str:
    out = StringIO()
    call_command("drain", once=True, stdout=out)
    return out.getvalue()


def test_it_works_on_what_waits_and_stops(forum: Forum) -> None:
    for number in range(3):
        forum.push("alder", indicator(f"[ipv4-addr:value = '198.51.100.{number}']"), work=False)
    assert "Worked on 3" in drain()
    assert len(forum.feed()) == 3
    assert "Worked on 0" in drain()


def test_it_takes_up_what_a_dead_worker_left(forum: Forum) -> None:
    forum.push("alder", indicator("[ipv4-addr:value = '198.51.100.1']"), work=False)
    Submission.objects.update(state="working", lease_until="2026-01-01T00:00:00Z")
    assert "Worked on 1" in drain()
    assert len(forum.feed()) == 1


def test_it_leaves_what_another_is_working_on(forum: Forum) -> None:
    forum.push("alder", indicator("[ipv4-addr:value = '198.51.100.1']"), work=False)
    Submission.objects.update(state="working", lease_until="2100-01-01T00:00:00Z")
    assert "Worked on 0" in drain()


def test_a_purged_submission_does_not_hold_it_up(forum: Forum) -> None:
    forum.push("alder", indicator("[ipv4-addr:value = '198.51.100.1']"), work=False)
    Submission.objects.update(body_ct=None)
    assert "Worked on 0" in drain()
