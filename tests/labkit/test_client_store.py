"""The store neither loses nor repeats, and forgets what was taken back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from labkit.store import EXERCISE, Store
from labkit.tokeniser import Token
from labkit.trouble import TroubleError
from tests.labkit.evaluator import observable


HERE = "c1"
VALUE = "A" * 43
TOKEN = Token("phone", "2026Q4", VALUE)
SIGN = {
    "type": "indicator",
    "id": "indicator--1",
    "pattern": f"[match-token:epoch = '2026Q4' AND match-token:kind = 'phone' AND "
    f"match-token:scheme = 'fs-voprf-r255-v1' AND match-token:value = '{VALUE}']",
}
FIRST, SECOND, THIRD, FOURTH = (f"2026-11-24T00:00:00.00000{at}Z" for at in (1, 2, 3, 4))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "feed.sqlite")
    yield made
    made.close()


def take(store: Store, *objects: dict[str, Any], last: str = FIRST, alias: str = "ring") -> int:
    return store.take(f"id of {alias}", alias, objects, added_last=last, now="today")


def withdrawn(store: Store) -> dict[str, bool]:
    found = store.speaking_of([VALUE, "B" * 43]).values()
    return {each.body["id"]: each.withdrawn for objects in found for each in objects}


def ids(store: Store) -> list[str]:
    return [each.body["id"] for each in store.objects()]


def test_a_page_that_breaks_leaves_neither_objects_nor_position(store: Store) -> None:
    take(store, {"type": "note", "id": "note--1"})
    with pytest.raises(KeyError):
        take(store, {"type": "note", "id": "note--2"}, {"type": "note"}, last=SECOND)
    assert (ids(store), store.position("id of ring")) == (["note--1"], FIRST)
    take(store, {"type": "note", "id": "note--2"}, last=SECOND)
    assert (ids(store), store.position("id of ring")) == (["note--1", "note--2"], SECOND)


def test_a_page_that_comes_again_changes_nothing(store: Store) -> None:
    assert take(store, SIGN) == 1
    assert take(store, SIGN) == 0
    assert len(ids(store)) == 1


def test_an_older_page_does_not_turn_the_position_back(store: Store) -> None:
    take(store, SIGN, last=SECOND)
    take(store, SIGN, last=FIRST)
    take(store, last="")
    assert store.position("id of ring") == SECOND


def test_a_token_is_found_whatever_the_order_of_its_pattern(store: Store) -> None:
    take(store, SIGN, observable(TOKEN))
    assert store.spoken(exercise=False) == [("phone", "2026Q4")]
    found = store.speaking_of([VALUE, "B" * 43])
    assert [each.body["type"] for each in found[VALUE]] == ["indicator", "match-token"]
    assert set(found) == {VALUE}


def test_a_revoked_object_asks_for_no_more_evaluations(store: Store) -> None:
    take(store, SIGN)
    take(store, SIGN | {"revoked": True, "pattern": "[x:y = 1]"}, last=SECOND)
    assert store.spoken(exercise=False) == []


def test_an_observable_that_was_withdrawn_is_gone_until_it_is_served_again(store: Store) -> None:
    seen = observable(TOKEN)
    note = {"type": "note", "id": "note--w", "object_refs": [seen["id"]]}
    take(store, seen, alias="ring-tokens")
    take(store, seen, alias="other-tokens")
    take(store, note, alias="ring-withdrawn")
    assert [(each.collection, each.withdrawn) for each in store.speaking_of([VALUE])[VALUE]] == [
        ("ring-tokens", True),
        ("other-tokens", False),
    ]
    take(store, seen, last=SECOND, alias="ring-tokens")
    assert not any(each.withdrawn for each in store.speaking_of([VALUE])[VALUE])


def test_a_note_that_is_older_than_what_it_names_withdraws_nothing(store: Store) -> None:
    """Taken back and contributed anew between the readings of the two collections."""
    seen, another = observable(TOKEN), observable(Token("phone", "2026Q4", "B" * 43))
    take(store, seen, last=SECOND, alias="ring-tokens")
    take(store, another, last=THIRD, alias="ring-tokens")
    notes: list[dict[str, Any]] = [
        {"type": "note", "id": f"note--{each['id']}", "object_refs": [each["id"]]}
        for each in (seen, another)
    ]
    added = {notes[0]["id"]: FIRST, notes[1]["id"]: FOURTH}
    store.take("w", "ring-withdrawn", notes, added_last=FOURTH, added=added, now="today")
    assert withdrawn(store) == {seen["id"]: False, another["id"]: True}


def test_what_was_served_again_stands_as_of_then(store: Store) -> None:
    seen = observable(TOKEN)
    take(store, seen, last=FIRST, alias="ring-tokens")
    take(store, seen, last=THIRD, alias="ring-tokens")
    note = {"type": "note", "id": "note--w", "object_refs": [seen["id"]]}
    take(store, note, last=SECOND, alias="ring-withdrawn")
    assert withdrawn(store) == {seen["id"]: False}


def test_a_store_of_the_first_version_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "feed.sqlite"
    made = Store(path)
    take(made, SIGN)
    made.close()
    with sqlite3.connect(path) as file:
        file.execute("ALTER TABLE object DROP COLUMN stood")
        file.execute("PRAGMA user_version = 1")
    file.close()
    made = Store(path)
    take(made, {"type": "note", "id": "note--1", "object_refs": ["indicator--1"]},
         alias="ring-withdrawn")  # fmt: skip
    made.close()
    made = Store(path)
    assert withdrawn(made) == {"indicator--1": True}
    made.close()


def test_a_note_elsewhere_withdraws_nothing(store: Store) -> None:
    seen = observable(TOKEN)
    take(store, seen, {"type": "note", "id": "note--1", "object_refs": [seen["id"]]})
    assert not store.speaking_of([VALUE])[VALUE][0].withdrawn


def test_what_is_invented_stays_apart(store: Store) -> None:
    take(store, SIGN | {"object_marking_refs": [EXERCISE]})
    assert store.spoken(exercise=False) == []
    assert store.speaking_of([VALUE]) == {}
    assert store.spoken(exercise=True) == [("phone", "2026Q4")]
    assert list(store.speaking_of([VALUE], exercise=True)) == [VALUE]


def test_ones_own_is_marked(store: Store) -> None:
    take(store, SIGN, {"type": "note", "id": "note--1"})
    store.note_own({"indicator--1": "indicator--mine"})
    assert {each.body["id"]: each.own for each in store.objects()} == {
        "indicator--1": True,
        "note--1": False,
    }


def test_after_a_restore_a_collection_is_read_from_the_beginning(store: Store) -> None:
    take(store, SIGN)
    take(store, {"type": "note", "id": "note--1"}, alias="other")
    store.forget("id of ring")
    assert (ids(store), store.position("id of ring")) == (["note--1"], "")
    assert store.speaking_of([VALUE]) == {}


def test_a_broken_file_is_named_with_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "feed.sqlite"
    path.write_text("not a database, and longer than a header of one hundred bytes" * 9)
    with pytest.raises(TroubleError, match="labkit pull --afresh makes it anew"):
        Store(path)
