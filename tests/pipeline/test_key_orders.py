"""Two people order the end of epochs at once: one order stands, the other is asked for anew."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from indicators.domain.disclosure import current_policy
from indicators.members.registry import Clerk
from indicators.models.key_order import KeyOrder
from indicators.pipeline import key_orders
from tests.forum import now
from tests.pipeline.meanwhile import running, until_it_waits
from tests.pipeline.reviewing import ROWAN, WREN


pytestmark = pytest.mark.django_db(transaction=True)


def asked_by(login: str) -> KeyOrder:
    return KeyOrder.objects.create(
        reason="The host was broken into.",
        requested_by=login,
        requested_at=now(),
        expires_at=now() + timedelta(hours=1),
    )


def approve(login: str, asked: KeyOrder) -> KeyOrder:
    return key_orders.approve(Clerk(by=login, policy=current_policy(), now=now()), asked.pk)


def test_of_two_orders_given_at_once_the_second_is_asked_for_anew(transactional_db: None) -> None:
    first, second = asked_by(ROWAN), asked_by(WREN)
    errors: list[Exception] = []
    with transaction.atomic():
        approve(WREN, first)
        meanwhile = running(lambda: approve(ROWAN, second), errors)
        until_it_waits()
    meanwhile.join()
    assert ["Ask anew" in str(each) for each in errors] == [True]
    states = KeyOrder.objects.in_bulk([first.pk, second.pk])
    assert states[first.pk].state == KeyOrder.State.ORDERED
    assert states[second.pk].state == KeyOrder.State.REQUESTED
