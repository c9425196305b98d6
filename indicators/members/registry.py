"""The register of who takes part: members, collections, grants and the keys of machines.

Commands and the admin call these; each change and its journal entry are one transaction.
Refuses: a collection without its head row or its companions, a grant on a companion (they follow
their sharing collection), a declaration that the disclosure policy does not know, anything for a
member that leaves, and a right outside exercises for one that is still being onboarded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import models, transaction

from indicators.audit.journal import Act, record
from indicators.domain.disclosure import Policy
from indicators.members import credentials
from indicators.models.collection import Collection, CollectionHead
from indicators.models.member import Credential, Grant, Member
from indicators.models.onboarding import Onboarding


COMPANIONS = {"tokens": Collection.Kind.TOKENS, "withdrawn": Collection.Kind.WITHDRAWN}
"""What stands beside a sharing collection, by the ending of its alias."""
_ALIAS = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FOLLOWS = ("exercise", "accepts_reserved", "marking", "k")
"""What a companion has in common with its sharing collection."""
DEPARTING = (Member.State.LEAVING, Member.State.LEFT)


class RegistryError(ValueError):
    """A change that cannot be made; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Clerk:
    """Who changes the register, under what policy and when: read at the door."""

    by: str
    policy: Policy
    now: datetime

    def note(self, act: str, subject: str, **body: object) -> None:
        """Journal one act into the running transaction."""
        record([Act(self.by, act, subject, body)], policy=self.policy, now=self.now)


@transaction.atomic
def add_member(clerk: Clerk, member: Member) -> Member:
    """Store a new member.

    Raises:
        RegistryError: the slug is taken, or a field does not fit.
    """
    member.joined_day = clerk.now.date()
    _create(member)
    clerk.note(
        "member added",
        f"member/{member.slug}",
        name=member.name,
        review_first_n=member.review_first_n,
    )
    return member


@transaction.atomic
def add_collection(clerk: Clerk, collection: Collection) -> Collection:
    """Store a new sharing collection with its companions, or a verbatim one alone.

    Raises:
        RegistryError: the alias is taken or reserved for a companion, or a field does not fit.
    """
    check_alias(collection.alias, collection.kind)
    check_title(collection.title)
    beside = _companions(collection) if collection.kind == Collection.Kind.SHARING else []
    for each in [collection, *beside]:
        _create(each)
        CollectionHead.objects.create(collection=each, date_added=clerk.now)
        clerk.note("collection added", f"collection/{each.alias}", kind=str(each.kind))
    return collection


def check_alias(alias: str, kind: str) -> None:
    """Raise RegistryError unless a collection of this kind may be made under this alias."""
    if kind not in (Collection.Kind.SHARING, Collection.Kind.VERBATIM):
        raise RegistryError(
            f"A collection is made as sharing or verbatim, not {kind!r}: the others come by "
            "themselves beside a sharing one."
        )
    if not _ALIAS.fullmatch(alias):
        raise RegistryError(
            f"{alias!r} is no alias: lower-case letters and digits, in words joined by '-'."
        )
    if alias.endswith(tuple(f"-{ending}" for ending in COMPANIONS)):
        raise RegistryError(f"{alias!r}: this ending belongs to the companion of a collection.")


def check_title(title: str) -> None:
    """Raise RegistryError unless a collection may bear this title."""
    if "." in title or "," in title:
        raise RegistryError(f"{title!r}: some TAXII clients stumble over '.' and ',' in a title.")


def _companions(parent: Collection) -> list[Collection]:
    return [
        Collection(
            alias=f"{parent.alias}-{ending}",
            title=f"{parent.title} ({ending})",
            kind=kind,
            parent=parent,
            **{name: getattr(parent, name) for name in _FOLLOWS},
            **(_tokens_lane(parent) if kind == Collection.Kind.TOKENS else {}),
        )
        for ending, kind in COMPANIONS.items()
    ]


def _tokens_lane(parent: Collection) -> dict[str, str]:
    """What is personal waits for a batch; in an exercise nothing is."""
    if parent.exercise:
        return {"lane": Collection.Lane.IMMEDIATE}
    return {"lane": Collection.Lane.BATCHED, "expected_delay": "half a day, three days at most"}


@transaction.atomic
def change(clerk: Clerk, changed: Member | Collection, fields: Sequence[str]) -> None:
    """Save these fields of a member or collection; companions follow their collection.

    Raises:
        RegistryError: a field does not fit.
    """
    if not fields:
        return
    if isinstance(changed, Collection):
        check_title(changed.title)
    elif "state" in fields:
        _check_state(changed)
    _clean(changed)
    changed.save(update_fields=fields)
    if isinstance(changed, Collection):
        follow = {name: getattr(changed, name) for name in _FOLLOWS if name in fields}
        if follow:
            Collection.objects.filter(parent=changed).update(**follow)
    new = {name: getattr(changed, name) for name in fields}
    kind = "member" if isinstance(changed, Member) else "collection"
    clerk.note(f"{kind} changed", f"{kind}/{changed}", **new)


def _check_state(changed: Member) -> None:
    check_staying(changed)
    if changed.state in DEPARTING:
        raise RegistryError(f"{changed.slug} leaves by an offboarding, which two people confirm.")


@transaction.atomic
def grant(
    clerk: Clerk,
    member: Member,
    collection: Collection,
    *,
    can_read: bool,
    can_write: bool,
    purpose: str,
    threat_nexus: Iterable[str] = (),
    second_by: str = "",
) -> Grant:
    """Give a member rights in a collection, or change the ones it has; equal ones change nothing.

    `second_by` is who confirmed it, where two people give it.

    Raises:
        RegistryError: the collection is a companion, neither right is given, the policy does not
            know the purpose or the threat nexus, or the member may hold nothing there now.
    """
    nexus = sorted(set(threat_nexus))
    check_terms(clerk.policy, collection, nexus, purpose=purpose)
    check_holder(member, collection)
    if not (can_read or can_write):
        raise RegistryError("A grant gives the right to read, to write, or both.")
    terms = {
        "can_read": can_read,
        "can_write": can_write,
        "purpose": purpose,
        "threat_nexus": nexus,
    }
    found = Grant.objects.filter(member=member, collection=collection).first()
    if found and all(getattr(found, name) == value for name, value in terms.items()):
        return found
    given, _ = Grant.objects.update_or_create(
        member=member,
        collection=collection,
        defaults={**terms, "granted_by": clerk.by, "second_by": second_by},
    )
    clerk.note("grant given", _between(member, collection), **terms)
    return given


def check_holder(member: Member, collection: Collection) -> None:
    """Raise RegistryError unless this member may be given rights in this collection now.

    Inside a transaction, which keeps the member as it is.
    """
    check_staying(member)
    coming = Onboarding.objects.filter(member=member, state=Onboarding.State.OPEN)
    if not collection.exercise and coming.exists():
        raise RegistryError(
            f"{member.slug} is being onboarded: until two people let it go live it has rights in "
            "exercise collections alone."
        )


def check_staying(member: Member) -> None:
    """Raise RegistryError if the member leaves or has left; inside a transaction, as above."""
    locked = Member.objects.select_for_update().values_list("state", flat=True)
    if locked.get(pk=member.pk) in DEPARTING:
        raise RegistryError(f"{member.slug} is leaving or has left: it is given nothing any more.")


def check_terms(
    policy: Policy, collection: Collection, threat_nexus: Iterable[str], *, purpose: str
) -> None:
    """Raise RegistryError unless a grant on this collection may declare this."""
    if collection.parent_id:
        raise RegistryError(
            f"{collection.alias} stands beside another collection and follows the grants on that."
        )
    if purpose not in policy.purposes:
        known = ", ".join(sorted(policy.purposes))
        raise RegistryError(f"The policy knows no purpose {purpose!r}, only: {known}.")
    if unknown := sorted(set(threat_nexus) - policy.threat_nexus):
        known = ", ".join(sorted(policy.threat_nexus))
        raise RegistryError(f"The policy knows no threat nexus {unknown[0]!r}, only: {known}.")


@transaction.atomic
def withdraw_grant(clerk: Clerk, withdrawn: Grant) -> None:
    """Take a member's rights in a collection away; felt within seconds."""
    subject = _between(withdrawn.member, withdrawn.collection)
    withdrawn.delete()
    clerk.note("grant withdrawn", subject)


@transaction.atomic
def issue(
    clerk: Clerk, member: Member, *, label: str, scopes: Iterable[str], days: int
) -> tuple[Credential, str]:
    """Make a credential; returns it and its token, which is shown only here.

    Raises:
        RegistryError: as `credentials.issue`, or the member leaves.
    """
    check_staying(member)
    try:
        made, token = credentials.issue(
            member=member, label=label, scopes=scopes, days=days, now=clerk.now
        )
    except credentials.CredentialRefused as error:
        raise RegistryError(str(error)) from error
    clerk.note("credential issued", f"credential/{made.id}", member=member.slug, scopes=made.scopes)
    return made, token


@transaction.atomic
def revoke(clerk: Clerk, credential: Credential) -> bool:
    """End a credential for good; False if it was revoked before."""
    if Credential.objects.filter(pk=credential.pk, revoked_at__isnull=False).exists():
        return False
    credentials.revoke(credential, now=clerk.now)
    clerk.note("credential revoked", f"credential/{credential.id}", member=credential.member.slug)
    return True


def _between(member: Member, collection: Collection) -> str:
    return f"grant/{member.slug}/{collection.alias}"


def _create(made: models.Model) -> None:
    _clean(made)
    made.save(force_insert=True)


def _clean(checked: models.Model) -> None:
    try:
        checked.full_clean()
    except ValidationError as error:
        said = (f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items())
        raise RegistryError("; ".join(said)) from error
