"""STIX objects from files: envelope, bundle, list, one object, or an object in each line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labkit.nesting import parsed
from labkit.trouble import TroubleError


def objects_of(text: str, where: str) -> list[Mapping[str, Any]]:
    """The objects in a text.

    Args:
        where: what to call the text in an error.

    Raises:
        TroubleError: it is none of the forms, or an object lacks type or id.
    """
    try:
        found: object = parsed(text)
    except ValueError as error:
        found = _lines(text, where, error)
    listed = _listed(found)
    if listed is None:
        raise TroubleError(
            f'{where} holds no STIX: write an envelope {{"objects": […]}}, a bundle, or objects.'
        )
    return [_object(each, number, where) for number, each in enumerate(listed, 1)]


def _lines(text: str, where: str, whole: ValueError) -> list[object]:
    """JSON Lines; if the first line is none either, the file was meant as one JSON text."""
    found: list[object] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.append(parsed(line))
        except ValueError as error:
            said = f"line {number}: {error}" if found else f"{whole}"
            raise TroubleError(f"{where} is no JSON: {said}.") from error
    return found


def _listed(found: object) -> list[Any] | None:
    if isinstance(found, dict):
        objects = found.get("objects", [found] if "id" in found else None)
        return objects if isinstance(objects, list) else None
    return found if isinstance(found, list) else None


def _object(found: object, number: int, where: str) -> Mapping[str, Any]:
    if isinstance(found, dict) and all(isinstance(found.get(key), str) for key in ("type", "id")):
        return found
    raise TroubleError(f"{where}, object {number}: a STIX object has a type and an id.")
