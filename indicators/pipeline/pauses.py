"""Pauses: what is not shared for now, because a person or a dated law says so.

A pause needs a reason and is journalled. It holds what comes in from then on (PAUSED); what is
published already stays. Lifted, what it held goes on by itself, down the same river.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from indicators.domain.disclosure import Policy
from indicators.domain.outcomes import Reason
from indicators.domain.regime import CROSS_BORDER, SWITCHES, current_table, day_of
from indicators.members.registry import Clerk
from indicators.models.collection import Collection
from indicators.models.member import Grant, Member
from indicators.models.pause import Pause
from indicators.models.submission import HeldObject
from indicators.pipeline.again import look_again


_AT_ONCE = 1000
BY_LAW = "No regime that this needs is dated as in force (policy/regimes.toml)."


class PauseError(ValueError):
    """A pause that cannot be set or lifted; the message says why."""


def standing(*, now: datetime) -> dict[str, str]:
    """The switches that are on, each with its reason."""
    law = dict.fromkeys(sorted(current_table().paused(day_of(now))), BY_LAW)
    people = Pause.objects.filter(lifted_at=None).values_list("switch", "reason")
    return law | dict(people)


def for_sender(member: Member, collection: Collection, *, now: datetime) -> frozenset[str]:
    """The switches that are on for what this member sends into this collection."""
    found = frozenset(standing(now=now))
    if CROSS_BORDER in found and not _crosses_border(member, collection):
        return found - {CROSS_BORDER}
    return found


def _crosses_border(member: Member, collection: Collection) -> bool:
    """Whether somebody reads there who shares under another law; an unknown one is another."""
    readers = Grant.objects.filter(collection=collection, can_read=True).exclude(member=member)
    if member.jurisdiction:
        readers = readers.exclude(member__jurisdiction=member.jurisdiction)
    return readers.exists()


@transaction.atomic
def pause(clerk: Clerk, switch: str, *, reason: str) -> Pause:
    """Set a switch.

    Raises:
        PauseError: there is no such switch, no reason, or it is set already.
    """
    check_new(switch, reason=reason)
    made = Pause.objects.create(
        switch=switch, reason=reason.strip(), set_by=clerk.by, set_at=clerk.now
    )
    clerk.note("pause set", f"pause/{switch}", reason=made.reason)
    return made


def check_new(switch: str, *, reason: str) -> None:
    """Raise PauseError unless this may be paused now."""
    _check(switch, reason)
    if Pause.objects.filter(switch=switch, lifted_at=None).exists():
        raise PauseError(f"{switch} is paused already.")


@transaction.atomic
def lift(clerk: Clerk, switch: str, *, reason: str) -> int:
    """Lift a pause; returns how many objects go on.

    Raises:
        PauseError: it is not set, or there is no reason.
    """
    _check(switch, reason)
    found = Pause.objects.select_for_update().filter(switch=switch, lifted_at=None).first()
    if found is None:
        raise PauseError(f"{switch} is not paused{_by_law(switch, now=clerk.now)}.")
    found.lifted_by, found.lifted_at, found.lifted_reason = clerk.by, clerk.now, reason.strip()
    found.save(update_fields=["lifted_by", "lifted_at", "lifted_reason"])
    clerk.note("pause lifted", f"pause/{switch}", reason=found.lifted_reason)
    return go_on(policy=clerk.policy, now=clerk.now)


def go_on(*, policy: Policy, now: datetime) -> int:
    """Make due again what is held for a pause that is over; returns how many objects."""
    on = standing(now=now)
    over = [f"pause.{switch}" for switch in SWITCHES if switch not in on]
    held = HeldObject.objects.filter(
        state=HeldObject.State.OPEN,
        part=HeldObject.Part.OBJECT,
        reasons__contains=[Reason.PAUSED],
        rule_ids__overlap=over,
    ).order_by("held_at")
    return sum(
        len(look_again(part, why="pause lifted", policy=policy, now=now))
        for part in _parts(held.values_list("id", flat=True))
    )


def _parts(found: Iterable[uuid.UUID]) -> Iterable[list[uuid.UUID]]:
    listed = list(found)
    return (listed[start : start + _AT_ONCE] for start in range(0, len(listed), _AT_ONCE))


def _check(switch: str, reason: str) -> None:
    if switch not in SWITCHES:
        raise PauseError(f"There is no switch {switch!r}, only: {', '.join(SWITCHES)}.")
    if not reason.strip():
        raise PauseError("A pause, and its end, need a reason: it goes into the journal.")


def _by_law(switch: str, *, now: datetime) -> str:
    dated = switch in current_table().paused(day_of(now))
    return " by anybody: it is by law, until counsel dates a regime that it needs" if dated else ""
