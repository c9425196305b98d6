"""Whose page it is: staff see every row, a member's people see their member's own.

A page runs in one transaction that says for whom it speaks, rendering included, because lists are
read while they are rendered (row-level security hides all other rows). Whoever has not signed in is
asked to; whoever has, and may not open the page, is told so.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.template.response import SimpleTemplateResponse

from indicators.domain.disclosure import current_policy
from indicators.doors.clock import now
from indicators.members.authenticate import Principal
from indicators.members.credentials import FEED_READ, STATUS_READ, SUBMIT
from indicators.members.registry import Clerk
from indicators.models.member import Member, MemberUser
from indicators.roles import speaking_for, speaking_for_staff


Path = ParamSpec("Path")
Page = Callable[Concatenate[HttpRequest, Path], HttpResponseBase]
Own = Callable[Concatenate[HttpRequest, Member, Path], HttpResponseBase]


def clerk_of(request: HttpRequest) -> Clerk:
    """The person at the screen, now, in whole milliseconds."""
    moment = now()
    whole = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    return Clerk(by=request.user.get_username(), policy=current_policy(), now=whole)


def login_of(request: HttpRequest) -> int:
    """The login of the person at the screen, who has signed in."""
    return cast("int", request.user.pk)


def may(request: HttpRequest, *permissions: str) -> bool:
    """Whether the person at the screen has any of these permissions over our records."""
    user: Any = request.user
    return any(user.has_perm(f"indicators.{each}") for each in permissions)


def for_staff(*permissions: str) -> Callable[[Page[Path]], Page[Path]]:
    """A page of the console, for whoever has one of these permissions; for all staff if none."""

    def decorate(page: Page[Path]) -> Page[Path]:
        @wraps(page)
        def opened(
            request: HttpRequest, /, *args: Path.args, **kwargs: Path.kwargs
        ) -> HttpResponseBase:
            with speaking_for_staff():
                return _rendered(page(request, *args, **kwargs))

        return by_staff(*permissions)(cast("Page[Path]", opened))

    return decorate


def by_staff(*permissions: str) -> Callable[[Page[Path]], Page[Path]]:
    """What staff do in transactions of its own: what is journalled stands, whatever fails after."""

    def decorate(act: Page[Path]) -> Page[Path]:
        @wraps(act)
        def done(
            request: HttpRequest, /, *args: Path.args, **kwargs: Path.kwargs
        ) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not request.user.is_staff or (permissions and not may(request, *permissions)):
                raise PermissionDenied
            return act(request, *args, **kwargs)

        return cast("Page[Path]", done)

    return decorate


def for_members(page: Own[Path]) -> Page[Path]:
    """A page of the portal; it is called with the member for whom the person acts."""

    @wraps(page)
    def opened(
        request: HttpRequest, member: Member, /, *args: Path.args, **kwargs: Path.kwargs
    ) -> HttpResponseBase:
        with speaking_for(member.id):
            return _rendered(page(request, member, *args, **kwargs))

    return by_member(opened)


def by_member(act: Own[Path]) -> Page[Path]:
    """What a member's person does: in no transaction, so what it promises has been committed."""

    @wraps(act)
    def done(request: HttpRequest, /, *args: Path.args, **kwargs: Path.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        member = member_of(request.user)
        if member is None:
            raise PermissionDenied
        return act(request, member, *args, **kwargs)

    return cast("Page[Path]", done)


def speaker(request: HttpRequest, member: Member) -> Principal:
    """The person at the screen as one who may do what the member's grants allow."""
    scopes = (FEED_READ, SUBMIT, STATUS_READ)
    return Principal(member.id, member.slug, f"login/{request.user.get_username()}", scopes)


def member_of(user: AbstractBaseUser | AnonymousUser) -> Member | None:
    """The active member that a login speaks for; None for staff."""
    if user.pk is None:
        return None
    found = MemberUser.objects.select_related("member").filter(user_id=user.pk).first()
    return found.member if found and found.member.state == Member.State.ACTIVE else None


def _rendered(response: HttpResponseBase) -> HttpResponseBase:
    if isinstance(response, SimpleTemplateResponse):
        response.render()
    return response
