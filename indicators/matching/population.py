"""Population grants: a member matches its whole user base once in an epoch.

The daily budget suits new accounts; a member that joins has all its old ones. Two people of the
Forum's staff decide: one requests, another approves. Promises: e-mail kinds only; as many elements
as the declared accounts times the policy's factor; over after the hours that were approved; once
for each member and epoch.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from indicators.matching import epochs
from indicators.matching.errors import MatchingError
from indicators.matching.limits import Limits
from indicators.members.registry import Clerk
from indicators.models.matching import PopulationGrant, PopulationUse
from indicators.models.member import Member
from indicators.models.two_people import same_person


_PERCENT = 100


class PopulationRefused(MatchingError):  # noqa: N818  reads as the sentence it is
    """A grant that cannot be requested or approved; the message says why and what to do."""


@transaction.atomic
def request(
    clerk: Clerk, member: Member, limits: Limits, *, accounts: int, hours: int, reason: str
) -> PopulationGrant:
    """Ask for a grant in the current epoch, in the name of `clerk.by`.

    Raises:
        PopulationRefused: not a person of the staff, or figures out of bounds.
    """
    check_person(clerk.by)
    if accounts < 1 or not 1 <= hours <= limits.population_hours:
        raise PopulationRefused(
            f"A grant is for one account at least and 1 to {limits.population_hours} hours."
        )
    if not reason.strip():
        raise PopulationRefused("Say why: the reason is for the second person and the journal.")
    asked = PopulationGrant.objects.create(
        member=member,
        epoch=_current(clerk.now),
        accounts=accounts,
        hours=hours,
        reason=reason,
        requested_by=clerk.by,
        requested_at=clerk.now,
    )
    clerk.note(
        "population grant requested",
        f"population-grant/{asked.id}",
        member=member.slug,
        epoch=asked.epoch,
        accounts=accounts,
        hours=hours,
        reason=reason,
    )
    return asked


@transaction.atomic
def approve(clerk: Clerk, grant_id: UUID, limits: Limits) -> PopulationGrant:
    """Open a requested grant, in the name of `clerk.by`; it runs from now.

    Raises:
        PopulationRefused: unknown, decided, too old, of an epoch that is over, by the one who
            requested it, or a second one for the member in this epoch.
    """
    check_person(clerk.by)
    asked = _requested(grant_id, limits, clerk.now)
    if same_person(asked.requested_by, clerk.by):
        raise PopulationRefused("Another person than the one who requested it must approve it.")
    asked.approved_by = clerk.by
    asked.approved_at = clerk.now
    asked.ends_at = clerk.now + timedelta(hours=asked.hours)
    try:
        with transaction.atomic():
            asked.save(update_fields=["approved_by", "approved_at", "ends_at"])
    except IntegrityError as error:
        raise PopulationRefused(
            f"This member has had its population grant for {asked.epoch}; the next epoch's is "
            "another."
        ) from error
    cap = -(-asked.accounts * limits.population_factor // _PERCENT)
    PopulationUse.objects.bulk_create(
        [PopulationUse(grant=asked, kind=kind, cap=cap) for kind in sorted(limits.population_kinds)]
    )
    clerk.note(
        "population grant approved",
        f"population-grant/{asked.id}",
        member=asked.member.slug,
        requested_by=asked.requested_by,
        elements=cap,
        ends_at=f"{asked.ends_at:%Y-%m-%dT%H:%M:%SZ}",
    )
    return asked


def check_person(login: str) -> None:
    """Raise PopulationRefused unless this is the login of a person of the Forum's staff."""
    if not User.objects.filter(username=login, is_active=True, is_staff=True).exists():
        raise PopulationRefused(f"There is no person of the staff with the login {login!r}.")


def _requested(grant_id: UUID, limits: Limits, now: datetime) -> PopulationGrant:
    asked = (
        PopulationGrant.objects.select_for_update(of=("self",))
        .select_related("member")
        .filter(pk=grant_id)
        .first()
    )
    if asked is None:
        raise PopulationRefused("There is no such request: population_grant list shows them.")
    if asked.approved_at is not None:
        raise PopulationRefused(f"{asked.approved_by} has approved it already.")
    if now - asked.requested_at > timedelta(hours=limits.population_answer):
        raise PopulationRefused(
            f"It was requested more than {limits.population_answer} hours ago. Request it anew."
        )
    if asked.epoch not in epochs.live_epochs(now):
        raise PopulationRefused(f"The epoch {asked.epoch} is over. Request it anew.")
    return asked


def _current(now: datetime) -> str:
    live = epochs.live_epochs(now)
    if not live:
        raise PopulationRefused("There is no epoch yet: run token_keys ensure.")
    return max(live)
