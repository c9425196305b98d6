"""What the screens of governance have in common: asked for by a form, decided by an action.

A record is never edited: it is made, and then decided by another act, each with its entry in the
journal. What the domain refuses is said beside the form or above the list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest

from indicators.admin.record import Kept, ModelForm
from indicators.admin.site import site


__all__ = ["Governed", "Why", "refused_as_validation", "site"]

Record = TypeVar("Record", bound=models.Model)


class Why(ActionForm):
    """The action bar's own field."""

    why = forms.CharField(
        required=False,
        max_length=300,
        label="Why:",
        widget=forms.TextInput(attrs={"size": 30, "placeholder": "no names, no values"}),
    )


class Governed(Kept[Record], Generic[Record]):
    """A screen over records that are made by a form and decided by actions."""

    def has_change_permission(self, request: HttpRequest, obj: Record | None = None) -> bool:
        return False

    def decide_each(
        self,
        request: HttpRequest,
        chosen: Iterable[Record],
        decide: Callable[[Record], object],
        *,
        said: str,
    ) -> None:
        """Decide each; say how many were, and why the others were not."""
        done, refused = 0, []
        for each in chosen:
            try:
                decide(each)
            except ValueError as error:
                refused.append(str(error))
            else:
                done += 1
        if done:
            self.message_user(request, f"{done} {said}.", messages.SUCCESS)
        for text in sorted(set(refused)):
            self.message_user(request, text, messages.ERROR)


def refused_as_validation(form: ModelForm[Any], check: Callable[[], object]) -> None:
    """Let a form that is valid so far be checked by the domain; its refusal becomes the form's."""
    if form.errors:
        return
    try:
        check()
    except ValueError as error:
        raise ValidationError(str(error)) from error
