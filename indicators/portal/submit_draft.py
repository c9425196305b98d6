"""What a person gives to submit: pasted, as a file, or one indicator in a form. Nothing is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from indicators.domain.stix.references import is_identified
from indicators.intake.strict_json import StrictJSONError, loads_strict
from indicators.portal.sheet import COLUMNS, MOST, Sheet, read_sheet, written


LARGEST = 1_000_000
"""Bytes that a person gives; who has more has a tool."""


class NotReadableError(ValueError):
    """Nothing of it can be sent; the message says why."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What was understood of it."""

    objects: Sequence[Mapping[str, Any]]
    sheet: Sheet | None = None
    """The rows that the objects were made of; None for STIX."""

    @property
    def envelope(self) -> str:
        """What is sent once it is confirmed."""
        return json.dumps({"objects": self.objects}, ensure_ascii=False)


def given(request: HttpRequest, *, now: datetime) -> Draft:
    """Read what stands in the request, whichever way it was given.

    Raises:
        NotReadableError: nothing of it can be sent.
    """
    text = _text(request)
    if text.startswith(("{", "[")):
        return Draft(_objects(text))
    sheet = read_sheet(text, nexus=request.POST.get("nexus", ""), now=now)
    if sheet.rows:
        return Draft(sheet.objects, sheet)
    raise NotReadableError(sheet.error or "There is no row below the first line.")


def _text(request: HttpRequest) -> str:
    if "kind" in request.POST:
        cells = {name: request.POST.get(name, "").strip() for name in COLUMNS}
        return written(cells)
    uploaded = request.FILES.get("file")
    raw = uploaded.read(LARGEST + 1) if uploaded else request.POST.get("text", "").encode()
    if len(raw) > LARGEST:
        raise NotReadableError("That is more than a megabyte: send it by labkit or TAXII.")
    try:
        text = raw.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise NotReadableError("That is no text in UTF-8.") from error
    if not text:
        raise NotReadableError("There is nothing in it.")
    return text


def _objects(text: str) -> Sequence[Mapping[str, Any]]:
    """Of an envelope, a bundle, a list of objects, or one object."""
    try:
        found = loads_strict((text if text.startswith("{") else f'{{"objects": {text}}}').encode())
    except StrictJSONError as error:
        raise NotReadableError(f"Not acceptable as JSON: {error}") from error
    objects = found.get("objects", [found])
    if not isinstance(objects, list) or not objects or not all(map(is_identified, objects)):
        raise NotReadableError("Give STIX objects, each with its type and its id.")
    if len(objects) > MOST:
        raise NotReadableError(f"More than {MOST} objects: send them in parts, or by labkit.")
    return objects
