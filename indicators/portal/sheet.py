"""Rows of a spreadsheet as STIX indicators, for those who have a list and no tool.

One row is one indicator: `kind,value` and, if wanted, `description`, `confidence`, `residential`
and `valid_until`. The first line names the columns, in any order. Nothing is guessed: a row that
cannot be read is told with its number, and the others go on.
"""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from indicators.domain.stix.extensions import BY_NAME
from indicators.domain.stix.times import format_time, parse_time


MOST = 1000
"""Rows that a person pastes; who has more has a script."""
KINDS: Mapping[str, str] = {
    "email": "email-addr:value",
    "phone": "phone-number:value",
    "card": "payment-card:value",
    "domain": "domain-name:value",
    "url": "url:value",
    "ipv4": "ipv4-addr:value",
    "ipv6": "ipv6-addr:value",
    "asn": "autonomous-system:number",
    "sha256": "file:hashes.'SHA-256'",
}
"""What a row may be about, and where a pattern names it."""
COLUMNS = ("kind", "value", "description", "confidence", "residential", "valid_until")
_SURE = 100
_NUMBER = "asn"
_YES = frozenset({"yes", "y", "true", "1"})


class RowError(ValueError):
    """A row that says nothing that can be sent; the message says why."""


@dataclass(slots=True)
class Sheet:
    """What could be read of a list, and what could not."""

    objects: list[dict[str, Any]] = field(default_factory=list)
    errors: list[tuple[int, str]] = field(default_factory=list)
    """The number of a line, counted from one, and what is wrong with it."""


def read_sheet(text: str, *, nexus: str, now: datetime) -> Sheet:
    """Read comma- or tab-separated rows; `nexus` is what makes them a threat."""
    sheet = Sheet()
    for number, row in _rows(text, sheet):
        if len(sheet.objects) == MOST:
            sheet.errors.append((number, f"More than {MOST} rows: send them by labkit or REST."))
            break
        try:
            sheet.objects.append(_indicator(row, nexus=nexus, now=now))
        except RowError as error:
            sheet.errors.append((number, str(error)))
    return sheet


def _rows(text: str, sheet: Sheet) -> Iterator[tuple[int, dict[str, str]]]:
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter="\t" if "\t" in first else ",")
    names = [each.strip().lower() for each in next(reader, [])]
    if unknown := sorted({*names} - {*COLUMNS, ""}):
        sheet.errors.append((1, f"There is no column {unknown[0]!r}, only: {', '.join(COLUMNS)}."))
        return
    if not {"kind", "value"} <= {*names}:
        sheet.errors.append((1, "The first line names the columns; kind and value must be there."))
        return
    for cells in reader:
        if any(each.strip() for each in cells):
            row = dict(zip(names, map(str.strip, cells), strict=False))
            yield reader.line_num, {name: value for name, value in row.items() if value}


def _indicator(row: Mapping[str, str], *, nexus: str, now: datetime) -> dict[str, Any]:
    kind, value = row.get("kind", "").lower(), row.get("value", "")
    if kind not in KINDS:
        raise RowError(f"There is no kind {kind!r}, only: {', '.join(KINDS)}.")
    if not value:
        raise RowError("The value is missing.")
    moment = format_time(now)
    made: dict[str, Any] = {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--{uuid.uuid4()}",
        "created": moment,
        "modified": moment,
        "pattern": f"[{KINDS[kind]} = {_constant(kind, value)}]",
        "pattern_type": "stix",
        "pattern_version": "2.1",
        "valid_from": moment,
        "extensions": {BY_NAME["share-governance"].id: _terms(row, nexus)},
    }
    return made | dict(_optional(row))


def _optional(row: Mapping[str, str]) -> Iterator[tuple[str, object]]:
    if "description" in row:
        yield "description", row["description"]
    if "confidence" in row:
        if not (row["confidence"].isdecimal() and int(row["confidence"]) <= _SURE):
            raise RowError("The confidence must be a whole number from 0 to 100.")
        yield "confidence", int(row["confidence"])
    if "valid_until" in row:
        yield "valid_until", _moment(row["valid_until"])


def _moment(text: str) -> str:
    try:
        return format_time(parse_time(text if "T" in text else f"{text}T00:00:00Z"))
    except ValueError as error:
        raise RowError(f"valid_until must be a day such as 2026-12-31: {error}") from error


def _terms(row: Mapping[str, str], nexus: str) -> dict[str, object]:
    terms: dict[str, object] = {"extension_type": "property-extension", "threat_nexus": [nexus]}
    if row.get("residential", "").lower() in _YES:
        terms["infrastructure_class"] = "residential-proxy"
    return terms


def _constant(kind: str, value: str) -> str:
    if kind == _NUMBER:
        number = value.upper().removeprefix("AS")
        if not number.isdecimal():
            raise RowError("A number of a network is written 64496 or AS64496.")
        return number
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
