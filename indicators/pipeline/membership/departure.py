"""The worker clears up after a member that was shut out: what lay undecided, what it contributed.

No row names a member beside an object, and none comes to. What the member stands behind is found as
a retraction finds it: for each row of the lineage the tag is made that it would bear if it were
this member's, and no seal is opened. All rows are gone through in slices by the first byte of their
tags, which says nothing of any; the number of slices that are done is all that is written down, so
a worker that dies leaves the rest to the next. What is found is acted on and shown to nobody
(ADR-0032).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction

from indicators import keyring
from indicators.domain.disclosure import Policy
from indicators.members.registry import Clerk
from indicators.models.collection import Collection
from indicators.models.member import Member
from indicators.models.offboarding import SLICES, Offboarding
from indicators.pipeline import bulk, doorbell, lineage, withdraw
from indicators.pipeline.alone import DEPARTURE, alone
from indicators.pipeline.overtake import give_up
from indicators.pipeline.publish import Publisher
from indicators.pipeline.standing import Place, lock_places
from indicators.pipeline.takedown import AT_ONCE, parts
from indicators.roles import publishing


_State = Offboarding.State
_MESSAGE = "Your organisation has left the Forum."


@dataclass(frozen=True, slots=True)
class _Trace:
    """What the member did to an object: by which tag that is written down, and where."""

    tag: bytes
    place: Place


def due(limit: int) -> list[uuid.UUID]:
    """Departures that are confirmed and not cleared up; their doorbell may have been lost."""
    found = Offboarding.objects.filter(state=_State.CONFIRMED).order_by("confirmed_at")
    return list(found.values_list("id", flat=True)[:limit])


def clear_up(offboarding_id: uuid.UUID, *, policy: Policy, now: datetime) -> bool:
    """Clear up, going on where it was left; False if that is done, or has to wait.

    What a worker has of the member's under its hands is finished first: it read the member's rights
    before they ended. All else that is in the queue finds them gone, and is refused.
    """
    with alone(DEPARTURE, offboarding_id) as is_ours:
        row = _confirmed(offboarding_id) if is_ours else None
        if row is None or _is_at_work(row.member):
            return False
        clerk = Clerk("pipeline", policy, now)
        _give_up(clerk, row)
        if row.agreed == Offboarding.Agreed.WITHDRAWN:
            for number in range(row.slices, SLICES):
                _take_back(clerk, row, number)
        _finish(clerk, row)
        return True


def _confirmed(offboarding_id: uuid.UUID) -> Offboarding | None:
    found = Offboarding.objects.filter(pk=offboarding_id, state=_State.CONFIRMED)
    return found.select_related("member").first()


def _is_at_work(member: Member) -> bool:
    rows = bulk.rows(
        "SELECT FROM submission WHERE member_id = %s AND state IN ('received', 'working') LIMIT 1",
        [member.pk],
    )
    return bool(rows)


def _give_up(clerk: Clerk, row: Offboarding) -> None:
    """Close what is held or waits, in parts; whoever reviews it finds it gone."""
    while give_up(
        row.member_id, most=AT_ONCE, message=_MESSAGE, policy=clerk.policy, now=clerk.now
    ):
        pass
    if row.given_up_at is None:
        row.given_up_at = clerk.now
        row.save(update_fields=["given_up_at"])


def _take_back(clerk: Clerk, row: Offboarding, number: int) -> None:
    """Take back what one slice has of the member's, in parts of one transaction each."""
    for main, traces in _by_family(_traces("contribution", row.member, number)).items():
        publisher = Publisher(main, clerk.policy, clerk.now)
        for part in parts(traces):
            _withdraw(publisher, part)
    _unsay(_traces("feedback", row.member, number), now=clerk.now)
    row.slices = number + 1
    row.save(update_fields=["slices"])


def _traces(table: str, member: Member, number: int) -> list[_Trace]:
    """What one slice of the lineage, or of the feedback, has of the member's."""
    rows = bulk.rows(
        f"SELECT lookup_tag, contrib_tag, collection_id, stix_id FROM {table} "  # noqa: S608  our own two names
        "WHERE state = 'active' AND lookup_tag >= %s AND lookup_tag < %s",
        _ends(number),
    )
    return [
        _Trace(bytes(tag), (home, stix_id))
        for tag, contrib_tag, home, stix_id in rows
        if bytes(contrib_tag) == keyring.contrib_tag(member.pk, home, stix_id)
    ]


def _ends(number: int) -> tuple[bytes, bytes]:
    """From which tag on a slice goes, and up to which."""
    after_all = b"\xff" * 33  # longer than any tag
    return bytes([number]), bytes([number + 1]) if number + 1 < SLICES else after_all


def _by_family(traces: Iterable[_Trace]) -> Mapping[Collection, Sequence[_Trace]]:
    """By sharing collection: what stands beside one is withdrawn together with it."""
    collections = Collection.objects.select_related("parent").in_bulk()
    found: dict[Collection, list[_Trace]] = {}
    for each in traces:
        home = collections[each.place[0]]
        found.setdefault(home.parent or home, []).append(each)
    return found


@transaction.atomic
def _withdraw(publisher: Publisher, traces: Sequence[_Trace]) -> None:
    """Objects before heads, as everywhere: whoever publishes one of them comes before or after."""
    with publishing():
        lock_places({each.place for each in traces})
    lost: dict[uuid.UUID, set[str]] = {}
    for home, stix_id in lineage.take_back_rows([each.tag for each in traces], now=publisher.now):
        lost.setdefault(home, set()).add(stix_id)
    withdraw.settle(publisher, lost)


def _unsay(said: Sequence[_Trace], *, now: datetime) -> None:
    """Take back what the member said of others' objects; that changes no object by itself."""
    bulk.run(
        "UPDATE feedback SET state = 'withdrawn', last_day = greatest(last_day, %s) "
        "WHERE lookup_tag = ANY(%s) AND state = 'active'",
        [now.date(), [each.tag for each in said]],
    )


@transaction.atomic
def _finish(clerk: Clerk, row: Offboarding) -> None:
    # By the database's clock: a run of correlation that began before may not have seen all.
    ((row.cleared_at,),) = bulk.rows("SELECT clock_timestamp()")
    row.state = _State.CLEARED
    row.save(update_fields=["state", "cleared_at"])
    clerk.note("departure cleared up", f"offboarding/{row.member.slug}", agreed=row.agreed)
    if row.agreed == Offboarding.Agreed.WITHDRAWN:
        transaction.on_commit(partial(doorbell.ring_correlation))
