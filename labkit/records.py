"""A lab's own records, read one after the other from CSV or from lines.

Promises: nothing but the row at hand is in memory; a byte that is no UTF-8 spoils its own value
alone. Refuses a table without the columns that were named, or with two of a name, and stops at the
first row that is no CSV: what a quotation mark that never closes would swallow is not lost unsaid.
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TextIO

from labkit.trouble import TroubleError
from labkit.values import NAMES


ENCODING = "utf-8-sig"
ERRORS = "surrogateescape"
"""How files are opened: what is no UTF-8 becomes a character that no normal form has."""
LONGEST_CELL = 2**24
"""Characters. csv's own limit, 131,072, is less than free text may have; without one, a quotation
mark that never closes would be read into memory up to the end of the table."""
TOO_SHORT = "The row has too few cells: the value or the record's key is missing. Complete it."


class Record(NamedTuple):
    """One row."""

    key: str
    """By which the lab finds it again."""
    row: int
    """The first is 1; a header is not counted."""
    values: Sequence[tuple[str, str]]
    """What each value is said to be (labkit.values.NAMES), and the raw value."""
    unread: Sequence[str] = ()
    """Of each value that is not even there, why."""


def from_lines(lines: Iterable[str], *, name: str) -> Iterator[Record]:
    """A value in each line; its key is its number. Empty lines are skipped."""
    for row, line in enumerate(lines, 1):
        value = line.strip()
        if value:
            yield Record(str(row), row, [(name, value)])


def from_csv(
    file: TextIO, *, columns: Sequence[tuple[str, str]], key: str | None, delimiter: str = ","
) -> Iterator[Record]:
    """Rows of a table with a header.

    Args:
        columns: what a column holds, and its name in the header.
        key: the column with the lab's own record key; None takes the row's number.

    Raises:
        TroubleError: a column is missing or there are two of its name, or a row is no CSV, or has
            a cell of more than LONGEST_CELL characters.
    """
    rows = _rows(file, delimiter)
    header = [each.strip() for each in next(rows, [])]
    places = [(name, _place(header, title)) for name, title in columns]
    key_place = None if key is None else _place(header, key)
    for row, cells in enumerate(filter(None, rows), 1):
        yield _record(cells, row, places, key_place)


def _rows(file: TextIO, delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(LONGEST_CELL)  # of the whole process, which reads no other CSV
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    while True:
        begun = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # Not passed over: where its last cell ends nobody knows, nor which rows are in it.
            raise TroubleError(
                f"The row that begins in line {begun} of the table is no CSV: {error}. A quotation "
                "mark that opens a cell has to close it, and within such a cell one is written as "
                "two. Correct that row, and run the same command again."
            ) from error
        yield cells


def _record(
    cells: Sequence[str], row: int, places: Sequence[tuple[str, int]], key_place: int | None
) -> Record:
    there = [(name, cells[place]) for name, place in places if place < len(cells)]
    if key_place is not None and key_place >= len(cells):
        # Its number instead could be another record's key.
        return Record(str(row), row, [], (TOO_SHORT,) * len(places))
    key = str(row) if key_place is None else cells[key_place]
    values = [(name, value) for name, value in there if value.strip()]
    return Record(key, row, values, (TOO_SHORT,) * (len(places) - len(there)))


def column(spelled: str) -> tuple[str, str]:
    """What a column holds, and its name, from `email=mail_address` or just `email`.

    Raises:
        TroubleError: no such thing can be looked for.
    """
    name, equals, title = spelled.partition("=")
    if name not in NAMES:
        raise TroubleError(f"--column {spelled}: {_unknown(name)}")
    return name, title if equals and title else name


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, NAMES, n=1)
    hint = f"did you mean {near[0]}?" if near else f"write one of {', '.join(NAMES)}."
    return f"{name!r} is no kind of value; {hint}"


def _place(header: Sequence[str], title: str) -> int:
    if header.count(title) > 1:
        raise TroubleError(
            f"The table has {header.count(title)} columns {title!r}: give each a name of its own."
        )
    if title in header:
        return header.index(title)
    found = ", ".join(header) or "no header at all"
    raise TroubleError(f"The table has no column {title!r}. Its first line has: {found}.")


def refusals(unread: Mapping[str, tuple[int, int]]) -> Iterator[str]:
    """A line for each reason why values could not be read: how many, and the first row."""
    for reason, (count, row) in unread.items():
        values = "1 value was" if count == 1 else f"{count:,} values were"
        yield f"{values} left out, first in row {row:,}: {reason}"
