"""A lab's client of the hub, on taxii2-client: push, status, retract, and pages to pull.

Promises: an envelope never exceeds what the hub takes; waiting ends when nothing waits for its turn
any more, whatever a person still has to decide; the same push again is the same submission.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin

from taxii2client.exceptions import AccessError, TAXIIServiceException
from taxii2client.v21 import ApiRoot, Collection, Server, Status

from labkit.config import Config
from labkit.trouble import HubError, TroubleError
from labkit.wire import Wire


JSON = Mapping[str, Any]
Sleep = Callable[[float], None]

MOST_OBJECTS = 10_000
"""What a hub takes in one envelope unless it is set lower."""
PAGE = 1000
_WRAPPING = len('{"objects": []}')
_IN_TURN = ("waits for its turn", "is looked at again")
"""How the status says that nothing is decided yet; held and waiting objects say why."""


class FeedRestoredError(HubError):
    """The hub does not know its own `next` any more: the feed was restored from a backup."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a collection."""

    objects: Sequence[JSON]
    next: str
    """Of the page after it; empty if this is the last."""
    added_last: str
    """`date_added` of its last object: where to go on another day. Empty if it has no object."""
    added: Mapping[str, str] = field(default_factory=dict)
    """`date_added` of each object by id, if they were asked for."""


class _Server(Server):  # type: ignore[misc]  # taxii2-client ships no types
    """Discovery through our session; `default` of the original would make sessions of its own."""

    def __init__(self, url: str, wire: Wire) -> None:
        super().__init__(url, auth=wire.auth)
        self._conn.session = wire

    def default_root(self) -> str:
        """Address of the API root to use."""
        self._ensure_loaded()
        roots = self._raw.get("api_roots") or [""]
        return str(urljoin(self.url, self._raw.get("default") or roots[0]))


class _Root(ApiRoot):  # type: ignore[misc]  # taxii2-client ships no types
    """An API root whose collections and statuses share our session."""

    def __init__(self, url: str, wire: Wire) -> None:
        super().__init__(url, auth=wire.auth)
        self._conn.session = wire


class Client:
    """One member's access to one hub."""

    def __init__(self, config: Config, wire: Wire, *, sleep: Sleep = time.sleep) -> None:
        self._config = config
        self._wire = wire
        self._sleep = sleep
        self._root: _Root | None = None
        self._last: dict[str, str] = {}
        wire.hooks["response"].append(self._note_headers)

    def _note_headers(self, answer: Any, **_: object) -> None:
        """taxii2-client hands out bodies alone; where to go on stands in a header."""
        self._last = {name.lower(): value for name, value in answer.headers.items()}

    @property
    def root(self) -> ApiRoot:
        """The API root, found by discovery.

        Raises:
            TroubleError: there is no hub, or it refuses the credential.
        """
        if self._root is None:
            with _translated():
                found = _Server(self._config.discovery, self._wire).default_root()
                self._root = _Root(found, self._wire)
        return self._root

    def collections(self) -> Mapping[str, Collection]:
        """What the credential may use, by alias; by id where there is none."""
        with _translated():
            return {each.alias or each.id: each for each in self.root.collections}

    def collection(self, name: str) -> Collection:
        """One collection by alias or id.

        Raises:
            TroubleError: there is none of this name that the credential may use.
        """
        found = self.collections()
        for alias, each in found.items():
            if name in {alias, each.id}:
                return each
        known = ", ".join(sorted(found)) or "none"
        raise TroubleError(
            f"There is no collection {name} for this credential. It may use: {known}."
        )

    def pages(
        self, collection: Collection, *, added_after: str = "", dated: bool = False
    ) -> Iterator[Page]:
        """Pages from strictly after a moment on, oldest first.

        Args:
            dated: with the date of each object, which takes a second request for each page.

        Raises:
            FeedRestoredError: what was pulled so far may not be on the feed any more.
        """
        following = ""
        while True:
            filters = {"next": following} if following else {"added_after": added_after}
            try:
                with _translated():
                    found = collection.get_objects(limit=PAGE, **filters)
            except HubError as error:
                if following and error.status == HTTPStatus.BAD_REQUEST:
                    raise FeedRestoredError(error.message, error.status) from error
                raise
            last = self._last.get("x-taxii-date-added-last", "")
            following = str(found.get("next") or "") if found.get("more") else ""
            objects = found.get("objects", [])
            added = self._added(collection, added_after) if dated and objects else {}
            yield Page(objects, following, last, added)
            if not following:
                return
            added_after = last

    def _added(self, collection: Collection, after: str) -> Mapping[str, str]:
        """Objects come without their dates, which only a manifest has (TAXII 2.1 §5.3)."""
        with _translated():
            found = collection.get_manifest(limit=PAGE, added_after=after)
        return {each["id"]: each["date_added"] for each in found.get("objects", ())}

    def push(self, collection: Collection, objects: Sequence[JSON]) -> Iterator[Status]:
        """Post the objects in as few envelopes as may be; the first status of each.

        Raises:
            TroubleError: the collection is not writable, or an object is too large for the hub.
        """
        with _translated():
            limit = int(self.root.max_content_length)
        for chunk in chunks([_compact(each) for each in objects], limit=limit):
            yield from self._post(collection, chunk)

    def _post(self, collection: Collection, texts: Sequence[str]) -> Iterator[Status]:
        """Halved where the hub takes less than it says."""
        body = '{"objects": [' + ",".join(texts) + "]}"
        try:
            with _translated():
                yield collection.add_objects(body, wait_for_completion=False)
        except HubError as error:
            if error.status != HTTPStatus.REQUEST_ENTITY_TOO_LARGE or len(texts) == 1:
                raise
            half = len(texts) // 2
            yield from self._post(collection, texts[:half])
            yield from self._post(collection, texts[half:])

    def status(self, submission: str) -> Status:
        """What became of a submission of this member.

        Raises:
            HubError: 404, if it is none of this member's.
        """
        with _translated():
            return self.root.get_status(submission)

    def settle(self, status: Status, *, within: float) -> Status:
        """Ask until no object waits for its turn, or the seconds are over."""
        waited, step = 0.0, 0.1
        while in_turn(status) and waited < within:
            self._sleep(step)
            waited, step = waited + step, min(step * 1.5, 2.0)
            with _translated():
                status.refresh()
        return status

    def retract(self, collection: Collection, stix_id: str) -> bool:
        """Take back one's contribution, by own id or the Forum's; False if there is none."""
        try:
            with _translated():
                collection.delete_object(stix_id)
        except HubError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return False
            raise
        return True


def in_turn(status: Status) -> int:
    """How many objects of a submission nobody has looked at yet."""
    return sum(str(each.get("message", "")).startswith(_IN_TURN) for each in status.pendings)


def chunks(texts: Sequence[str], *, limit: int, most: int = MOST_OBJECTS) -> Iterator[list[str]]:
    """Objects as ASCII JSON, in order, in groups that fit into one envelope of `limit` bytes.

    The same objects always make the same groups, so that a repeated push is recognised.
    """
    chunk: list[str] = []
    room = limit - _WRAPPING
    for text in texts:
        size = len(text) + 1
        if chunk and (size > room or len(chunk) == most):
            yield chunk
            chunk, room = [], limit - _WRAPPING
        chunk.append(text)
        room -= size
    if chunk:
        yield chunk


def _compact(each: JSON) -> str:
    """In ASCII, so that half a surrogate reaches the hub, which says what is wrong with it."""
    try:
        return json.dumps(each, separators=(",", ":"))
    except RecursionError:
        # It could just be read, from a few calls further up.
        raise TroubleError(f"{each['id']} is nested too deeply for any hub.") from None


@contextmanager
def _translated() -> Iterator[None]:
    """taxii2-client's own errors in our words; those of the wire pass."""
    try:
        yield
    except AccessError as error:
        raise TroubleError(
            f"{error} The credential lacks a scope or the member a grant: ask the Forum."
        ) from error
    except TAXIIServiceException as error:
        raise TroubleError(f"The answer is not that of a TAXII 2.1 hub: {error}") from error
