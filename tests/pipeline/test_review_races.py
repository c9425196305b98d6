"""Two people, or a person and the worker, over one item at once: real connections, real locks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction

from indicators.domain.disclosure import current_policy
from indicators.models.audit import AuditEntry
from indicators.models.submission import HeldObject
from indicators.pipeline import review
from indicators.pipeline.review import ReviewError
from indicators.pipeline.tasks import publish_released
from tests.forum import Forum, indicator, now
from tests.pipeline.reviewing import BROAD, ROWAN, WREN, again, as_, entity, held, text


pytestmark = pytest.mark.django_db(transaction=True)
_PATIENCE = 10.0


@pytest.fixture
def forum(transactional_db: None) -> Forum:
    return Forum.make()


def at_once(*steps: Callable[[], object]) -> list[object]:
    """What came of each step, all begun at the same moment on connections of their own."""
    start = threading.Barrier(len(steps))
    came: list[object] = [None] * len(steps)

    def run(number: int, step: Callable[[], object]) -> None:
        try:
            start.wait()
            came[number] = step()
        except Exception as error:  # noqa: BLE001  the test looks at it
            came[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


def while_locked(
    item: HeldObject, inside: Callable[[], object], outside: Callable[[], object]
) -> object:
    """What comes of `outside`, begun while a transaction that does `inside` still holds the row."""
    came: list[object] = []

    def run() -> None:
        try:
            came.append(outside())
        except ReviewError as error:
            came.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        HeldObject.objects.select_for_update().get(pk=item.id)
        thread.start()
        wait_until_somebody_waits()
        inside()
    thread.join()
    return came[0]


def wait_until_somebody_waits() -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted "
                "AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone() != (0,):
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits for the row")


def refusals(came: list[object]) -> list[ReviewError]:
    return [each for each in came if isinstance(each, ReviewError)]


def test_of_two_who_decide_at_once_one_does(forum: Forum) -> None:
    item = text(forum)
    came = at_once(
        lambda: review.release(item.id, **as_(ROWAN)),
        lambda: review.reject(item.id, code="PRICE", **as_(WREN)),
    )
    [refused] = refusals(came)
    assert "decided already" in str(refused)
    acts = AuditEntry.objects.filter(act__in=["held released", "held rejected"])
    assert acts.count() == 1


def test_of_two_who_claim_at_once_one_has_it(forum: Forum) -> None:
    item = text(forum)
    came = at_once(
        lambda: review.claim(item.id, **as_(ROWAN)), lambda: review.claim(item.id, **as_(WREN))
    )
    [refused] = refusals(came)
    owner = again(item).claimed_by
    assert owner in (ROWAN, WREN)
    assert owner in str(refused)
    assert AuditEntry.objects.filter(act="held claimed").count() == 1


def test_of_two_who_ask_for_the_next_each_has_another(forum: Forum) -> None:
    for number in range(2):
        forum.push("alder", indicator(f"[domain-name:value LIKE '%.a{number}.example']"))
    came = at_once(lambda: review.claim_next(**as_(ROWAN)), lambda: review.claim_next(**as_(WREN)))
    assert {each.claimed_by for each in came if isinstance(each, HeldObject)} == {ROWAN, WREN}
    assert len({each.id for each in came if isinstance(each, HeldObject)}) == 2


def test_a_claim_that_just_ran_out_goes_to_one_of_two(forum: Forum) -> None:
    item = text(forum)
    review.claim(item.id, **as_("heron"))
    HeldObject.objects.update(claimed_until=now() - timedelta(seconds=1))
    came = at_once(
        lambda: review.claim(item.id, **as_(ROWAN)), lambda: review.claim(item.id, **as_(WREN))
    )
    assert len(refusals(came)) == 1


def test_who_decides_after_losing_a_claim_meanwhile_is_refused(forum: Forum) -> None:
    item = text(forum)
    came = while_locked(
        item,
        lambda: review.claim(item.id, **as_(WREN)),
        lambda: review.release(item.id, **as_(ROWAN)),
    )
    assert "wren has claimed this" in str(came)


def test_two_who_confirm_at_once_confirm_once(forum: Forum) -> None:
    item = entity(forum)
    review.release(item.id, **as_(ROWAN))
    came = at_once(
        lambda: review.confirm(item.id, **as_(WREN)),
        lambda: review.confirm(item.id, **as_("heron")),
    )
    assert len(refusals(came)) == 1
    assert again(item).second_by in (WREN, "heron")


def test_an_undo_that_comes_while_the_decision_takes_effect_is_too_late(
    forum: Forum, settings: Any
) -> None:
    settings.REVIEW_UNDO_SECONDS = 30
    item = text(forum)
    review.release(item.id, **as_(ROWAN))

    def take_effect() -> None:
        HeldObject.objects.filter(pk=item.id).update(undo_until=now() - timedelta(seconds=1))
        assert review.take_effect(item.id, policy=current_policy(), now=now())

    came = while_locked(item, take_effect, lambda: review.undo(item.id, **as_(ROWAN)))
    assert "Too late" in str(came)
    publish_released(held_id=str(item.id))
    assert "description" in forum.feed()[0]


def test_the_worker_that_comes_while_a_decision_is_undone_does_nothing(
    forum: Forum, settings: Any
) -> None:
    settings.REVIEW_UNDO_SECONDS = 30
    item = text(forum)
    review.release(item.id, **as_(ROWAN))
    came = while_locked(
        item,
        lambda: review.undo(item.id, **as_(ROWAN)),
        lambda: review.take_effect(item.id, policy=current_policy(), now=now()),
    )
    assert came is False
    assert again(item).state == "open"


def test_two_workers_let_a_decision_take_effect_once(forum: Forum, settings: Any) -> None:
    settings.REVIEW_UNDO_SECONDS = 30
    item = text(forum)
    review.release(item.id, **as_(ROWAN))
    HeldObject.objects.update(undo_until=now() - timedelta(seconds=1))
    at_once(*(lambda: publish_released(held_id=str(item.id)) for _ in range(2)))
    assert AuditEntry.objects.filter(act="decision in effect").count() == 1
    assert len(forum.feed(versions="all")) == 2


@pytest.mark.parametrize("decision", ["release", "reject"])
def test_a_lab_that_takes_it_back_while_a_person_decides_ends_in_one_of_two_ways(
    forum: Forum, decision: str
) -> None:
    sign = indicator(BROAD)
    forum.push("alder", sign)
    item = held("object")
    came = at_once(
        lambda: (
            review.release(item.id, **as_(ROWAN))
            if decision == "release"
            else review.reject(item.id, code="TOO_BROAD", **as_(ROWAN))
        ),
        lambda: forum.retract("alder", sign["id"]),
    )
    forum.work()
    assert not [each for each in came if isinstance(each, Exception) and not refusals([each])]
    assert not [each for each in forum.feed() if not each.get("revoked")]
    assert again(item).state in ("superseded", "rejected")
