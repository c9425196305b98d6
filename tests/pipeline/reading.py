"""What a lab gets from the TAXII door, byte by byte, and what it makes of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from random import Random
from typing import Any
from uuid import uuid4

from indicators.members.credentials import EVERYDAY_SCOPES, issue
from indicators.models.member import Member
from tests.forum import Forum, now
from tests.labs import Lab
from tests.taxii.door import Answer, Caller


FEEDS = ("distillation", "distillation-tokens", "distillation-withdrawn")
_OTHER_TIMES = dict.fromkeys(("created", "modified"), "2026-11-03T00:00:00.000Z")
_CURSOR = re.compile(rb'"next": "[^"]*"')
Body = dict[str, Any]


def reader(forum: Forum, slug: str) -> Caller:
    """A member at the door, with a credential of its own."""
    member = Member.objects.get(slug=slug)
    key = issue(member=member, label="poller", scopes=EVERYDAY_SCOPES, days=30, now=now())
    return Caller(Lab(member, *key))


def everything(caller: Caller) -> list[tuple[str, int, dict[str, str], bytes]]:
    """All that it can read: every page of every collection, of objects and manifests, the last
    versions and all of them, with headers."""
    return [
        (f"{alias} {what} {versions}", answer.status, _headers(answer), _content(answer))
        for alias in FEEDS
        for what in ("objects", "manifest")
        for versions in ("last", "all")
        for answer in _pages(caller, alias, what, versions)
    ]


def _headers(answer: Answer) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name != "X-Request-ID"}


def _content(answer: Answer) -> bytes:
    """Less the cursor, which says when it was given."""
    return _CURSOR.sub(b"", answer.response.content)


def _pages(caller: Caller, alias: str, what: str, versions: str) -> Iterator[Answer]:
    asked = f"/forum/collections/{alias}/{what}/?match[version]={versions}&limit=50"
    following = ""
    while True:
        answer = caller.get(asked + following)
        yield answer
        if not answer.json.get("more"):
            return
        following = f"&next={answer.json['next']}"


def pulled(caller: Caller) -> list[Body]:
    """Every version of every object that it can read."""
    found: list[Body] = []
    for alias in FEEDS:
        for answer in _pages(caller, alias, "objects", "all"):
            found += answer.json.get("objects", [])
    return found


# --- what tools make of it before it is posted back


def as_it_is(objects: list[Body]) -> bytes:
    return json.dumps({"objects": objects}, separators=(",", ":"), ensure_ascii=False).encode()


def written_anew(objects: list[Body]) -> bytes:
    """Other order of properties and objects, other white space and escapes, a tool's own marks."""
    shuffled = [dict(sorted(each.items(), reverse=True)) | {"x_tool": 1} for each in objects]
    Random(1).shuffle(shuffled)
    return json.dumps({"objects": shuffled}, indent=3).encode()


def without_marking(objects: list[Body]) -> bytes:
    taken = ("object_marking_refs", "created_by_ref")
    return as_it_is([{k: v for k, v in each.items() if k not in taken} for each in objects])


def under_other_ids(objects: list[Body]) -> bytes:
    """As a tool does that mints ids, authors and times of its own for all but observables.

    References follow; what the Forum withdrew, and the notes that say so, it leaves out.
    """
    kept = [each for each in objects if "created" in each and not each.get("revoked")]
    kept = [each for each in kept if each["type"] != "note"]
    new = {each["id"]: f"{each['type']}--{uuid4()}" for each in kept}
    text = json.dumps([each for each in objects if "created" not in each] + kept)
    for old, other in new.items():
        text = text.replace(old, other)
    return without_marking(
        [each | (_OTHER_TIMES if "modified" in each else {}) for each in json.loads(text)]
    )


WAYS: dict[str, Callable[[list[Body]], bytes]] = {
    each.__name__: each for each in (as_it_is, written_anew, without_marking, under_other_ids)
}
