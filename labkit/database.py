"""One SQLite file of the state folder, and what SQLite's errors mean for whoever typed the command.

Promises: the owner's alone; every error of SQLite leaves here as trouble that names the file. A
file that is damaged is told apart from one that only cannot be used now, because the disk is full
or another process holds it: what is damaged can be removed, the other must not be.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from labkit.trouble import TroubleError


_MANY = 500
"""Parameters of one statement; SQLite's own limit is higher, in old versions 999."""
_NOT_ITS_FAULT = frozenset(
    {
        sqlite3.SQLITE_AUTH,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
    }
)
"""Result codes that say nothing against the file (sqlite.org/rescode.html)."""


class DamagedError(TroubleError):
    """A file of the state folder is no whole database any more."""


class Database:
    """An open file, which is made if need be.

    Args:
        remedy: a sentence that says what to do if the file is damaged.

    Raises:
        DamagedError: here and from every method, the file cannot be understood.
        TroubleError: as above, it cannot be used now.
    """

    def __init__(self, path: Path, *, remedy: str) -> None:
        self._path = path
        self._remedy = remedy
        with self._translated():
            self._db = sqlite3.connect(path, timeout=60, isolation_level=None)
        try:
            self.run("PRAGMA journal_mode = WAL")
            path.chmod(0o600)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._db.close()

    def run(self, statement: str, *parameters: object) -> int | None:
        """Execute a statement that has no rows; the number of the row that it inserted, if any."""
        with self._translated():
            return self._db.execute(statement, parameters).lastrowid

    def run_for_each(self, statement: str, parameters: Iterable[Sequence[object]]) -> None:
        with self._translated():
            self._db.executemany(statement, parameters)

    def run_all(self, statements: str) -> None:
        """Execute statements that end with a semicolon and the line."""
        for statement in statements.split(";\n"):
            self.run(statement)

    def rows(self, statement: str, *parameters: object) -> list[Any]:
        with self._translated():
            return self._db.execute(statement, parameters).fetchall()

    def row(self, statement: str, *parameters: object) -> Any:
        """The first row; None if there is none."""
        return next(iter(self.rows(statement, *parameters)), None)

    def stream(self, statement: str, *parameters: object) -> Iterator[Any]:
        """The rows one by one, however many there are."""
        with self._translated():
            # Not `yield from`: it would close the cursor, perhaps after the file has been closed.
            for row in self._db.execute(statement, parameters):  # noqa: UP028  as above
                yield row

    def rows_with(self, statement: str, values: Iterable[object], *first: object) -> Iterator[Any]:
        """The rows for any number of values, asked for in groups that a statement can take.

        Args:
            statement: {} in it stands for the values.
            first: parameters that come before them.
        """
        following = iter(values)
        while group := list(islice(following, _MANY)):
            marks = ",".join("?" * len(group))
            yield from self.rows(statement.format(marks), *first, *group)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is done within, or nothing of it."""
        self.run("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self._db.in_transaction:  # after some errors SQLite has already rolled back
                self.run("ROLLBACK")
            raise
        self.run("COMMIT")

    def check(self) -> None:
        """Look at every page; raises DamagedError if one is not what it should be."""
        found = [str(row[0]) for row in self.rows("PRAGMA quick_check(1)")]
        if found != ["ok"]:
            raise self.damaged(", ".join(found).replace("\n", " "))

    def damaged(self, what: object) -> DamagedError:
        """The error for whoever finds that something in the file cannot be."""
        return DamagedError(f"{self._path} is damaged ({what}). {self._remedy}")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.ProgrammingError:
            raise  # used wrongly: a fault of ours
        except sqlite3.DatabaseError as error:
            # Without a code it is Python that could not read what SQLite gave it.
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
            if code not in _NOT_ITS_FAULT:
                raise self.damaged(error) from error
            raise TroubleError(
                f"{self._path} cannot be used now ({error}): check the disk, the rights on the "
                "file, and whether another labkit is at work."
            ) from error


def remove(path: Path) -> None:
    """Remove a database with what SQLite keeps beside it."""
    for each in path.parent.glob(f"{path.name}*"):
        each.unlink(missing_ok=True)
