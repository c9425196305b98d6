"""What a person does on the page of a record: one button, one right, one step.

A step that is refused takes back what it wrote and says why. A page that keeps the words of its
form is drawn again as it was sent (`taken`); others are led back to (`take`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Generic, TypeVar
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from indicators.members.registry import Clerk
from indicators.ui.person import clerk_of, may


Made = TypeVar("Made")
Key = TypeVar("Key", UUID, str)
"""By what a record is known in its address."""


@dataclass(frozen=True, slots=True)
class Step(Generic[Key]):
    """A button: who may press it, what it does to the record of this key, and what is said then."""

    right: str
    take: Callable[[Clerk, Key, QueryDict], object]
    said: str


def taken(request: HttpRequest, steps: Mapping[str, Step[Key]], key: Key) -> bool:
    """Take the step whose button was pressed; False if it was refused, and the page says why."""
    step = next((each for name, each in steps.items() if name in request.POST), None)
    if step is None:
        raise PermissionDenied
    return _pressed(request, step, key)


def take(
    request: HttpRequest, steps: Mapping[str, Step[Key]], name: str, key: Key, *, page: str
) -> HttpResponse:
    """Take the step that the address names, and lead back to the page of the record."""
    if name not in steps:
        raise Http404
    _pressed(request, steps[name], key)
    return redirect(page, key)


def _pressed(request: HttpRequest, step: Step[Key], key: Key) -> bool:
    if not may(request, step.right):
        raise PermissionDenied
    done = made(request, lambda clerk, sent: (step.take(clerk, key, sent),))
    if done:
        messages.success(request, step.said)
    return done is not None


def made(request: HttpRequest, make: Callable[[Clerk, QueryDict], Made]) -> Made | None:
    """What comes of it; None if it was refused, and the page says why."""
    try:
        with transaction.atomic():
            return make(clerk_of(request), request.POST)
    except ValueError as error:
        messages.error(request, str(error))
        return None


def moment_in(sent: QueryDict, name: str) -> datetime:
    """A day and a time as a field has them, in UTC; raises ValueError."""
    try:
        return datetime.fromisoformat(sent.get(name, "")).replace(tzinfo=UTC)
    except ValueError:
        raise ValueError("Give the day and the time, in UTC.") from None


def day_in(sent: QueryDict, name: str) -> date:
    """A day as a field has it; raises ValueError."""
    try:
        return date.fromisoformat(sent.get(name, ""))
    except ValueError:
        raise ValueError("Give the day.") from None
