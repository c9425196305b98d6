"""What was given, line by line, beside what would leave of it: the preview at a glance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from indicators.pipeline.preview import Fate, Previewed, Property
from indicators.portal.sheet import Row
from indicators.portal.submit_draft import Draft
from indicators.ui.defang import defanged, excerpt


_PLACES: Mapping[str, str] = {
    "value": "pattern",
    "description": "description",
    "confidence": "confidence",
    "residential": "extensions.share-governance.infrastructure_class",
    "valid_until": "valid_until",
}
"""Where the account of an object speaks of a column."""
_NOTHING = frozenset({Fate.DROPPED, Fate.REMOVED, Fate.WITHHELD})
_UNREAD = "No indicator has a place for it: it is not even sent."


@dataclass(frozen=True, slots=True)
class Cell:
    """One thing that was given, and what would leave of it."""

    before: str
    fate: str = ""
    """Empty where nothing is said of it."""
    after: str = ""
    """What leaves in its place; empty for what stays as it is."""
    why: str = ""

    @property
    def is_gone(self) -> bool:
        """Nothing of it leaves."""
        return self.fate in _NOTHING


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table; `previewed` is None for what could not be read."""

    number: int
    cells: Sequence[Cell]
    previewed: Previewed | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """All of it."""

    counted: str
    """What the numbers count."""
    columns: Sequence[str]
    lines: Sequence[Line]


def table(draft: Draft, previewed: Sequence[Previewed]) -> Table:
    """Each line of a sheet, or each object of STIX."""
    if draft.sheet is None:
        pairs = zip(draft.objects, previewed, strict=True)
        lines = [Line(each.ordinal + 1, _of_object(body, each), each) for body, each in pairs]
        return Table("Object", ["type", "what it says"], lines)
    columns = [each for each in draft.sheet.columns if each]
    return Table("Line", columns, list(_of_rows(draft.sheet.rows, columns, previewed)))


def _of_rows(
    rows: Sequence[Row], columns: Sequence[str], previewed: Sequence[Previewed]
) -> Iterator[Line]:
    following = iter(previewed)
    for row in rows:
        each = next(following) if row.made is not None else None
        cells = [_cell(name, row.cells.get(name, ""), each) for name in columns]
        yield Line(row.line, cells, each, row.error)


def _cell(column: str, text: str, each: Previewed | None) -> Cell:
    if not text or each is None or column == "kind":
        return Cell(defanged(text))
    if column not in _PLACES:
        return Cell(defanged(text), Fate.DROPPED, why=_UNREAD)
    found = [one for one in each.properties if one.name == _PLACES[column]]
    return _told(defanged(text), found[0]) if found else Cell(defanged(text))


def _of_object(body: Mapping[str, Any], each: Previewed) -> list[Cell]:
    said = excerpt(body)
    told = {one.name: one for one in each.properties}
    telling = next((told[name] for name in ("pattern", "value", "number") if name in told), None)
    return [Cell(each.type), _told(said, telling) if telling else Cell(said)]


def _told(before: str, found: Property) -> Cell:
    if found.fate == Fate.TOKENISED:
        return Cell(before, found.fate, "a token", found.why)
    changed = found.fate not in {Fate.KEPT, *_NOTHING}
    return Cell(before, found.fate, _short(found.after) if changed else "", found.why)


def _short(value: object) -> str:
    return excerpt({"value": value})
