"""A damaged file of the state folder is named with the way out, and the way out works."""

from __future__ import annotations

import gc
import json
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from labkit.cache import Cache
from labkit.cli import main
from labkit.client import Client, Page
from labkit.database import DamagedError, Database
from labkit.doctor import Check, examine
from labkit.lab import Lab
from labkit.store import Store
from labkit.trouble import TroubleError
from tests.labkit.evaluator import EPOCH, NOW
from tests.labkit.settings import settings


KEY = b"a key of exactly thirty-two byte"
FIRST_PAGES = 8192
LAST = "2026-11-24T00:00:00.000001Z"
OBJECTS = [
    {"type": "domain-name", "id": f"domain-name--{row}", "value": f"{row:0900d}.example"}
    for row in range(300)
]


@dataclass(frozen=True)
class Folder:
    """A state folder with a feed and a token cache, and the settings for it."""

    path: Path
    env: dict[str, str]

    @property
    def feed(self) -> Path:
        return self.path / "feed.sqlite"

    @property
    def tokens(self) -> Path:
        return self.path / "tokens" / f"{EPOCH}.sqlite"

    def state_check(self) -> Check:
        lab = Lab(None, self.env, quiet=True)
        try:
            return {each.name: each for each in examine(lab, lambda: NOW)}["state"]
        finally:
            lab.close()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    env = settings(tmp_path)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    lab = Lab(None, env, quiet=True)
    lab.store.take("c1", "ring", OBJECTS, added_last=LAST, now="today")
    lab.store.take("c2", "other", [], added_last=LAST, now="today")
    lab.cache.keep(EPOCH, {lab.cache.mac("phone", f"{row}"): "A" * 43 for row in range(1000)})
    lab.close()
    return Folder(tmp_path / "state", env)


def overwrite(path: Path) -> None:
    """Everything behind the first two pages."""
    with path.open("r+b") as file:
        size = file.seek(0, 2) - FIRST_PAGES
        assert size > FIRST_PAGES
        file.seek(FIRST_PAGES)
        file.write(b"\xa5" * size)


def alter(path: Path) -> None:
    """Every token of a cache."""
    with sqlite3.connect(path) as file:
        file.execute("UPDATE token SET sealed = zeroblob(48)")
    file.close()


@pytest.fixture
def ignored(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What Python could only print: "Exception ignored in"."""
    found: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda each: found.append(each.exc_value))
    return found


# --- the feed ------------------------------------------------------------------------------------


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has one collection of one page."""
    ring = SimpleNamespace(id="c1", alias="ring")
    page = Page(OBJECTS, "", LAST)
    monkeypatch.setattr("labkit.cli_feed.pulling.chosen", lambda *_: [ring])
    monkeypatch.setattr(Client, "pages", lambda *_, **__: iter([page]))


@pytest.mark.parametrize("words", [["pull"], ["match", __file__, "--kind", "email"], ["status"]])
def test_a_damaged_feed_is_named_with_the_way_out(
    words: list[str], folder: Folder, hub: None, capsys: pytest.CaptureFixture[str]
) -> None:
    overwrite(folder.feed)
    assert main(words) == 2
    errors = capsys.readouterr().err
    assert f"{folder.feed} is damaged" in errors
    assert "labkit pull --afresh makes it anew" in errors
    assert "Traceback" not in errors


def test_pulling_afresh_mends_it(
    folder: Folder, hub: None, capsys: pytest.CaptureFixture[str]
) -> None:
    overwrite(folder.feed)
    assert main(["pull", "--afresh", "--json"]) == 0
    out, errors = capsys.readouterr()
    assert json.loads(out) == {"ring": len(OBJECTS)}
    assert "was damaged and is made anew" in errors
    assert main(["pull", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"ring": 0}


def test_pulling_afresh_leaves_other_collections_of_a_whole_feed(folder: Folder, hub: None) -> None:
    assert main(["pull", "--afresh"]) == 0
    store = Store(folder.feed)
    assert (store.position("c2"), len(list(store.objects()))) == (LAST, len(OBJECTS))
    store.close()


def test_a_body_that_is_no_json_any_more_is_damage_too(folder: Folder) -> None:
    with sqlite3.connect(folder.feed) as file:
        file.execute("UPDATE object SET body = '{\"type' WHERE row = 7")
    file.close()
    store = Store(folder.feed)
    with pytest.raises(DamagedError, match=f"{folder.feed} is damaged"):
        list(store.objects())
    store.close()


# --- the token cache -----------------------------------------------------------------------------


@pytest.fixture
def cache(folder: Folder) -> Iterator[Callable[[], Cache]]:
    made: list[Cache] = []

    def opened() -> Cache:
        made.append(Cache(folder.path / "tokens", (folder.path / "cache.key").read_bytes()))
        return made[-1]

    yield opened
    for each in made:
        each.close()


def test_a_damaged_cache_is_named_with_the_way_out(
    folder: Folder, cache: Callable[[], Cache]
) -> None:
    overwrite(folder.tokens)
    with pytest.raises(DamagedError, match=f"{folder.tokens} is damaged.*Remove it; its values"):
        cache().tokens(EPOCH, [cache().mac("phone", "1")])


def test_an_altered_cache_is_told_once(
    folder: Folder, cache: Callable[[], Cache], ignored: list[object]
) -> None:
    alter(folder.tokens)
    opened = cache()
    with pytest.raises(TroubleError, match="was altered") as raised:
        opened.tokens(EPOCH, [opened.mac("phone", f"{row}") for row in range(1000)])
    opened.close()
    del raised
    gc.collect()
    assert ignored == []


def test_a_feed_that_is_read_in_part_is_closed_quietly(
    folder: Folder, ignored: list[object]
) -> None:
    store = Store(folder.feed)
    objects = store.objects()
    next(objects)
    store.close()
    del objects
    gc.collect()
    assert ignored == []


# --- the doctor ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("which", "harm", "said"),
    [
        ("feed", overwrite, "is damaged"),
        ("tokens", overwrite, "is damaged"),
        ("tokens", alter, "was altered"),
    ],
)
def test_the_doctor_looks_into_both(
    which: str, harm: Callable[[Path], Any], said: str, folder: Folder
) -> None:
    assert folder.state_check().ok
    path = getattr(folder, which)
    harm(path)
    found = folder.state_check()
    assert (found.ok, f"{path} {said}" in found.said) == (False, True)


# --- what is no damage ---------------------------------------------------------------------------


def test_a_file_that_cannot_be_used_now_is_not_to_be_removed(folder: Folder) -> None:
    with pytest.raises(TroubleError, match="cannot be used now") as raised:
        Database(folder.path / "missing" / "feed.sqlite", remedy="Remove it.")
    assert not isinstance(raised.value, DamagedError)
    assert "Remove it" not in str(raised.value)
