"""Members and people of the demo, with secrets that survive a restart.

The database knows secrets only by their hashes, so the file of an earlier run is the one place they
can be kept from: what still authenticates is kept, anything else is replaced.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User

from indicators.demo.cast import MEMBERS, STAFF
from indicators.members import registry
from indicators.members.authenticate import AuthenticationFailed, authenticate
from indicators.members.credentials import EVERYDAY_SCOPES
from indicators.members.people import add_person, ensure_roles, new_password
from indicators.members.registry import Clerk
from indicators.models.member import Credential, Member


Card = dict[str, str]
_LABEL = "demo"
_DAYS = 365


@dataclass(frozen=True, slots=True)
class Cast:
    """How everybody logs in, by slug and by role."""

    members: dict[str, Card] = field(default_factory=dict)
    staff: dict[str, Card] = field(default_factory=dict)


def gather(clerk: Clerk, earlier: Mapping[str, Any]) -> Cast:
    """Make who is missing; `earlier` is the content of an earlier run's file, or empty.

    Who has left is not brought back.
    """
    ensure_roles()
    members, staff = earlier.get("members", {}), earlier.get("staff", {})
    gone = set(Member.objects.filter(state__in=registry.DEPARTING).values_list("slug", flat=True))
    return Cast(
        {slug: _member(clerk, slug, members.get(slug, {})) for slug in MEMBERS if slug not in gone},
        {role: _person(clerk, role, staff.get(role, {}), role=role) for role in STAFF},
    )


def _member(clerk: Clerk, slug: str, card: Card) -> Card:
    member = Member.objects.filter(slug=slug).first()
    if member is None:
        member = registry.add_member(clerk, Member(slug=slug, name=MEMBERS[slug]))
    return _key(clerk, member, card) | _person(clerk, slug, card, member=member)


def _key(clerk: Clerk, member: Member, card: Card) -> Card:
    if _authenticates(clerk, member, card):
        return {"credential_id": card["credential_id"], "secret": card["secret"]}
    # Nobody holds the secrets of these any more.
    for lost in Credential.objects.filter(member=member, label=_LABEL, revoked_at__isnull=True):
        registry.revoke(clerk, lost)
    made, token = registry.issue(clerk, member, label=_LABEL, scopes=EVERYDAY_SCOPES, days=_DAYS)
    return {"credential_id": made.id, "secret": token}


def _authenticates(clerk: Clerk, member: Member, card: Card) -> bool:
    try:
        principal = authenticate(
            credential_id=card.get("credential_id", ""),
            secret=card.get("secret", ""),
            now=clerk.now,
        )
    except AuthenticationFailed:
        return False
    return principal.member_id == member.id


def _person(
    clerk: Clerk, login: str, card: Card, *, member: Member | None = None, role: str = ""
) -> Card:
    user = User.objects.filter(username=login).first()
    password = card.get("password", "")
    if user and password and user.check_password(password):
        return {"login": login, "password": password}
    password = new_password()
    if user is None:
        add_person(clerk, login=login, password=password, member=member, role=role)
    else:
        user.set_password(password)
        user.save(update_fields=["password"])
    return {"login": login, "password": password}
