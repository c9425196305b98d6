"""A step over a record, as a button of its page takes it: the right it needs, and what is said."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from indicators.members.registry import Clerk, RegistryError
from indicators.pipeline.membership.step import MembershipError
from indicators.ui.person import clerk_of, may


REFUSALS = (MembershipError, RegistryError)
"""What a person at the screen is told; everything else is a fault."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one button does."""

    right: str
    act: Callable[[Clerk, uuid.UUID, QueryDict], object]
    said: str


def take(
    request: HttpRequest, steps: Mapping[str, Step], name: str, record: uuid.UUID, *, page: str
) -> HttpResponse:
    """Take a step by its name, and lead back to the page of the record."""
    if name not in steps:
        raise Http404
    step = steps[name]
    if not may(request, step.right):
        raise PermissionDenied
    try:
        with transaction.atomic():  # a refusal takes back what was written, and the page goes on
            step.act(clerk_of(request), record, request.POST)
    except REFUSALS as error:
        messages.error(request, str(error))
    else:
        messages.success(request, step.said)
    return redirect(page, record)
