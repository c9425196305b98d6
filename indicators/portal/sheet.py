"""Rows of a spreadsheet as STIX indicators, for those who have a list and no tool.

One row is one indicator: `kind,value` and, if wanted, `description`, `confidence`, `residential`
and `valid_until`. The first line names the columns, in any order; a column of another name is left
out whole. Nothing is guessed: a row that cannot be read is told with its number, and the others go
on.
"""

from __future__ import annotations

import csv
import io
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from indicators.domain.stix.extensions import BY_NAME
from indicators.domain.stix.times import format_time, parse_time
from indicators.ui.defang import refanged


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
_NEEDED = frozenset({"kind", "value"})
_NUMBER = "asn"
_AS_NUMBER = re.compile(r"(?:AS)?([0-9]{1,10})", re.IGNORECASE)
_CONFIDENCE = re.compile(r"[0-9]{1,2}|100")
_YES = frozenset({"yes", "y", "true", "1"})
_NO = frozenset({"no", "n", "false", "0"})


class RowError(ValueError):
    """A row that says nothing that can be sent; the message says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line as it was given, and the object that it makes or what is wrong with it."""

    line: int
    """From one, as a spreadsheet counts them."""
    cells: Mapping[str, str]
    made: Mapping[str, Any] | None = None
    error: str = ""


@dataclass(slots=True)
class Sheet:
    """What could be read of a list, and what could not."""

    columns: Sequence[str] = ()
    rows: list[Row] = field(default_factory=list)
    error: str = ""
    """Why nothing, or nothing more, was read."""

    @property
    def objects(self) -> list[Mapping[str, Any]]:
        return [each.made for each in self.rows if each.made is not None]

    @property
    def unread(self) -> list[str]:
        """Columns of which nothing is sent."""
        return [each for each in self.columns if each and each not in COLUMNS]


def written(cells: Mapping[str, str]) -> str:
    """One row, with the line that names its columns: what a form says, as a sheet."""
    text = io.StringIO()
    csv.writer(text).writerows([cells.keys(), cells.values()])
    return text.getvalue()


def read_sheet(text: str, *, nexus: str, now: datetime) -> Sheet:
    """Read comma- or tab-separated rows; `nexus` is what makes them a threat."""
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter="\t" if "\t" in first else ",")
    try:
        sheet = Sheet([each.strip().lower() for each in next(reader, [])])
        _read(sheet, reader, nexus=nexus, now=now)
    except csv.Error as error:
        return Sheet(error=f"Not readable as rows, line {reader.line_num}: {error}.")
    return sheet


def _read(sheet: Sheet, reader: Any, *, nexus: str, now: datetime) -> None:
    named = [each for each in sheet.columns if each]
    if not set(named) >= _NEEDED or len(set(named)) < len(named):
        sheet.error = (
            "The first line names the columns, each once; kind and value must be among them. "
            f"The others that are read: {', '.join(COLUMNS[2:])}."
        )
        return
    for line, cells in _lines(sheet, reader):
        if len(sheet.rows) == MOST:
            sheet.error = f"More than {MOST} rows: send them in parts, or by labkit."
            return
        sheet.rows.append(_row(line, cells, nexus=nexus, now=now))


def _lines(sheet: Sheet, reader: Any) -> Iterator[tuple[int, dict[str, str]]]:
    for cells in reader:
        if any(each.strip() for each in cells):
            named = zip(sheet.columns, map(str.strip, cells), strict=False)
            yield reader.line_num, {name: cell for name, cell in named if name and cell}


def _row(line: int, cells: Mapping[str, str], *, nexus: str, now: datetime) -> Row:
    try:
        return Row(line, cells, _indicator(cells, nexus=nexus, now=now))
    except RowError as error:
        return Row(line, cells, error=str(error))


def _indicator(row: Mapping[str, str], *, nexus: str, now: datetime) -> dict[str, Any]:
    kind, value = row.get("kind", "").lower(), refanged(row.get("value", ""))
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
        if not _CONFIDENCE.fullmatch(row["confidence"]):
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
    said = row.get("residential", "no").lower()
    if said not in _YES | _NO:
        raise RowError("residential is yes or no.")  # a household must not leave in clear by a typo
    if said in _YES:
        terms["infrastructure_class"] = "residential-proxy"
    return terms


def _constant(kind: str, value: str) -> str:
    if kind == _NUMBER:
        number = _AS_NUMBER.fullmatch(value)
        if not number:
            raise RowError("A number of a network is written 64496 or AS64496.")
        return number[1]
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
