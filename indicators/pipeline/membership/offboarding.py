"""How a member leaves: opened by one person, confirmed by another, cleared up by the worker.

In the moment of the confirmation the member is shut out (`members/leaving`). What lay undecided and
what it contributed is the worker's (`departure`): the web may not write the feed. It is over when
the member has attested what it deleted.
"""

from __future__ import annotations

import uuid
from functools import partial

from django.db import transaction

from indicators.members import leaving
from indicators.members.registry import DEPARTING, Clerk
from indicators.models.member import Member
from indicators.models.offboarding import SLICES, Offboarding
from indicators.models.two_people import same_person
from indicators.pipeline import correlate, doorbell
from indicators.pipeline.membership import onboarding
from indicators.pipeline.membership.line import Line
from indicators.pipeline.membership.step import MembershipError, required


_State = Offboarding.State
_Agreed = Offboarding.Agreed
_MOST_OF_A_NAME, _MOST_OF_A_REFERENCE, _MOST_OF_A_TEXT = 150, 120, 300


@transaction.atomic
def begin(clerk: Clerk, member: Member, *, agreed: str, reference: str) -> Offboarding:
    """Open an offboarding; nothing happens to the member until somebody else confirms it.

    Raises:
        MembershipError: a word is missing, or the member leaves already.
    """
    if agreed not in _Agreed.values:
        raise MembershipError("Choose what becomes of what it contributed.")
    said = "Give the reference of where that is agreed."
    reference = required(reference, _MOST_OF_A_REFERENCE, said)
    Member.objects.select_for_update().get(pk=member.pk)  # two who begin at once see each other
    if member.state in DEPARTING or _standing(member) is not None:
        raise MembershipError(f"{member.slug} has an offboarding already.")
    row = Offboarding.objects.create(
        member=member,
        agreed=agreed,
        reference=reference,
        opened_by=clerk.by,
        opened_at=clerk.now,
    )
    _note(clerk, "offboarding opened", row, agreed=agreed, reference=reference)
    return row


@transaction.atomic
def call_off(clerk: Clerk, offboarding_id: uuid.UUID) -> Offboarding:
    """The member stays; after the confirmation it is too late for that.

    Raises:
        MembershipError: there is none that is open.
    """
    row = _locked(offboarding_id, _State.OPEN)
    row.state = _State.CALLED_OFF
    row.save(update_fields=["state"])
    _note(clerk, "offboarding called off", row)
    return row


@transaction.atomic
def confirm(clerk: Clerk, offboarding_id: uuid.UUID) -> Offboarding:
    """Shut the member out, at once and for good.

    Raises:
        MembershipError: there is none that is open, or the same person opened it.
    """
    row = _locked(offboarding_id, _State.OPEN)
    if same_person(row.opened_by, clerk.by):
        raise MembershipError("You opened it yourself; a second, different person confirms it.")
    leaving.shut_out(clerk, row.member)
    onboarding.end(clerk, row.member)
    row.state, row.confirmed_by, row.confirmed_at = _State.CONFIRMED, clerk.by, clerk.now
    row.save(update_fields=["state", "confirmed_by", "confirmed_at"])
    _note(clerk, "offboarding confirmed", row, agreed=row.agreed, opened_by=row.opened_by)
    transaction.on_commit(partial(doorbell.ring_departure, row.pk))
    return row


@transaction.atomic
def attest(clerk: Clerk, offboarding_id: uuid.UUID, *, by: str, what: str) -> Offboarding:
    """Record what the member attests to have deleted; with that it has left.

    Raises:
        MembershipError: a word is missing, or the hub has not done its own part.
    """
    row = _locked(offboarding_id, _State.CLEARED)
    if not is_recomputed(row):
        raise MembershipError("What labs see is still being correlated anew; wait a moment.")
    row.attested_by = required(by, _MOST_OF_A_NAME, "Say who attests it: a role, no name.")
    row.attested = required(what, _MOST_OF_A_TEXT, "Say what is deleted.")
    row.recorded_by, row.closed_at, row.state = clerk.by, clerk.now, _State.CLOSED
    row.save()
    leaving.depart(clerk, row.member)
    _note(clerk, "deletion attested", row, by=row.attested_by, what=row.attested)
    return row


def checklist(row: Offboarding) -> list[Line]:
    """Everything that is to be so when the member has left."""
    return [_confirmed(row), *_shut_out(row), _given_up(row), _contributions(row),
            _correlation(row), _attested(row)]  # fmt: skip


def is_recomputed(row: Offboarding) -> bool:
    """Whether campaigns were looked for again since the last of it was taken back."""
    if row.agreed == _Agreed.STAY:
        return True
    return row.cleared_at is not None and correlate.has_run_since(row.cleared_at)


def percent(row: Offboarding) -> int:
    """How far the worker has come through the contributions of all."""
    return 100 * row.slices // SLICES


def open_now() -> int:
    """How many members are on their way out."""
    return Offboarding.objects.exclude(state__in=[_State.CLOSED, _State.CALLED_OFF]).count()


def _confirmed(row: Offboarding) -> Line:
    said = f"Opened by {row.opened_by}"
    if not row.confirmed_by:
        said += "; a second person confirms it."
    return Line(
        "Confirmed by two", bool(row.confirmed_by), said, row.confirmed_by, row.confirmed_at
    )


def _shut_out(row: Offboarding) -> list[Line]:
    still = leaving.standing(row.member)
    counts = {"Keys": still.credentials, "Logins": still.logins, "Rights": still.grants}
    return [
        Line(f"{title} ended", not count, f"{count} left" if count else "None left.")
        for title, count in counts.items()
    ]


def _given_up(row: Offboarding) -> Line:
    done = row.given_up_at is not None
    said = "Closed." if done else "Still lies there."
    return Line("What was held or waited", done, said, at=row.given_up_at)


def _contributions(row: Offboarding) -> Line:
    said = {
        _Agreed.STAY: "They stay until they expire.",
        _Agreed.WITHDRAWN: f"Taken back: {percent(row)} % of all are looked through.",
    }
    done = row.cleared_at is not None
    return Line("Contributions", done, said[_Agreed(row.agreed)], at=row.cleared_at)


def _correlation(row: Offboarding) -> Line:
    if row.agreed == _Agreed.STAY:
        return Line("Correlation", row.cleared_at is not None, "Nothing changed for it.")
    done = is_recomputed(row)
    return Line("Correlation", done, "Run again." if done else "Runs once all is taken back.")


def _attested(row: Offboarding) -> Line:
    said = f"{row.attested_by}: {row.attested}" if row.attested else "Not yet."
    return Line("Deletion attested", bool(row.attested), said, row.recorded_by, row.closed_at)


def _standing(member: Member) -> Offboarding | None:
    return Offboarding.objects.filter(member=member).exclude(state=_State.CALLED_OFF).first()


def _locked(offboarding_id: uuid.UUID, state: Offboarding.State) -> Offboarding:
    found = Offboarding.objects.select_for_update(of=("self",)).select_related("member")
    row = found.filter(pk=offboarding_id).first()
    if row is None or row.state != state:
        raise MembershipError(f"There is no such offboarding that is {state}.")
    return row


def _note(clerk: Clerk, act: str, row: Offboarding, **body: object) -> None:
    clerk.note(act, f"offboarding/{row.member.slug}", **body)
