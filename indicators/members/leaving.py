"""Shut a member out: its keys, its people's logins and its rights end in one transaction.

Promises: once that is committed no web process lets the member in for longer than it remembers a
proof (`authenticate.CACHE_SECONDS`), and nothing can be given to it any more.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from indicators.members import registry, watching
from indicators.members.registry import Clerk
from indicators.models.member import Credential, Grant, Member, MemberUser


@dataclass(frozen=True, slots=True)
class Standing:
    """What a member still has; nothing, once it is shut out."""

    credentials: int
    logins: int
    grants: int


@transaction.atomic
def shut_out(clerk: Clerk, member: Member) -> None:
    """End all that a member has.

    Raises:
        RegistryError: it is shut out already.
    """
    registry.check_staying(member)
    for credential in _keys(member).select_related("member"):
        registry.revoke(clerk, credential)
    people = list(logins(member))
    watching.forget(each.pk for each in people)
    for user in people:
        user.is_active = False
        user.save(update_fields=["is_active"])
        clerk.note("login disabled", f"login/{user.username}", member=member.slug)
    for grant in _grants(member).select_related("member", "collection"):
        registry.withdraw_grant(clerk, grant)
    _become(clerk, member, Member.State.LEAVING)


@transaction.atomic
def depart(clerk: Clerk, member: Member) -> None:
    """The last that is written of a member: it has left."""
    _become(clerk, member, Member.State.LEFT)


def standing(member: Member) -> Standing:
    """What a member has now."""
    return Standing(_keys(member).count(), logins(member).count(), _grants(member).count())


def logins(member: Member) -> QuerySet[User]:
    """The people who can sign in for a member."""
    of_member = MemberUser.objects.filter(member=member).values("user_id")
    return User.objects.filter(pk__in=of_member, is_active=True).order_by("username")


def _keys(member: Member) -> QuerySet[Credential]:
    return Credential.objects.filter(member=member, revoked_at=None).order_by("id")


def _grants(member: Member) -> QuerySet[Grant]:
    return Grant.objects.filter(member=member).order_by("collection__alias")


def _become(clerk: Clerk, member: Member, state: Member.State) -> None:
    member.state = state
    member.save(update_fields=["state"])
    clerk.note("member changed", f"member/{member.slug}", state=str(state))
