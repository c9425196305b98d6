"""How a member comes: exercises first, then a checklist, then two people let it go live.

What can be seen is looked up (`readiness`); what only a person knows is written with name and time.
Until two people agree the member has rights in exercise collections alone, and the register refuses
all others. Whatever is changed after the first of them has agreed takes that back.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from indicators import keyring
from indicators.members import registry
from indicators.members.registry import Clerk
from indicators.models.collection import Collection
from indicators.models.member import Member
from indicators.models.onboarding import Onboarding
from indicators.models.two_people import same_person
from indicators.pipeline.membership import readiness
from indicators.pipeline.membership.line import Line, unmet
from indicators.pipeline.membership.step import MembershipError, required


CONTACTS: Mapping[str, str] = {
    "abuse": "Abuse and security",
    "privacy": "Data protection",
    "technical": "Technical",
}
"""Whom the Forum must be able to reach: roles and an address each, never a person's name."""
_MOST_OF_A_VERSION, _MOST_OF_AN_ADDRESS = 40, 120


@dataclass(frozen=True, slots=True)
class Rights:
    """What is agreed that a member may do once it is live."""

    lane: str
    reads: Sequence[Collection]
    writes: Sequence[Collection]


@transaction.atomic
def begin(clerk: Clerk, member: Member, *, purpose: str, threat_nexus: Iterable[str]) -> Onboarding:
    """Enter a new member and let it into every exercise.

    Raises:
        MembershipError: there is no exercise.
        RegistryError: the member, the purpose or the threat nexus does not fit.
    """
    exercises = Collection.objects.filter(kind=Collection.Kind.SHARING, exercise=True)
    if not exercises:
        raise MembershipError("There is no exercise collection: make one first.")
    nexus = sorted(set(threat_nexus))
    registry.add_member(clerk, member)
    row = Onboarding.objects.create(
        member=member,
        purpose=purpose,
        threat_nexus=nexus,
        opened_by=clerk.by,
        opened_at=clerk.now,
    )
    _note(clerk, "onboarding opened", row)
    _grant(clerk, row, exercises, reads=exercises, writes=exercises)
    return row


@transaction.atomic
def sign(clerk: Clerk, onboarding_id: uuid.UUID, *, version: str) -> Onboarding:
    """Write down which version of the agreement the member signed.

    Raises:
        MembershipError: the version is missing or too long, or the onboarding is over.
    """
    row = _locked(onboarding_id)
    said = "Give the version of the agreement that it signed."
    row.agreement = required(version, _MOST_OF_A_VERSION, said)
    row.agreement_by, row.agreement_at = clerk.by, clerk.now
    return _changed(clerk, row, "agreement recorded", version=row.agreement)


@transaction.atomic
def reach(clerk: Clerk, onboarding_id: uuid.UUID, *, contacts: Mapping[str, str]) -> Onboarding:
    """Keep an address for each role that the Forum must be able to reach; sealed.

    Raises:
        MembershipError: one is missing or too long, or the onboarding is over.
    """
    row = _locked(onboarding_id)
    kept = {
        role: required(contacts.get(role, ""), _MOST_OF_AN_ADDRESS, f"{name}: give an address.")
        for role, name in CONTACTS.items()
    }
    row.contacts_ct = keyring.seal("contacts", json.dumps(kept).encode(), place=row.pk.bytes)
    row.contacts_by, row.contacts_at = clerk.by, clerk.now
    return _changed(clerk, row, "contacts recorded", roles=sorted(kept))


def contacts_of(row: Onboarding) -> Mapping[str, str]:
    """The addresses by role; empty before they are given, and after the member has left."""
    if row.contacts_ct is None:
        return {}
    sealed = keyring.unseal("contacts", bytes(row.contacts_ct), place=row.pk.bytes)
    found: Mapping[str, str] = json.loads(sealed)
    return found


def of(member_id: uuid.UUID) -> Onboarding | None:
    """How a member came; None if it was entered by command, or as a record."""
    return Onboarding.objects.filter(member_id=member_id).first()


@transaction.atomic
def agree(clerk: Clerk, onboarding_id: uuid.UUID, rights: Rights) -> Onboarding:
    """Write down what the member may do once it is live.

    Raises:
        MembershipError: nothing is agreed, or the onboarding is over.
        RegistryError: a collection takes no grants, or not with this purpose and threat nexus.
    """
    row = _locked(onboarding_id)
    if rights.lane not in Collection.Lane.values:
        raise MembershipError("Choose the lane that it agreed to.")
    if not (rights.reads or rights.writes):
        raise MembershipError("Choose at least one collection that it will read or write.")
    for each in (*rights.reads, *rights.writes):
        registry.check_terms(clerk.policy, each, row.threat_nexus, purpose=row.purpose)
    row.lane = rights.lane
    row.reads, row.writes = _ids(rights.reads), _ids(rights.writes)
    row.rights_by, row.rights_at = clerk.by, clerk.now
    return _changed(
        clerk, row, "rights agreed", lane=row.lane,
        reads=_names(rights.reads), writes=_names(rights.writes),
    )  # fmt: skip


@transaction.atomic
def propose(clerk: Clerk, onboarding_id: uuid.UUID) -> Onboarding:
    """Agree, as the first of two people, that the member goes live.

    Raises:
        MembershipError: something is missing, somebody has proposed it, or it is over.
    """
    row = _locked(onboarding_id)
    if row.first_by:
        raise MembershipError(f"{row.first_by} has proposed it; a second person confirms it.")
    _check_ready(row, now=clerk.now)
    row.first_by, row.first_at = clerk.by, clerk.now
    row.save(update_fields=["first_by", "first_at"])
    _note(clerk, "go-live proposed", row)
    return row


@transaction.atomic
def confirm(clerk: Clerk, onboarding_id: uuid.UUID) -> Onboarding:
    """Let the member go live, as the second of two people: it gets what was agreed.

    Raises:
        MembershipError: nobody has proposed it, the same person did, something is missing, or it
            is over.
    """
    row = _locked(onboarding_id)
    if not row.first_by:
        raise MembershipError("Nobody has proposed it yet.")
    if same_person(row.first_by, clerk.by):
        raise MembershipError("You proposed it yourself; a second, different person confirms it.")
    _check_ready(row, now=clerk.now)
    row.state, row.second_by, row.live_at = Onboarding.State.LIVE, clerk.by, clerk.now
    row.save(update_fields=["state", "second_by", "live_at"])
    _note(clerk, "went live", row, proposed_by=row.first_by)
    agreed = Collection.objects.filter(pk__in={*row.reads, *row.writes})
    reads = [each for each in agreed if each.pk in row.reads]
    writes = [each for each in agreed if each.pk in row.writes]
    _grant(clerk, row, agreed, reads=reads, writes=writes)
    return row


@transaction.atomic
def end(clerk: Clerk, member: Member) -> None:
    """The member leaves: one that never went live does not any more, and addresses are removed."""
    row = Onboarding.objects.select_for_update().filter(member=member).first()
    if row is None:
        return
    row.contacts_ct = None
    if row.state == Onboarding.State.OPEN:
        row.state = Onboarding.State.GIVEN_UP
        _note(clerk, "onboarding given up", row)
    row.save(update_fields=["state", "contacts_ct"])


def checklist(row: Onboarding, *, now: datetime) -> list[Line]:
    """Everything that must be so before the member goes live."""
    return [*agreed(row), *readiness.seen(row, now=now)]


def agreed(row: Onboarding) -> list[Line]:
    """What people wrote down."""
    return [_agreement(row), _contacts(row), _rights(row)]


def _agreement(row: Onboarding) -> Line:
    said = f"Version {row.agreement}" if row.agreement else "Not signed yet."
    return Line("Agreement", bool(row.agreement), said, row.agreement_by, row.agreement_at)


def _contacts(row: Onboarding) -> Line:
    known = ", ".join(CONTACTS[role] for role in contacts_of(row))
    said = known or "No addresses yet."
    return Line("Contacts", bool(known), said, row.contacts_by, row.contacts_at)


def _rights(row: Onboarding) -> Line:
    collections = Collection.objects.filter(pk__in={*row.reads, *row.writes}).order_by("alias")
    said = ", ".join(f"{each.alias} ({_how(row, each)})" for each in collections)
    return Line("Rights", bool(said), said or "Not agreed yet.", row.rights_by, row.rights_at)


def _how(row: Onboarding, collection: Collection) -> str:
    words = {"read": collection.pk in row.reads, "write": collection.pk in row.writes}
    return ", ".join(word for word, agreed in words.items() if agreed)


def _check_ready(row: Onboarding, *, now: datetime) -> None:
    if missing := unmet(checklist(row, now=now)):
        raise MembershipError(f"Not yet: {', '.join(missing)}.")


def _grant(
    clerk: Clerk,
    row: Onboarding,
    collections: Iterable[Collection],
    *,
    reads: Iterable[Collection],
    writes: Iterable[Collection],
) -> None:
    may_read, may_write = set(_ids(reads)), set(_ids(writes))
    for each in collections:
        registry.grant(
            clerk,
            row.member,
            each,
            can_read=each.pk in may_read,
            can_write=each.pk in may_write,
            purpose=row.purpose,
            threat_nexus=row.threat_nexus,
            second_by=row.first_by,
        )


def _ids(collections: Iterable[Collection]) -> list[uuid.UUID]:
    return [each.pk for each in collections]


def _names(collections: Iterable[Collection]) -> list[str]:
    return sorted(each.alias for each in collections)


def _changed(clerk: Clerk, row: Onboarding, act: str, **body: object) -> Onboarding:
    row.first_by, row.first_at = "", None
    row.save()
    _note(clerk, act, row, **body)
    return row


def _locked(onboarding_id: uuid.UUID) -> Onboarding:
    found = Onboarding.objects.select_for_update(of=("self",)).select_related("member")
    row = found.filter(pk=onboarding_id).first()
    if row is None or row.state != Onboarding.State.OPEN:
        raise MembershipError("There is no such onboarding that is open.")
    return row


def _note(clerk: Clerk, act: str, row: Onboarding, **body: object) -> None:
    clerk.note(act, f"onboarding/{row.member.slug}", **body)
