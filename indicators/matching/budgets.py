"""Budgets: how many elements of a kind a member may have evaluated in a day.

Kept in PostgreSQL, so a restart or a second host does not give them back. Promises: an element is
charged before it is evaluated; two requests at once never pass the cap together; a request that is
sent again with the same bytes is never charged twice in a day, and one with other bytes under the
same Idempotency-Key (a lab that crashed blinds anew) only a few times without charge.
What a batch would overdraw is drawn from the member's population grant, if there is one.
Refuses: to keep anything of a batch but its number and a keyed tag.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from indicators.audit.journal import Act, record
from indicators.domain.disclosure import Policy
from indicators.keyring import actor_tag, evaluation_tag
from indicators.matching.errors import BudgetSpentError, KeyReusedError
from indicators.matching.limits import Limits
from indicators.roles import speaking_for


logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Batch:
    """One request as budgets see it.

    `epoch` is "" for what no population grant covers, `key` for no Idempotency-Key.
    """

    member_id: UUID
    kind: str
    epoch: str
    elements: int
    body: bytes
    key: str = ""


@dataclass(frozen=True, slots=True)
class Charge:
    """What a batch did to the budget."""

    charged: int
    remaining: int
    """Elements left today, those of a population grant included."""


def charge(batch: Batch, limits: Limits, *, policy: Policy, now: datetime) -> Charge:
    """Take a batch from the budget, or know it again; committed when this returns.

    Raises:
        BudgetSpentError: neither the day nor a population grant covers it.
        KeyReusedError: its Idempotency-Key came with another number of elements.
    """
    till = _Till(batch, limits, now)
    with speaking_for(batch.member_id):
        charged = 0 if till.knows() else till.take()
        if till.passed_alarm:
            _alarm(batch, till, policy=policy, now=now)
        return Charge(charged, till.remaining())


def charge_values(
    member_id: UUID,
    kind: str,
    values: Collection[str],
    limits: Limits,
    *,
    policy: Policy,
    now: datetime,
) -> int:
    """Take normalised values from the day's budget, each once a day; committed when this returns.

    A population grant does not serve: it is for matching what a lab has, not for sending it.

    Raises:
        BudgetSpentError: the day does not cover them; none of them is charged.
    """
    with speaking_for(member_id):
        tags = _value_tags(member_id, kind, values)
        place = {"member": member_id, "day": day_of(now), "tags": tags}
        new = len(_rows(_REMEMBER_EACH, place))
        if not new:
            return 0
        batch = Batch(member_id, kind, "", new, b"")
        till = _Till(batch, limits, now)
        charged = till.take()
        if till.passed_alarm:
            _alarm(batch, till, policy=policy, now=now)
        return charged


def check_values(
    member_id: UUID,
    kind: str,
    values: Collection[str],
    limits: Limits,
    *,
    before: Collection[str],
    now: datetime,
) -> None:
    """Say what `charge_values` would, and charge nothing; `before` are values charged by then.

    Raises:
        BudgetSpentError: the day would not cover them.
    """
    with speaking_for(member_id):
        place = {"member": member_id, "day": day_of(now)}
        new, earlier = (
            len(each)
            - len(_rows(_REMEMBERED_OF, {**place, "tags": _value_tags(member_id, kind, each)}))
            for each in (set(values) - set(before), set(before))
        )
        till = _Till(Batch(member_id, kind, "", new, b""), limits, now)
        used = till.used() + earlier
    if new and used + new > till.cap:
        raise BudgetSpentError(kind, used=used, cap=till.cap, resets_at=resets_at(now), now=now)


def _value_tags(member_id: UUID, kind: str, values: Collection[str]) -> list[bytes]:
    scope = (b"value", kind.encode())
    return sorted(evaluation_tag(member_id, *scope, each.encode()) for each in set(values))


class _Till:
    """One charge inside its transaction."""

    def __init__(self, batch: Batch, limits: Limits, now: datetime) -> None:
        self.batch, self.limits, self.now = batch, limits, now
        self.cap = limits.daily[batch.kind]
        self.passed_alarm = False
        self.place = {
            "member": batch.member_id,
            "kind": batch.kind,
            "epoch": batch.epoch,
            "day": day_of(now),
            "now": now,
            "n": batch.elements,
            "cap": self.cap,
            "replays": limits.replays,
        }

    def knows(self) -> bool:
        """Whether this request came before and is not charged again."""
        scope = (self.batch.kind.encode(), self.batch.epoch.encode())
        keyed = bool(self.batch.key) and self._came(b"key", *scope, self.batch.key.encode())
        return self._came(b"body", *scope, self.batch.body) or (keyed and self._replays())

    def _came(self, *parts: bytes) -> bool:
        tag = evaluation_tag(self.batch.member_id, *parts)
        if self._row(_REMEMBER, tag=tag):
            return False
        (elements,) = self._row(_REMEMBERED, tag=tag) or (None,)
        if elements != self.batch.elements:
            raise KeyReusedError(
                f"This Idempotency-Key came before with {elements} elements, now with "
                f"{self.batch.elements}. Use a new one for each batch."
            )
        return True

    def _replays(self) -> bool:
        return bool(self._row(_REPLAY))

    def take(self) -> int:
        """Charge the day, else a population grant; returns the number of elements."""
        if used := self._from_day():
            line = self.cap * self.limits.alarm_share // 100
            self.passed_alarm = used - self.batch.elements <= line < used
        elif not (self.batch.epoch and self._row(_DRAW)):
            raise BudgetSpentError(
                self.batch.kind,
                used=self.used(),
                cap=self.cap,
                resets_at=resets_at(self.now),
                now=self.now,
            )
        return self.batch.elements

    def _from_day(self) -> int:
        """The day's use with this batch; 0 if it is not covered."""
        if self.batch.elements > self.cap:
            return 0
        row = self._row(_CHARGE)
        return int(row[0]) if row else 0

    def used(self) -> int:
        row = self._row(_USED)
        return int(row[0]) if row else 0

    def remaining(self) -> int:
        (granted,) = self._row(_GRANTED) or (0,)
        return max(self.cap - self.used(), 0) + int(granted)

    def _row(self, statement: str, **more: object) -> tuple[Any, ...] | None:
        rows = _rows(statement, {**self.place, **more})
        return rows[0] if rows else None


def _alarm(batch: Batch, till: _Till, *, policy: Policy, now: datetime) -> None:
    """Once a day and kind, since a day's use passes the line once."""
    actor = actor_tag(batch.member_id)
    facts = {"kind": batch.kind, "share": till.limits.alarm_share, "cap": till.cap}
    act = Act(actor, "matching budget alarm", f"budget/{batch.kind}", facts)
    record([act], policy=policy, now=now)
    logger.warning(
        "%s has used more than %d %% of its matching budget for %s today",
        actor,
        till.limits.alarm_share,
        batch.kind,
        extra=facts,
    )


def standing(member_id: UUID, limits: Limits, now: datetime) -> dict[str, object]:
    """What a member has used today of each kind, and its open population grants."""
    place = {"member": member_id, "day": day_of(now), "now": now}
    with speaking_for(member_id):
        used = dict(_rows(_ALL_USED, place))
        grants = _rows(_OPEN_GRANTS, place)
    return {
        "day": f"{day_of(now)}",
        "resets_at": f"{resets_at(now):%Y-%m-%dT%H:%M:%SZ}",
        "kinds": {
            kind: {"used": used.get(kind, 0), "cap": cap} for kind, cap in limits.daily.items()
        },
        "population_grants": _by_grant(grants),
    }


def _by_grant(rows: Sequence[tuple[Any, ...]]) -> list[dict[str, object]]:
    grants: dict[str, dict[str, Any]] = {}
    for grant, epoch, ends_at, kind, used, cap in rows:
        found = grants.setdefault(
            str(grant),
            {"epoch": epoch, "ends_at": f"{ends_at:%Y-%m-%dT%H:%M:%SZ}", "kinds": {}},
        )
        found["kinds"][kind] = {"used": used, "cap": cap}
    return list(grants.values())


def forget(now: datetime) -> int:
    """Remove the tags of past days and counts older than KEPT; returns how many tags."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM budget_use WHERE day < %s", [day_of(now) - KEPT])
        # Yesterday's stay: a web host's clock may lag.
        cursor.execute("DELETE FROM evaluation_request WHERE day < %s", [day_of(now - _DAY)])
        return int(cursor.rowcount)


def day_of(now: datetime) -> date:
    return now.astimezone(UTC).date()


def resets_at(now: datetime) -> datetime:
    """When the next day begins."""
    return datetime.combine(day_of(now) + _DAY, datetime.min.time(), tzinfo=UTC)


def _rows(statement: str, place: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, place)
        return list(cursor.fetchall())


_DAY = timedelta(days=1)
KEPT = timedelta(days=100)
"""An epoch with its overlap, so that use can be judged over it."""

# A second request with the same tag waits here until the first has committed.
_REMEMBER = """
INSERT INTO evaluation_request (member_id, day, tag, elements)
VALUES (%(member)s, %(day)s, %(tag)s, %(n)s) ON CONFLICT DO NOTHING RETURNING elements
"""
_REMEMBER_EACH = """
INSERT INTO evaluation_request (member_id, day, tag, elements)
SELECT %(member)s, %(day)s, tag, 1 FROM unnest(%(tags)s::bytea[]) AS tag ORDER BY tag
ON CONFLICT DO NOTHING RETURNING elements
"""
_REMEMBERED_OF = """
SELECT tag FROM evaluation_request
WHERE member_id = %(member)s AND day = %(day)s AND tag = ANY(%(tags)s::bytea[])
"""
_REMEMBERED = """
SELECT elements FROM evaluation_request
WHERE member_id = %(member)s AND day = %(day)s AND tag = %(tag)s
"""
_CHARGE = """
INSERT INTO budget_use AS kept (member_id, kind, day, used, replays)
VALUES (%(member)s, %(kind)s, %(day)s, %(n)s, 0)
ON CONFLICT (member_id, kind, day) DO UPDATE SET used = kept.used + EXCLUDED.used
WHERE kept.used + EXCLUDED.used <= %(cap)s
RETURNING used
"""
_REPLAY = """
INSERT INTO budget_use AS kept (member_id, kind, day, used, replays)
VALUES (%(member)s, %(kind)s, %(day)s, 0, 1)
ON CONFLICT (member_id, kind, day) DO UPDATE SET replays = kept.replays + 1
WHERE kept.replays < %(replays)s
RETURNING replays
"""
_USED = """
SELECT used FROM budget_use
WHERE member_id = %(member)s AND kind = %(kind)s AND day = %(day)s
"""
_ALL_USED = """
SELECT kind, used FROM budget_use WHERE member_id = %(member)s AND day = %(day)s
"""
_DRAW = """
UPDATE population_use AS kept SET used = kept.used + %(n)s
FROM population_grant AS granted
WHERE granted.id = kept.grant_id AND granted.member_id = %(member)s
  AND granted.epoch = %(epoch)s AND granted.approved_at IS NOT NULL AND granted.ends_at > %(now)s
  AND kept.kind = %(kind)s AND kept.used + %(n)s <= kept.cap
RETURNING kept.used
"""
_GRANTED = """
SELECT COALESCE(sum(kept.cap - kept.used), 0)
FROM population_use AS kept
JOIN population_grant AS granted ON granted.id = kept.grant_id
WHERE granted.member_id = %(member)s AND granted.epoch = %(epoch)s
  AND granted.approved_at IS NOT NULL AND granted.ends_at > %(now)s AND kept.kind = %(kind)s
"""
_OPEN_GRANTS = """
SELECT granted.id, granted.epoch, granted.ends_at, kept.kind, kept.used, kept.cap
FROM population_use AS kept
JOIN population_grant AS granted ON granted.id = kept.grant_id
WHERE granted.member_id = %(member)s AND granted.approved_at IS NOT NULL
  AND granted.ends_at > %(now)s
ORDER BY granted.ends_at, kept.kind
"""
