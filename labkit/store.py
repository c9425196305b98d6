"""What was pulled: each collection's objects, how far pulling has come, and what is one's own.

Promises: a page and the position after it are stored in one transaction, so that an interruption
anywhere neither loses nor repeats; the newest version of an object stands, and nothing else of it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labkit.feed_tokens import tokens_of
from labkit.trouble import TroubleError


EXERCISE = "marking-definition--5a3f2f64-6a0e-4c6e-8a35-5d1c9c0e7b11"
"""On everything that is invented."""
_VERSION = 1
_SCHEMA = """
CREATE TABLE collection (
    id TEXT PRIMARY KEY, alias TEXT NOT NULL, added_after TEXT NOT NULL, pulled_at TEXT NOT NULL
);
CREATE TABLE object (
    row INTEGER PRIMARY KEY, collection TEXT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL,
    body TEXT NOT NULL, exercise INTEGER NOT NULL, withdrawn INTEGER NOT NULL DEFAULT 0,
    UNIQUE (collection, id)
);
CREATE INDEX object_id ON object (id);
CREATE TABLE token (value TEXT NOT NULL, object INTEGER NOT NULL, PRIMARY KEY (value, object))
    WITHOUT ROWID;
CREATE INDEX token_object ON token (object);
CREATE TABLE spoken (object INTEGER NOT NULL, kind TEXT NOT NULL, epoch TEXT NOT NULL,
    PRIMARY KEY (object, kind, epoch)) WITHOUT ROWID;
CREATE TABLE push (
    id TEXT PRIMARY KEY, collection TEXT NOT NULL, pushed_at TEXT NOT NULL, status TEXT NOT NULL,
    open INTEGER NOT NULL
);
CREATE TABLE own (id TEXT PRIMARY KEY, original_id TEXT NOT NULL) WITHOUT ROWID;
"""
_WITHDRAWN = "-withdrawn"
_MANY = 500
"""Parameters of one statement; SQLite's own limit is higher, in old versions 999."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An object as it stands on the feed."""

    row: int
    collection: str
    """Its alias."""
    body: Mapping[str, Any]
    withdrawn: bool
    own: bool
    """This lab contributed to it."""


class Store:
    """One SQLite file; may be open in several processes."""

    def __init__(self, path: Path) -> None:
        """Open or make it.

        Raises:
            TroubleError: it is broken, or of a newer labkit.
        """
        try:
            self._db = sqlite3.connect(path, timeout=60, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._make(path)
        except sqlite3.Error as error:
            raise TroubleError(
                f"{path} cannot be used ({error}). It holds copies only: remove it and pull again."
            ) from error

    def _make(self, path: Path) -> None:
        with self._transaction():
            [version] = self._db.execute("PRAGMA user_version").fetchone()
            if version == 0:
                path.chmod(0o600)
                for statement in _SCHEMA.split(";\n"):
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version = {_VERSION}")
        if version > _VERSION:
            raise TroubleError(f"{path} was written by a newer labkit: install that version.")

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    # --- pulling ---------------------------------------------------------------------------------

    def position(self, collection: str) -> str:
        """`added_after` to go on from; empty for the beginning."""
        row = self._row("SELECT added_after FROM collection WHERE id = ?", collection)
        return str(row[0]) if row else ""

    def take(
        self,
        collection: str,
        alias: str,
        objects: Sequence[Mapping[str, Any]],
        *,
        added_last: str,
        now: str,
    ) -> int:
        """Store a page and go on from its end; how many objects of it are new or changed."""
        with self._transaction() as db:
            changed = sum(self._put(collection, each) for each in objects)
            if alias.endswith(_WITHDRAWN):
                self._heed(alias.removesuffix(_WITHDRAWN), objects)
            # The larger one: of two pulls at once, the slower must not turn the position back.
            db.execute(
                "INSERT INTO collection VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
                "alias = excluded.alias, pulled_at = excluded.pulled_at, "
                "added_after = max(added_after, excluded.added_after)",
                (collection, alias, added_last, now),
            )
        return changed

    def forget(self, collection: str) -> None:
        """Drop what was pulled of a collection, so that it is pulled from the beginning."""
        with self._transaction() as db:
            for table in ("token", "spoken"):
                db.execute(
                    f"DELETE FROM {table} WHERE object IN "  # noqa: S608  one of our two tables
                    "(SELECT row FROM object WHERE collection = ?)",
                    (collection,),
                )
            db.execute("DELETE FROM object WHERE collection = ?", (collection,))
            db.execute("DELETE FROM collection WHERE id = ?", (collection,))

    def _put(self, collection: str, body: Mapping[str, Any]) -> bool:
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        stix_id = str(body["id"])
        before = self._row(
            "SELECT row, body, withdrawn FROM object WHERE collection = ? AND id = ?",
            collection,
            stix_id,
        )
        if before is None:
            cursor = self._db.execute(
                "INSERT INTO object (collection, id, type, body, exercise) VALUES (?, ?, ?, ?, ?)",
                (collection, stix_id, str(body["type"]), text, _is_exercise(body)),
            )
            assert cursor.lastrowid is not None
            row = cursor.lastrowid
        else:
            row = before[0]
            if before[1:] == (text, 0):
                return False
            # What is served stands: a withdrawal that was heard of before is over.
            self._db.execute("UPDATE object SET body = ?, withdrawn = 0 WHERE row = ?", (text, row))
        self._index(row, body)
        return True

    def _index(self, row: int, body: Mapping[str, Any]) -> None:
        self._db.execute("DELETE FROM spoken WHERE object = ?", (row,))
        if body.get("revoked"):
            return  # its tokens stay: a bare token that it spoke of shall not count instead of it
        self._db.execute("DELETE FROM token WHERE object = ?", (row,))
        found = tokens_of(body)
        if found is None:
            return
        self._db.executemany(
            "INSERT OR IGNORE INTO token VALUES (?, ?)", [(each, row) for each in found.values]
        )
        self._db.executemany(
            "INSERT INTO spoken VALUES (?, ?, ?)",
            [(row, kind, epoch) for kind in found.kinds for epoch in found.epochs],
        )

    def _heed(self, alias: str, notes: Iterable[Mapping[str, Any]]) -> None:
        """Observables cannot be revoked, so those that were taken back are named beside."""
        for note in notes:
            for stix_id in note.get("object_refs", ()):
                self._db.execute(
                    "UPDATE object SET withdrawn = 1 WHERE id = ? AND collection IN "
                    "(SELECT id FROM collection WHERE alias IN (?, ?))",
                    (str(stix_id), alias, f"{alias}-tokens"),
                )

    # --- reading ---------------------------------------------------------------------------------

    def pulled(self) -> Mapping[str, str]:
        """When each collection was pulled last, by alias."""
        return dict(self._rows("SELECT alias, pulled_at FROM collection ORDER BY alias"))

    def objects(self) -> Iterator[Stored]:
        """Every object that stands, by collection and in order of arrival."""
        with closing(self._db.cursor()) as cursor:
            cursor.execute(f"{_STORED} WHERE NOT object.withdrawn ORDER BY alias, row")
            yield from map(_stored, cursor)

    def spoken(self, *, exercise: bool) -> list[tuple[str, str]]:
        """Each kind and epoch that a token on the feed has, of exercises too or not."""
        return list(
            self._rows(
                "SELECT DISTINCT kind, epoch FROM spoken JOIN object ON object.row = spoken.object "
                "WHERE NOT withdrawn AND exercise <= ? ORDER BY kind, epoch",
                exercise,
            )
        )

    def speaking_of(
        self, values: Iterable[str], *, exercise: bool = False
    ) -> dict[str, list[Stored]]:
        """The objects that speak of each of these tokens; tokens that none speaks of are left out.

        Args:
            exercise: take what is invented too.
        """
        found: dict[str, list[Stored]] = {}
        for chunk in _chunked(dict.fromkeys(values)):
            rows = self._rows(
                f"{_SPEAKING} WHERE exercise <= ? AND token.value IN ({_marks(chunk)}) "
                "ORDER BY object.row",
                exercise,
                *chunk,
            )
            for row in rows:
                found.setdefault(row[-1], []).append(_stored(row))
        return found

    # --- what is one's own -----------------------------------------------------------------------

    def note_push(
        self, submission: str, collection: str, *, status: str, open_: bool, now: str
    ) -> None:
        """Remember a submission and its latest status, so that it can be asked for again."""
        with self._transaction() as db:
            db.execute(
                "INSERT INTO push VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
                "status = excluded.status, open = excluded.open",
                (submission, collection, now, status, open_),
            )

    def note_own(self, published: Mapping[str, str]) -> None:
        """Remember which Forum ids one's own objects were published as: own id by Forum id."""
        with self._transaction() as db:
            db.executemany("INSERT OR REPLACE INTO own VALUES (?, ?)", published.items())

    def pushes(self, *, open_only: bool) -> list[tuple[str, str, str]]:
        """Submission, collection and last status as JSON, oldest first."""
        return list(
            self._rows(
                "SELECT id, collection, status FROM push WHERE open >= ? ORDER BY rowid", open_only
            )
        )

    def _row(self, statement: str, *parameters: object) -> Any:
        return self._db.execute(statement, parameters).fetchone()

    def _rows(self, statement: str, *parameters: object) -> Iterator[Any]:
        yield from self._db.execute(statement, parameters).fetchall()


_FROM = "JOIN collection ON collection.id = object.collection"
_COLUMNS = """object.row, collection.alias, object.body, object.withdrawn,
    EXISTS (SELECT 1 FROM own WHERE own.id = object.id)"""
_STORED = f"SELECT {_COLUMNS} FROM object {_FROM}"  # noqa: S608  our own words
_SPEAKING = (
    f"SELECT {_COLUMNS}, token.value FROM token "  # noqa: S608  our own words
    f"JOIN object ON object.row = token.object {_FROM}"
)


def _stored(row: Sequence[Any]) -> Stored:
    return Stored(row[0], row[1], json.loads(row[2]), bool(row[3]), bool(row[4]))


def _is_exercise(body: Mapping[str, Any]) -> bool:
    return EXERCISE in body.get("object_marking_refs", ())


def _marks(chunk: Sequence[object]) -> str:
    return ",".join("?" * len(chunk))


def _chunked(values: Iterable[str]) -> Iterator[list[str]]:
    listed = list(values)
    for start in range(0, len(listed), _MANY):
        yield listed[start : start + _MANY]
