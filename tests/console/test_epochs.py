"""Epochs on their page: what serves, and the next one begun by two people and the worker."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from indicators.domain.disclosure import current_policy
from indicators.matching import epochs, keys, rotation
from indicators.matching.seeds import SeedStore
from indicators.models.audit import AuditEntry
from indicators.models.key_order import KeyOrder
from indicators.pipeline import key_orders
from tests.admin.desk import new_clerk
from tests.console.seat import Seat, said
from tests.forum import now
from tests.labs import acting_as


PAGE = "/ops/epochs/"
WHY = "The host was broken into."


@pytest.fixture
def seeds(db: None, tmp_path: Path, settings: Any) -> SeedStore:
    settings.TOKEN_KEYS = tmp_path
    store = SeedStore(tmp_path)
    rotation.ensure(new_clerk(), store, {})
    return store


def ask(seat: Seat, **changes: str) -> KeyOrder:
    said(seat.post(PAGE, **{"epoch": "", "why": WHY, **changes}))
    return KeyOrder.objects.get()


def work(asked: KeyOrder) -> bool:
    with acting_as("forum_worker"):
        return key_orders.carry_out(asked.pk, policy=current_policy(), now=now())


def live() -> str:
    return ", ".join(sorted(epochs.live_epochs(now())))


def test_the_page_says_what_serves_and_what_labs_compare(
    seeds: SeedStore, seat: Callable[..., Seat]
) -> None:
    page = seat("auditor").text(PAGE)
    found = keys.key_list(seeds)
    for text in ("email-addr", "card-weak", live(), found.head, found.signer):
        assert text in page
    assert 'name="why"' not in page


def test_one_asks_another_orders_and_the_worker_does_it(
    seeds: SeedStore, seat: Callable[..., Seat]
) -> None:
    before = live()
    operator, counsel = seat("operator"), seat("counsel")
    asked = ask(operator)
    page = f"{PAGE}{asked.pk}/"
    assert operator.post(f"{page}approve/").status_code == 403
    assert not work(asked), "nobody has ordered it"
    assert live() == before
    assert "Ordered" in said(counsel.post(f"{page}approve/"))
    assert "The worker is at it" in operator.text(page)
    assert key_orders.due(10) == [asked.pk]
    assert work(asked)
    assert live() == f"{before}b"
    done = operator.text(page)
    assert f"{before}b" in done
    assert "The next one has begun" in done
    assert key_orders.due(10) == []
    assert not work(asked), "once is enough"
    steps = AuditEntry.objects.filter(subject=f"key-order/{asked.pk}").order_by("at")
    assert list(steps.values_list("actor", "act")) == [
        ("operator", "epoch change requested"),
        ("counsel", "epoch change ordered"),
        ("pipeline", "epoch change done"),
    ]


def test_a_worker_that_died_in_between_ends_nothing_twice(
    seeds: SeedStore, seat: Callable[..., Seat]
) -> None:
    before = live()
    asked = ask(seat("operator"))
    seat("counsel").post(f"{PAGE}{asked.pk}/approve/")
    in_the_way = seeds.path / f"{before}b.seed"
    in_the_way.mkdir()  # where the replacement's seed belongs: it cannot be made
    assert not work(asked)
    asked.refresh_from_db()
    assert (asked.state, asked.revoked) == (KeyOrder.State.REVOKED, before)
    assert asked.trouble
    assert key_orders.due(10) == [], "the worker waits a while"
    KeyOrder.objects.update(tried_at="2026-01-01T00:00:00Z")
    assert key_orders.due(10) == [asked.pk]
    in_the_way.rmdir()
    assert work(asked)
    assert live() == f"{before}b"


def test_what_is_over_by_then_is_not_ended(seeds: SeedStore, seat: Callable[..., Seat]) -> None:
    asked = ask(seat("operator"), epoch=live())
    seat("counsel").post(f"{PAGE}{asked.pk}/approve/")
    rotation.revoke(new_clerk(), seeds, reason="at the command line")
    assert not work(asked)
    asked.refresh_from_db()
    assert asked.state == KeyOrder.State.FAILED
    assert "Nothing was ended" in seat("auditor").text(f"{PAGE}{asked.pk}/")


def test_an_order_asked_for_before_another_was_given_is_asked_for_anew(
    seeds: SeedStore, seat: Callable[..., Seat]
) -> None:
    operator, counsel = seat("operator"), seat("counsel")
    first = ask(operator)
    operator.post(PAGE, epoch="", why="Once more.")
    second = KeyOrder.objects.exclude(pk=first.pk).get()
    counsel.post(f"{PAGE}{first.pk}/approve/")
    for _ in ("under way", "done"):
        assert "Ask anew" in said(counsel.post(f"{PAGE}{second.pk}/approve/"))
        work(first)
    assert "Refused" in said(counsel.post(f"{PAGE}{second.pk}/refuse/"))


@pytest.mark.parametrize(
    ("changes", "why"),
    [({"why": " "}, "Say why"), ({"why": "x" * 301}, "300 characters"),
     ({"epoch": "2020Q1"}, "no such epoch")],
)  # fmt: skip
def test_what_is_missing_is_said(
    seeds: SeedStore, seat: Callable[..., Seat], changes: dict[str, str], why: str
) -> None:
    assert why in said(seat("operator").post(PAGE, **{"epoch": "", "why": WHY, **changes}))
    assert not KeyOrder.objects.exists()


def test_without_keys_the_page_says_so(
    db: None, tmp_path: Path, settings: Any, seat: Callable[..., Seat]
) -> None:
    settings.TOKEN_KEYS = tmp_path / "nothing"
    operator = seat("operator")
    assert "no signing key yet" in operator.text(PAGE)
    assert "no signing key yet" in said(operator.post(PAGE, epoch="", why=WHY))


def test_nobody_decides_over_their_own_nor_too_late(
    seeds: SeedStore, seat: Callable[..., Seat]
) -> None:
    asked, counsel = ask(seat("operator")), seat("counsel")
    page = f"{PAGE}{asked.pk}/"
    KeyOrder.objects.update(requested_by="Counsel")
    assert "approve/" not in counsel.text(page)
    assert "You asked for this yourself" in said(counsel.post(f"{page}approve/"))
    KeyOrder.objects.update(requested_by="operator", expires_at="2026-01-01T00:00:00Z")
    assert "Lapsed" in counsel.text(page)
    assert "This lapsed" in said(counsel.post(f"{page}approve/"))
    assert KeyOrder.objects.get().state == KeyOrder.State.REQUESTED


def test_others_have_no_such_page(seeds: SeedStore, seat: Callable[..., Seat]) -> None:
    asked = ask(seat("operator"))
    assert seat("auditor").post(PAGE, epoch="", why=WHY).status_code == 403
    for role in ("analyst", "reviewer"):
        there = seat(role)
        assert there.get(PAGE).status_code == 403
        assert there.get(f"{PAGE}{asked.pk}/").status_code == 403
