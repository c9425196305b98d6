"""What was pulled: each collection's objects, how far pulling has come, and what is one's own.

Promises: a page and the position after it are stored in one transaction, so that an interruption
anywhere neither loses nor repeats; the newest version of an object stands, and nothing else of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from labkit.database import Database
from labkit.feed_tokens import tokens_of
from labkit.trouble import TroubleError


EXERCISE = "marking-definition--5a3f2f64-6a0e-4c6e-8a35-5d1c9c0e7b11"
"""On everything that is invented."""
_VERSION = 2
_SCHEMA = """
CREATE TABLE collection (
    id TEXT PRIMARY KEY, alias TEXT NOT NULL, added_after TEXT NOT NULL, pulled_at TEXT NOT NULL
);
CREATE TABLE object (
    row INTEGER PRIMARY KEY, collection TEXT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL,
    body TEXT NOT NULL, exercise INTEGER NOT NULL, withdrawn INTEGER NOT NULL DEFAULT 0,
    stood TEXT NOT NULL DEFAULT '', UNIQUE (collection, id)
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
_FROM_1_TO_2 = "ALTER TABLE object ADD COLUMN stood TEXT NOT NULL DEFAULT ''"
WITHDRAWN = "-withdrawn"
"""Ends the alias of the collection that names what was taken back from another."""
_REMEDY = (
    "labkit pull --afresh makes it anew; which submissions were pushed from here is then forgotten."
)


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
            TroubleError: it is of a newer labkit; and, as all below, labkit.database's.
        """
        self._db = Database(path, remedy=_REMEDY)
        try:
            self._make(path)
        except BaseException:
            self.close()
            raise

    def _make(self, path: Path) -> None:
        with self._db.transaction():
            [version] = self._db.row("PRAGMA user_version")
            if version == 0:
                self._db.run_all(_SCHEMA)
            elif version == 1:
                self._db.run(_FROM_1_TO_2)
            if version < _VERSION:
                self._db.run(f"PRAGMA user_version = {_VERSION}")
        if version > _VERSION:
            raise TroubleError(f"{path} was written by a newer labkit: install that version.")

    def close(self) -> None:
        self._db.close()

    def check(self) -> None:
        """Raises DamagedError if anything in the file is not as it should be."""
        self._db.check()

    # --- pulling ---------------------------------------------------------------------------------

    def position(self, collection: str) -> str:
        """`added_after` to go on from; empty for the beginning."""
        row = self._db.row("SELECT added_after FROM collection WHERE id = ?", collection)
        return str(row[0]) if row else ""

    def take(
        self,
        collection: str,
        alias: str,
        objects: Sequence[Mapping[str, Any]],
        *,
        added_last: str,
        now: str,
        added: Mapping[str, str] = MappingProxyType({}),
    ) -> int:
        """Store a page and go on from its end; how many objects of it are new or changed.

        Args:
            added_last: when the last of these objects was added, as the hub says.
            added: when each was, by id, where that is known; wanted of what was withdrawn.
        """
        with self._db.transaction():
            changed = sum(self._put(collection, each, added_last) for each in objects)
            if alias.endswith(WITHDRAWN):
                dated = [(each, added.get(str(each["id"]), added_last)) for each in objects]
                self._heed(alias.removesuffix(WITHDRAWN), dated)
            # The larger one: of two pulls at once, the slower must not turn the position back.
            self._db.run(
                "INSERT INTO collection VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
                "alias = excluded.alias, pulled_at = excluded.pulled_at, "
                "added_after = max(added_after, excluded.added_after)",
                collection,
                alias,
                added_last,
                now,
            )
        return changed

    def forget(self, collection: str) -> None:
        """Drop what was pulled of a collection, so that it is pulled from the beginning."""
        with self._db.transaction():
            for table in ("token", "spoken"):
                self._db.run(
                    f"DELETE FROM {table} WHERE object IN "  # noqa: S608  one of our two tables
                    "(SELECT row FROM object WHERE collection = ?)",
                    collection,
                )
            self._db.run("DELETE FROM object WHERE collection = ?", collection)
            self._db.run("DELETE FROM collection WHERE id = ?", collection)

    def _put(self, collection: str, body: Mapping[str, Any], stood: str) -> bool:
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        stix_id = str(body["id"])
        before = self._db.row(
            "SELECT row, body, withdrawn FROM object WHERE collection = ? AND id = ?",
            collection,
            stix_id,
        )
        if before is None:
            row = self._db.run(
                "INSERT INTO object (collection, id, type, body, exercise, stood) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                collection,
                stix_id,
                str(body["type"]),
                text,
                _is_exercise(body),
                stood,
            )
            assert row is not None
        else:
            row = before[0]
            # What is served stands: a withdrawal that was heard of before is over.
            self._db.run(
                "UPDATE object SET body = ?, withdrawn = 0, stood = max(stood, ?) WHERE row = ?",
                text,
                stood,
                row,
            )
            if before[1:] == (text, 0):
                return False
        self._index(row, body)
        return True

    def _index(self, row: int, body: Mapping[str, Any]) -> None:
        self._db.run("DELETE FROM spoken WHERE object = ?", row)
        if body.get("revoked"):
            return  # its tokens stay: a bare token that it spoke of shall not count instead of it
        self._db.run("DELETE FROM token WHERE object = ?", row)
        found = tokens_of(body)
        if found is None:
            return
        self._db.run_for_each(
            "INSERT OR IGNORE INTO token VALUES (?, ?)", [(each, row) for each in found.values]
        )
        self._db.run_for_each(
            "INSERT INTO spoken VALUES (?, ?, ?)",
            [(row, kind, epoch) for kind in found.kinds for epoch in found.epochs],
        )

    def _heed(self, alias: str, notes: Iterable[tuple[Mapping[str, Any], str]]) -> None:
        """Observables cannot be revoked, so those that were taken back are named beside.

        A note may be read after its object came anew, and then says nothing any more. `stood` is
        when the last object of its page was added: what was taken back before was not in that page,
        or had come anew.
        """
        for note, date in notes:
            for stix_id in note.get("object_refs", ()):
                self._db.run(
                    "UPDATE object SET withdrawn = 1 WHERE id = ? AND stood <= ? AND collection IN "
                    "(SELECT id FROM collection WHERE alias IN (?, ?))",
                    str(stix_id),
                    date,
                    alias,
                    f"{alias}-tokens",
                )

    # --- reading ---------------------------------------------------------------------------------

    def pulled(self) -> Mapping[str, str]:
        """When each collection was pulled last, by alias."""
        return dict(self._db.rows("SELECT alias, pulled_at FROM collection ORDER BY alias"))

    def objects(self) -> Iterator[Stored]:
        """Every object that stands, by collection and in order of arrival."""
        rows = self._db.stream(f"{_STORED} WHERE NOT object.withdrawn ORDER BY alias, row")
        yield from map(self._stored, rows)

    def spoken(self, *, exercise: bool) -> list[tuple[str, str]]:
        """Each kind and epoch that a token on the feed has, of exercises too or not."""
        return self._db.rows(
            "SELECT DISTINCT kind, epoch FROM spoken JOIN object ON object.row = spoken.object "
            "WHERE NOT withdrawn AND exercise <= ? ORDER BY kind, epoch",
            exercise,
        )

    def speaking_of(
        self, values: Iterable[str], *, exercise: bool = False
    ) -> dict[str, list[Stored]]:
        """The objects that speak of each of these tokens; tokens that none speaks of are left out.

        Args:
            exercise: take what is invented too.
        """
        found: dict[str, list[Stored]] = {}
        for row in self._db.rows_with(_SPEAKING, dict.fromkeys(values), exercise):
            found.setdefault(row[-1], []).append(self._stored(row))
        return found

    def noted(self, label: str) -> frozenset[str]:
        """The objects to which a standing note with this label refers."""
        rows = self._db.rows(
            "SELECT body FROM object WHERE type = 'note' AND NOT withdrawn AND body LIKE ?",
            f'%"{label}"%',
        )
        bodies = [json.loads(row[0]) for row in rows]
        return frozenset(
            ref
            for body in bodies
            if not body.get("revoked") and label in body.get("labels", ())
            for ref in body.get("object_refs", ())
        )

    def _stored(self, row: Sequence[Any]) -> Stored:
        try:
            body = json.loads(row[2])
        except (TypeError, ValueError) as error:
            raise self._db.damaged(error) from error
        return Stored(row[0], row[1], body, bool(row[3]), bool(row[4]))

    # --- what is one's own -----------------------------------------------------------------------

    def note_push(
        self, submission: str, collection: str, *, status: str, open_: bool, now: str
    ) -> None:
        """Remember a submission and its latest status, so that it can be asked for again."""
        self._db.run(
            "INSERT INTO push VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
            "status = excluded.status, open = excluded.open",
            submission,
            collection,
            now,
            status,
            open_,
        )

    def note_own(self, published: Mapping[str, str]) -> None:
        """Remember which Forum ids one's own objects were published as: own id by Forum id."""
        with self._db.transaction():
            self._db.run_for_each("INSERT OR REPLACE INTO own VALUES (?, ?)", published.items())

    def pushes(self, *, open_only: bool) -> list[tuple[str, str, str]]:
        """Submission, collection and last status as JSON, oldest first."""
        return self._db.rows(
            "SELECT id, collection, status FROM push WHERE open >= ? ORDER BY rowid", open_only
        )


_FROM = "JOIN collection ON collection.id = object.collection"
_COLUMNS = """object.row, collection.alias, object.body, object.withdrawn,
    EXISTS (SELECT 1 FROM own WHERE own.id = object.id)"""
_STORED = f"SELECT {_COLUMNS} FROM object {_FROM}"  # noqa: S608  our own words
_SPEAKING = (
    f"SELECT {_COLUMNS}, token.value FROM token "  # noqa: S608  our own words
    f"JOIN object ON object.row = token.object {_FROM} "
    "WHERE exercise <= ? AND token.value IN ({}) ORDER BY object.row"
)


def _is_exercise(body: Mapping[str, Any]) -> bool:
    return EXERCISE in body.get("object_marking_refs", ())
