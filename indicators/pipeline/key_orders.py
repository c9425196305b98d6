"""Begin the next epoch of the tokens now: one person asks, another orders, the worker does it.

The worker holds the seeds. It ends the epochs and says so in the row in one transaction, and makes
the replacement after that: what is ended stays so, whatever keeps the new keys from being made, and
a worker that dies between the two is followed by one that ends nothing twice.
Refuses: the same person twice, an order that has lapsed, an epoch that is over.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q

from indicators.domain.disclosure import Policy
from indicators.domain.review_policy import current_review_policy
from indicators.matching import keys, remote, rotation
from indicators.matching.errors import MatchingError
from indicators.matching.seeds import store
from indicators.members.registry import Clerk
from indicators.models.key_order import LONGEST_REASON, KeyOrder
from indicators.models.two_people import same_person
from indicators.models.two_people import standing as standing_of
from indicators.pipeline import bulk, doorbell


State = KeyOrder.State
_LOCK = 0x6F726472  # any constant: one order is given at a time
_REST = timedelta(minutes=5)
"""How long the worker waits where it could not make the replacement."""


class KeyOrderError(ValueError):
    """A step that cannot be taken; the message says why and what to do."""


@transaction.atomic
def request(clerk: Clerk, *, epoch: str, why: str) -> KeyOrder:
    """Ask for an epoch, or all that are not over, to be ended and replaced at once.

    Raises:
        KeyOrderError: there is no such epoch, or nothing says why.
    """
    _check(epoch, why.strip(), now=clerk.now)
    asked_at = bulk.clock()
    made = KeyOrder.objects.create(
        epoch=epoch,
        reason=why.strip(),
        requested_by=clerk.by,
        requested_at=asked_at,
        expires_at=asked_at + current_review_policy().approve_within,
    )
    _note(clerk, made, "epoch change requested")
    return made


@transaction.atomic
def approve(clerk: Clerk, order_id: uuid.UUID) -> KeyOrder:
    """Order what another asked for; the worker begins at once.

    Raises:
        KeyOrderError: it is one's own, decided already, has lapsed, or came before another.
    """
    asked = _decided(clerk, order_id, State.ORDERED)
    _note(clerk, asked, "epoch change ordered")
    transaction.on_commit(partial(doorbell.ring_key_order, asked.id))
    return asked


@transaction.atomic
def refuse(clerk: Clerk, order_id: uuid.UUID) -> KeyOrder:
    """Refuse what another asked for.

    Raises:
        KeyOrderError: it is one's own, decided already, or has lapsed.
    """
    asked = _decided(clerk, order_id, State.REFUSED)
    _note(clerk, asked, "epoch change refused")
    return asked


def standing(asked: KeyOrder, *, now: datetime) -> str:
    """Where it stands: its state, or that its time is over."""
    return standing_of(asked.state, [State.REQUESTED], expires_at=asked.expires_at, now=now)


def epochs(*, now: datetime) -> Sequence[str]:
    """Those that could be ended.

    Raises:
        MatchingError: there is no key list, or it does not hold.
    """
    return rotation.open_epochs(keys.key_list(store()), now)


def carry_out(order_id: uuid.UUID, *, policy: Policy, now: datetime) -> bool:
    """End and replace what was ordered; False if there is nothing to do, or not yet."""
    clerk = Clerk(by="pipeline", policy=policy, now=now)
    _end(clerk, order_id)
    if not KeyOrder.objects.filter(pk=order_id, state=State.REVOKED).exists():
        return False
    try:
        made = rotation.ensure(clerk, store(), remote.partners(store()))
    except MatchingError as error:
        KeyOrder.objects.filter(pk=order_id).update(trouble=str(error), tried_at=bulk.clock())
        return False
    return _finish(clerk, order_id, made)


def due(limit: int) -> list[uuid.UUID]:
    """Orders whose doorbell may have been lost, or that could not be finished a while ago."""
    rested = Q(tried_at=None) | Q(tried_at__lt=bulk.clock() - _REST)
    found = KeyOrder.objects.filter(Q(state=State.ORDERED) | Q(rested, state=State.REVOKED))
    return list(found.order_by("decided_at").values_list("pk", flat=True)[:limit])


@transaction.atomic
def _end(clerk: Clerk, order_id: uuid.UUID) -> None:
    asked = KeyOrder.objects.select_for_update().filter(pk=order_id, state=State.ORDERED).first()
    if asked is None:
        return
    try:
        with transaction.atomic():
            ended = rotation.revoke(clerk, store(), reason=asked.reason, epoch=asked.epoch)
    except MatchingError as error:
        asked.state, asked.trouble, asked.tried_at = State.FAILED, str(error), bulk.clock()
        _note(clerk, asked, "epoch change failed")
    else:
        asked.state, asked.revoked = State.REVOKED, ", ".join(ended)
    asked.save(update_fields=["state", "revoked", "trouble", "tried_at"])


@transaction.atomic
def _finish(clerk: Clerk, order_id: uuid.UUID, made: Sequence[str]) -> bool:
    asked = KeyOrder.objects.select_for_update().filter(pk=order_id, state=State.REVOKED).first()
    if asked is None:
        return False  # another worker was faster
    asked.state, asked.made, asked.trouble = State.DONE, ", ".join(made), ""
    asked.done_at = bulk.clock()
    asked.save(update_fields=["state", "made", "trouble", "done_at"])
    _note(clerk, asked, "epoch change done")
    return True


def _check(epoch: str, why: str, *, now: datetime) -> None:
    if not why:
        raise KeyOrderError("Say why: it is recorded.")
    if len(why) > LONGEST_REASON:
        raise KeyOrderError(f"Say why in {LONGEST_REASON} characters at most.")
    try:
        known = epochs(now=now)
    except MatchingError as error:
        raise KeyOrderError(str(error)) from error
    if not known or epoch not in {"", *known}:
        raise KeyOrderError("There is no such epoch that could be ended.")


def _decided(clerk: Clerk, order_id: uuid.UUID, state: KeyOrder.State) -> KeyOrder:
    asked = KeyOrder.objects.select_for_update().filter(pk=order_id).first()
    if asked is None:
        raise KeyOrderError(f"There is no order {order_id}.")
    if same_person(asked.requested_by, clerk.by):
        raise KeyOrderError("You asked for this yourself; a second, different person decides.")
    if asked.state != State.REQUESTED:
        raise KeyOrderError(f"This is decided already, by {asked.decided_by}.")
    if asked.expires_at <= bulk.clock():
        raise KeyOrderError(f"This lapsed at {asked.expires_at:%Y-%m-%d %H:%M} UTC. Ask again.")
    if state == State.ORDERED:
        _check_alone(asked)
    asked.state, asked.decided_by, asked.decided_at = state, clerk.by, bulk.clock()
    asked.save(update_fields=["state", "decided_by", "decided_at"])
    return asked


def _check_alone(asked: KeyOrder) -> None:
    """What another order has begun since must not be ended by one that was asked for before.

    Orders are rows of their own, so the lock of one holds up nobody who gives another.
    """
    bulk.rows("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    since = Q(state__in=[State.ORDERED, State.REVOKED]) | Q(done_at__gt=asked.requested_at)
    if KeyOrder.objects.filter(since).exists():
        raise KeyOrderError("Another order was given since this was asked for. Ask anew.")


def _note(clerk: Clerk, asked: KeyOrder, act: str) -> None:
    clerk.note(act, f"key-order/{asked.id}", epoch=asked.epoch or "all")
