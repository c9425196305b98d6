"""Budgets hold under concurrency, over a restart, and know a request when it comes again."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection

from indicators.domain.disclosure import current_policy
from indicators.matching import budgets, slots
from indicators.matching.budgets import Batch, Charge
from indicators.matching.errors import BudgetSpentError, BusyError, KeyReusedError
from indicators.matching.limits import Limits, current_limits
from indicators.models.audit import AuditEntry
from indicators.models.matching import BudgetUse, EvaluationRequest
from tests.labs import acting_as, new_lab
from tests.matching.keys import NOW


KIND, EPOCH = "phone", "2026Q4"


def capped(cap: int) -> Limits:
    limits = current_limits()
    return replace(limits, daily={**limits.daily, KIND: cap})


def batch(member: UUID, elements: int = 10, *, body: bytes = b"", key: str = "") -> Batch:
    """Blinding is fresh each time, so without a body of its own it is another request."""
    return Batch(member, KIND, EPOCH, elements, body or os.urandom(32), key)


def charge(asked: Batch, limits: Limits, *, days: int = 0) -> Charge:
    with acting_as("forum_web"):
        return budgets.charge(
            asked, limits, policy=current_policy(), now=NOW + timedelta(days=days)
        )


def used(member: UUID) -> int:
    return sum(BudgetUse.objects.filter(member_id=member, kind=KIND).values_list("used", flat=True))


@pytest.fixture
def alder(db: None) -> UUID:
    return new_lab("alder").id


def test_a_batch_is_taken_from_the_day_of_its_member_and_kind(alder: UUID) -> None:
    limits = capped(25)
    assert charge(batch(alder), limits) == Charge(10, 15)
    assert charge(batch(alder), limits) == Charge(10, 5)
    assert charge(replace(batch(alder), kind="pan"), limits).charged == 10
    birch = new_lab("birch").id
    assert charge(batch(birch), limits) == Charge(10, 15)


def test_what_does_not_fit_is_refused_whole_and_what_fits_still_goes(alder: UUID) -> None:
    limits = capped(25)
    charge(batch(alder, 20), limits)
    refused = batch(alder, 6)
    with pytest.raises(BudgetSpentError) as told:
        charge(refused, limits)
    assert (told.value.used, told.value.cap) == (20, 25)
    assert told.value.resets_at.isoformat() == "2026-11-25T00:00:00+00:00"
    assert charge(batch(alder, 5), limits).remaining == 0
    # Nothing of the refused request was kept: the next day it is charged like any other.
    assert charge(refused, limits, days=1).charged == 6


def test_a_batch_larger_than_the_day_never_fits(alder: UUID) -> None:
    with pytest.raises(BudgetSpentError, match="0 of 5"):
        charge(batch(alder, 6), capped(5))


def test_a_day_begins_at_midnight_in_utc(alder: UUID) -> None:
    limits = capped(10)
    charge(batch(alder), limits)
    with pytest.raises(BudgetSpentError):
        charge(batch(alder), limits)
    assert charge(batch(alder), limits, days=1).charged == 10


def test_the_epochs_of_an_overlap_share_a_budget(alder: UUID) -> None:
    limits = capped(15)
    charge(batch(alder), limits)
    with pytest.raises(BudgetSpentError):
        charge(replace(batch(alder), epoch="2026Q3"), limits)


def test_the_same_bytes_are_charged_once_a_day_and_epoch(alder: UUID) -> None:
    limits = capped(100)
    same = batch(alder, body=b"the same")
    assert [charge(same, limits).charged for _ in range(12)] == [10] + [0] * 11
    assert charge(replace(same, epoch="2026Q3"), limits).charged == 10
    assert charge(same, limits, days=1).charged == 10


def test_the_same_bytes_of_another_member_are_its_own(alder: UUID) -> None:
    limits = capped(100)
    charge(batch(alder, body=b"the same"), limits)
    assert charge(batch(new_lab("birch").id, body=b"the same"), limits).charged == 10


def test_other_bytes_under_the_same_key_are_free_a_few_times(alder: UUID) -> None:
    limits = capped(1000)
    charges = [charge(batch(alder, key="job-1"), limits).charged for _ in range(11)]
    assert charges == [10] + [0] * limits.replays + [10, 10]


def test_replays_are_counted_over_all_keys_of_a_day_and_kind(alder: UUID) -> None:
    limits = capped(1000)
    for job in range(limits.replays):
        for _ in range(2):
            charge(batch(alder, key=f"job-{job}"), limits)
    charge(batch(alder, key="one more"), limits)
    assert charge(batch(alder, key="one more"), limits).charged == 10
    assert charge(batch(alder, key="one more"), limits, days=1).charged == 10
    assert charge(batch(alder, key="one more"), limits, days=1).charged == 0


def test_a_key_stands_for_one_number_of_elements(alder: UUID) -> None:
    limits = capped(100)
    charge(batch(alder, key="job-1"), limits)
    with pytest.raises(KeyReusedError, match="with 10 elements, now with 11"):
        charge(batch(alder, 11, key="job-1"), limits)
    assert used(alder) == 10


def test_half_a_budget_is_noticed_once_a_day(alder: UUID, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    limits = capped(40)
    for days in (0, 1):
        for _ in range(4):
            charge(batch(alder), limits, days=days)
    alarms = AuditEntry.objects.filter(act="matching budget alarm")
    assert [each.subject for each in alarms] == ["budget/phone"] * 2
    assert len(caplog.records) == 2
    assert "alder" not in caplog.text
    assert "alder" not in "".join(each.actor + each.body for each in alarms)


def test_what_is_past_is_forgotten(alder: UUID) -> None:
    limits = capped(100)
    charge(batch(alder, key="job-1"), limits)
    with acting_as("forum_worker"):
        assert budgets.forget(NOW + timedelta(days=1)) == 0
        assert budgets.forget(NOW + timedelta(days=2)) == 2
    assert used(alder) == 10
    budgets.forget(NOW + budgets.KEPT + timedelta(days=1))
    assert used(alder) == 0


def test_nothing_of_a_request_is_kept_but_its_number(alder: UUID) -> None:
    body, key = b"these bytes are a batch of points", "these words are a key"
    charge(batch(alder, body=body, key=key), capped(100))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r::text FROM evaluation_request r UNION ALL SELECT u::text FROM budget_use u"
        )
        kept = "".join(row[0] for row in cursor.fetchall())
    assert EvaluationRequest.objects.count() == 2
    assert body.hex() not in kept
    assert key.encode().hex() not in kept


def test_the_web_sees_the_budget_of_the_member_it_speaks_for(alder: UUID) -> None:
    charge(batch(alder), capped(100))
    birch = new_lab("birch").id
    with acting_as("forum_web"):
        assert budgets.standing(birch, current_limits(), NOW)["kinds"] == {
            kind: {"used": 0, "cap": cap} for kind, cap in current_limits().daily.items()
        }
        assert BudgetUse.objects.count() == 0


def together(acts: Sequence[Callable[[], object]]) -> list[object]:
    """Run these at once, each on a connection of its own; errors are results."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        start.wait()
        try:
            return act()
        except Exception as error:  # noqa: BLE001  what is raised is what is looked at
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.django_db(transaction=True)
def test_requests_at_once_never_pass_the_cap_together() -> None:
    member, limits = new_lab("alder").id, capped(55)
    results = together([lambda: charge(batch(member), limits) for _ in range(12)])
    assert sum(isinstance(each, Charge) for each in results) == 5
    assert sum(isinstance(each, BudgetSpentError) for each in results) == 7
    assert used(member) == 50


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("named", [{"body": b"the same"}, {"key": "job-1"}])
def test_one_request_sent_at_once_several_times_is_charged_once(named: dict[str, object]) -> None:
    member, limits = new_lab("alder").id, capped(1000)
    asked = [batch(member, **named) for _ in range(6)]  # type: ignore[arg-type]  # two of its words
    results = together([lambda each=each: charge(each, limits) for each in asked])  # type: ignore[misc]  # a default binds it
    assert sorted(each.charged for each in results if isinstance(each, Charge)) == [0] * 5 + [10]
    assert used(member) == 10


@pytest.mark.django_db(transaction=True)
def test_a_member_has_four_requests_at_a_time_and_others_do_not_wait() -> None:
    alder, birch = new_lab("alder").id, new_lab("birch").id
    inside, leave = threading.Barrier(5), threading.Event()

    def hold() -> None:
        with slots.slot(alder, 4):
            inside.wait(10)
            leave.wait(10)

    def look() -> list[bool]:
        inside.wait(10)
        try:
            return [is_free(alder), is_free(birch)]
        finally:
            leave.set()

    *held, seen = together([hold, hold, hold, hold, look])
    assert held == [None] * 4
    assert seen == [False, True]
    assert is_free(alder)


def is_free(member: UUID) -> bool:
    try:
        with slots.slot(member, 4):
            return True
    except BusyError:
        return False


@pytest.mark.django_db(transaction=True)
def test_a_slot_comes_back_with_the_process_that_died() -> None:
    member = new_lab("alder").id

    def die() -> None:
        with slots.slot(member, 1):
            connection.close()  # as the server sees it when a process is killed
            assert is_free(member)

    together([die])
    with slots.slot(member, 1), pytest.raises(BusyError):
        together_raise(lambda: is_or_raise(member))


def together_raise(act: Callable[[], object]) -> None:
    (result,) = together([act])
    if isinstance(result, Exception):
        raise result


def is_or_raise(member: UUID) -> None:
    with slots.slot(member, 1):
        pass
