"""A lab at work with ordinary clients against a running hub."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import requests
from taxii2client.v21 import ApiRoot, Collection, as_pages

from tests.stack import Stack


TAXII = "application/taxii+json;version=2.1"


@dataclass(frozen=True)
class LabClient:
    """One member of the demo, through taxii2-client and bare HTTP."""

    stack: Stack
    member: str

    @property
    def auth(self) -> tuple[str, str]:
        return self.stack.basic(self.member)

    def url(self, collection: str, *parts: str) -> str:
        return "/".join([f"{self.stack.api_root}collections/{collection}", *parts, ""])

    def collection(self, alias: str) -> Collection:
        """By id: taxii2-client refuses a URL that holds an alias in its place."""
        user, password = self.auth
        listed = self.get(f"{self.stack.api_root}collections/").json()["collections"]
        found = next(each["id"] for each in listed if each["alias"] == alias)
        return Collection(self.url(found), user=user, password=password)

    def api_root(self) -> ApiRoot:
        user, password = self.auth
        return ApiRoot(self.stack.api_root, user=user, password=password)

    def get(self, url: str, **parameters: Any) -> requests.Response:
        return requests.get(
            url, auth=self.auth, params=parameters, headers={"Accept": TAXII}, timeout=30
        )

    def post(self, alias: str, *objects: Mapping[str, Any]) -> dict[str, Any]:
        answer = requests.post(
            self.url(alias, "objects"),
            auth=self.auth,
            json={"objects": objects},
            headers={"Accept": TAXII, "Content-Type": TAXII},
            timeout=30,
        )
        assert answer.status_code == 202, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def status(self, submission: str) -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"{self.stack.api_root}status/{submission}/").json()
        return found

    def finished(self, submission: str, *, within: float = 60) -> dict[str, Any]:
        """The status once no object waits for its turn any more; held ones may remain."""
        deadline = time.monotonic() + within
        status: dict[str, Any] = {}
        while time.monotonic() < deadline:
            status = self.status(submission)
            turns = [
                each
                for each in status.get("pendings", [])
                if each.get("message") in ("waits for its turn", "is looked at again")
            ]
            if not turns:
                return status
            time.sleep(0.05)
        raise AssertionError(f"not finished within {within} s: {status}")

    def feed(self, alias: str, **filters: Any) -> list[dict[str, Any]]:
        """Everything a reader gets, page by page."""
        return [each for page in self.pages(alias, **filters) for each in page]

    def pages(self, alias: str, *, per_request: int = 1000, **filters: Any) -> Iterator[Any]:
        collection = self.collection(alias)
        for page in as_pages(collection.get_objects, per_request=per_request, **filters):
            yield page.get("objects", [])

    def wait_for(self, alias: str, *, pattern: str, within: float = 10) -> dict[str, Any]:
        """The indicator with this pattern, once it is on the feed."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            for each in self.feed(alias, type="indicator"):
                if each["pattern"] == pattern:
                    return each
            time.sleep(0.02)
        raise AssertionError(f"{pattern} is not on {alias} within {within} s")
