"""People's logins: for a member, or for one of the Forum's own roles.

A role is a Django group; what it may see and do is the table below and nothing else. No role sees
all, and the operator, who alone changes members and grants, sees no submission. No role asks for a
reveal, a recall, a legal hold or the end of an epoch, and approves one.
Refuses: a login that speaks for a member and has a staff role at once.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import Group, Permission, User
from django.db import transaction

from indicators.members.registry import Clerk, RegistryError, check_staying
from indicators.models.member import Member, MemberUser


def _may(**models: str) -> frozenset[str]:
    """Permissions by the names Django gives them: `_may(view="member grant")`."""
    return frozenset(f"{verb}_{model}" for verb, words in models.items() for model in words.split())


ROLES: Mapping[str, frozenset[str]] = {
    "analyst": _may(
        view="member credential grant pollmark collection submission heldobject publicationlisting "
        "reveal recall campaignproposal incident bulletin legaldemand quarterlyreport",
        add="incident bulletin quarterlyreport",
        change="incident",
        request="reveal recall",
        export="legaldemand",
        retry="submission",
    ),
    "reviewer": _may(
        view="collection heldobject publicationlisting appeal familyproposal campaignproposal "
        "question bulletin",
        add="appeal bulletin",
        change="heldobject familyproposal campaignproposal question bulletin",
    ),
    "counsel": _may(
        view="collection publicationlisting auditentry feedentry reveal recall pause legalhold "
        "appeal subjectrequest governmentrequest populationgrant incident bulletin legaldemand "
        "quarterlyreport onboarding offboarding keyorder",
        add="legalhold appeal subjectrequest governmentrequest incident bulletin quarterlyreport",
        change="pause appeal governmentrequest populationgrant incident bulletin legaldemand "
        "quarterlyreport",
        sign="quarterlyreport",
        counsel="heldobject incident",
        export="legaldemand",
        approve="reveal recall onboarding offboarding keyorder policyapproval",
    ),
    "auditor": _may(
        view="submission auditentry feedentry reveal recall pause legalhold appeal subjectrequest "
        "governmentrequest familyproposal question incident bulletin legaldemand quarterlyreport "
        "onboarding offboarding keyorder"
    ),
    "operator": _may(
        view="member credential grant pollmark collection pause legalhold populationgrant incident "
        "bulletin quarterlyreport onboarding offboarding keyorder",
        add="member grant collection populationgrant incident bulletin quarterlyreport "
        "onboarding offboarding",
        change="member credential grant collection pause legalhold incident quarterlyreport "
        "onboarding offboarding",
        request="keyorder",
        approve="onboarding offboarding policyapproval",
        delete="grant",
    ),
}
"""What each staff role may do."""


def ensure_roles() -> None:
    """Make the groups of the roles, with exactly their permissions; twice is once.

    Raises:
        RegistryError: a permission is missing: the database is behind this version.
    """
    for role, codenames in ROLES.items():
        found = Permission.objects.filter(
            content_type__app_label="indicators", codename__in=codenames
        )
        if missing := codenames - {each.codename for each in found}:
            raise RegistryError(
                f"The database does not know {', '.join(sorted(missing))}: run manage.py migrate."
            )
        Group.objects.get_or_create(name=role)[0].permissions.set(found)


def new_password() -> str:
    """A password of 120 random bits that can be read over a telephone."""
    words = [secrets.token_hex(3) for _ in range(5)]
    return "-".join(words)


@transaction.atomic
def add_person(
    clerk: Clerk, *, login: str, password: str, member: Member | None = None, role: str = ""
) -> User:
    """Make a login, for a member or for a staff role.

    Raises:
        RegistryError: the login is taken, the role unknown, not exactly one of both is given, or
            the member leaves.
    """
    if (member is None) == (not role):
        raise RegistryError("A login belongs either to a member or to a staff role.")
    if role and role not in ROLES:
        raise RegistryError(f"There is no role {role!r}, only: {', '.join(ROLES)}.")
    if User.objects.filter(username__iexact=login).exists():
        raise RegistryError(f"The login {login!r} is taken.")
    if member:
        check_staying(member)
    user = User.objects.create_user(login, password=password, is_staff=bool(role))
    if member:
        MemberUser.objects.create(user=user, member=member)
    else:
        ensure_roles()
        user.groups.add(Group.objects.get(name=role))
    clerk.note("login added", f"login/{login}", member=member.slug if member else "", role=role)
    return user


@transaction.atomic
def change_password(clerk: Clerk, user: AbstractBaseUser, password: str) -> None:
    """Give a login another password, which its person chose; it ends the login's other sessions."""
    user.set_password(password)
    user.save(update_fields=["password"])
    clerk.note("password changed", f"login/{user.get_username()}")
