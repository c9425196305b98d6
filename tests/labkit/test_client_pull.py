"""What is pulled comes with the dates by which it is put in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from labkit.client import Client
from labkit.config import Access, Config
from labkit.pull import pull
from labkit.store import Store
from labkit.wire import Wire


Dated = tuple[str, Mapping[str, Any]]


def stamp(number: int) -> str:
    return f"2026-11-24T00:00:00.{number:06d}Z"


@dataclass
class Feed:
    """A collection that serves a few objects a page, as a hub does."""

    wire: Wire
    alias: str
    content: list[Dated] = field(default_factory=list)
    manifests: int = 0

    @property
    def id(self) -> str:
        return f"id of {self.alias}"

    def _after(self, moment: str, limit: int) -> Sequence[Dated]:
        return [each for each in self.content if each[0] > moment][:limit]

    def _answer(self, last: str) -> None:
        """As the wire would tell the client."""
        answer = requests.Response()
        answer.headers.update({"X-TAXII-Date-Added-Last": last} if last else {})
        self.wire.hooks["response"][-1](answer)

    def get_objects(self, *, added_after: str = "", next: str = "", limit: int) -> dict[str, Any]:  # noqa: A002  as the standard calls it
        page = self._after(next or added_after, min(limit, 2))
        last = page[-1][0] if page else ""
        self._answer(last)
        more = bool(page and self._after(last, 1))
        return {"more": more, "next": last, "objects": [each for _, each in page]}

    def get_manifest(self, *, added_after: str, limit: int) -> dict[str, Any]:
        self.manifests += 1
        page = self._after(added_after, min(limit, 2))
        self._answer("another page's")
        return {"objects": [{"id": each["id"], "date_added": date} for date, each in page]}


@pytest.fixture
def wire() -> Iterator[Wire]:
    with Wire(Access("abcdefgh", "s")) as made:
        yield made


@pytest.fixture
def client(tmp_path: Path, wire: Wire) -> Client:
    return Client(Config("https://hub.example/", Access("abcdefgh", "s"), tmp_path), wire)


def seen(number: int) -> dict[str, str]:
    return {"type": "domain-name", "id": f"domain-name--{number}"}


def note(number: int) -> dict[str, Any]:
    named = [f"domain-name--{number}"]
    return {"type": "note", "id": f"note--{number}", "object_refs": named}


def test_objects_are_dated_page_by_page_if_asked_for(client: Client, wire: Wire) -> None:
    feed = Feed(wire, "ring", [(stamp(each), seen(each)) for each in range(1, 6)])
    pages = list(client.pages(feed, added_after=stamp(1), dated=True))
    assert [page.added_last for page in pages] == [stamp(3), stamp(5)]
    assert [dict(page.added) for page in pages] == [
        {"domain-name--2": stamp(2), "domain-name--3": stamp(3)},
        {"domain-name--4": stamp(4), "domain-name--5": stamp(5)},
    ]
    assert not any(page.added for page in client.pages(feed))
    assert feed.manifests == 2


def test_what_was_taken_back_and_came_anew_during_a_pull_stands(
    client: Client, wire: Wire, tmp_path: Path
) -> None:
    beside = Feed(wire, "ring-withdrawn")
    main = Feed(wire, "ring", [(stamp(1), seen(1)), (stamp(2), seen(2))])
    store = Store(tmp_path / "feed.sqlite")

    def pulled() -> set[str]:
        list(pull(client, store, [beside, main], now=lambda: "today"))
        return {each.body["id"] for each in store.objects() if each.collection == "ring"}

    assert pulled() == {"domain-name--1", "domain-name--2"}
    list(pull(client, store, [beside], now=lambda: "today"))
    # Between the two readings 1 is taken back and contributed again, then 2 is taken back.
    main.content = [(stamp(2), seen(2)), (stamp(4), seen(1))]
    list(pull(client, store, [main], now=lambda: "today"))
    main.content = [(stamp(4), seen(1))]
    beside.content = [(stamp(3), note(1)), (stamp(5), note(2))]
    assert pulled() == {"domain-name--1"}
    store.close()
