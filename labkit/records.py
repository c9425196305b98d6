"""A lab's own records, read one after the other from CSV or from lines.

Promises: nothing but the row at hand is in memory; a byte that is no UTF-8 spoils its own value
alone. Refuses a table without the columns that were named.
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


class Record(NamedTuple):
    """One row."""

    key: str
    """By which the lab finds it again."""
    row: int
    """The first is 1; a header is not counted."""
    values: Sequence[tuple[str, str]]
    """What each value is said to be (labkit.values.NAMES), and the raw value."""


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
        TroubleError: a column is missing, or the table is no CSV.
    """
    reader = csv.reader(file, delimiter=delimiter)
    try:
        header = [each.strip() for each in next(reader, [])]
        places = [(name, _place(header, column)) for name, column in columns]
        key_place = None if key is None else _place(header, key)
        for row, cells in enumerate((each for each in reader if each), 1):
            values = [
                (name, cells[place])
                for name, place in places
                if place < len(cells) and cells[place].strip()
            ]
            known = key_place is not None and key_place < len(cells)
            yield Record(cells[key_place] if known else str(row), row, values)  # type: ignore[index]  # known says that it is a place
    except csv.Error as error:
        raise TroubleError(f"Line {reader.line_num} of the table is no CSV: {error}.") from error


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
    if title in header:
        return header.index(title)
    found = ", ".join(header) or "no header at all"
    raise TroubleError(f"The table has no column {title!r}. Its first line has: {found}.")


def refusals(unread: Mapping[str, tuple[int, int]]) -> Iterator[str]:
    """A line for each reason why values could not be read: how many, and the first row."""
    for reason, (count, row) in unread.items():
        values = "1 value was" if count == 1 else f"{count:,} values were"
        yield f"{values} left out, first in row {row:,}: {reason}"
