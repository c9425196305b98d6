"""The options by which tokenise and match are told where a lab's values are."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import Any, TextIO

import click

from labkit.records import ENCODING, ERRORS, Record, column, from_csv, from_lines
from labkit.trouble import TroubleError
from labkit.values import NAMES, Reader


MOST_JOBS = 16
_NO_DELIMITER = '"\r\n'
_GOOD_JOBS = 4
"""A hub works on so many requests of one member at a time."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the values are and how they are written."""

    file: str
    """Path, or - for standard input."""
    columns: Sequence[tuple[str, str]]
    key: str | None
    kind: str | None
    delimiter: str

    @contextmanager
    def records(self) -> Iterator[tuple[Iterator[Record], Callable[[], int]]]:
        """The records, and how many bytes of the file have been read so far."""
        with self._opened() as file:
            raw = file.buffer
            yield self._read(file), (raw.tell if raw.seekable() else lambda: 0)

    @property
    def size(self) -> int | None:
        """Bytes, if that is known."""
        return Path(self.file).stat().st_size if self.file != "-" else None

    @contextmanager
    def _opened(self) -> Iterator[TextIO]:
        if self.file == "-":
            descriptor: int | str = os.dup(sys.stdin.fileno())
        else:
            descriptor = self.file
        try:
            with open(descriptor, encoding=ENCODING, errors=ERRORS, newline="") as file:  # noqa: PTH123  a descriptor, too
                yield file
        except OSError as error:
            raise TroubleError(f"{self.file} cannot be read: {error}") from error

    def _read(self, file: TextIO) -> Iterator[Record]:
        if self.columns:
            return from_csv(file, columns=self.columns, key=self.key, delimiter=self.delimiter)
        assert self.kind is not None
        return from_lines(file, name=self.kind)


@dataclass(frozen=True, slots=True)
class Given:
    """What the options say."""

    file: str
    columns: Sequence[str]
    key: str | None
    kind: str | None
    delimiter: str
    region: str | None
    provider: str | None
    jobs: int

    def reader(self, kinds: Iterable[str], *, prefixes: bool = True) -> Reader:
        """How raw values become identifiers of these kinds."""
        return Reader(frozenset(kinds), self.region, self.provider, prefixes=prefixes)

    def source(self) -> Source:
        """Where the values are.

        Raises:
            TroubleError: the options name no source, or two.
        """
        if bool(self.columns) == bool(self.kind):
            raise TroubleError(
                "Say what the values are: --column email=COLUMN for a table with a header, or "
                "--kind email for a value in each line."
            )
        if self.key and not self.columns:
            raise TroubleError("--id names a column; without --column the line is the key.")
        if self.file == "-" and sys.stdin.isatty():
            raise TroubleError("Name a file, or send the values to standard input.")
        delimiter = "\t" if self.delimiter == "\\t" else self.delimiter
        if len(delimiter) != 1 or delimiter in _NO_DELIMITER:
            raise TroubleError(
                "--delimiter is one character, and not what quotes a cell or ends a row; \\t for a "
                "tab."
            )
        return Source(self.file, list(map(column, self.columns)), self.key, self.kind, delimiter)


def input_options(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command the options of `Given`, as one argument `given`."""

    @wraps(command)
    def gathered(*arguments: Any, **options: Any) -> int:
        given = Given(**{each.name: options.pop(each.name) for each in fields(Given)})
        return command(*arguments, given, **options)

    for option in reversed(_OPTIONS):
        gathered = option(gathered)
    return gathered


_OPTIONS = (
    click.argument(
        "file", default="-", type=click.Path(exists=True, dir_okay=False, allow_dash=True)
    ),
    click.option(
        "--column",
        "columns",
        multiple=True,
        metavar="KIND=COLUMN",
        help="A column of a table with a header, and what it holds; may be repeated.",
    ),
    click.option("--id", "key", metavar="COLUMN", help="The column with your own record key."),
    click.option(
        "--kind", type=click.Choice(NAMES), help="What each line holds, if it is no table."
    ),
    click.option("--delimiter", default=",", show_default=True, help="Between cells; \\t for tab."),
    click.option("--region", help="Country of telephone numbers that do not say it, such as US."),
    click.option("--provider", help="Provider of account handles that do not say it."),
    click.option(
        "--jobs",
        type=click.IntRange(1, MOST_JOBS),
        default=min(os.cpu_count() or 1, _GOOD_JOBS),
        show_default="processors, at most 4",
        help="Processes that blind and verify.",
    ),
)


def jsonl_key(key: str) -> str:
    """A record key as it can be printed: bytes that were no UTF-8 appear as escapes."""
    return key.encode("utf-8", ERRORS).decode("utf-8", "backslashreplace")
