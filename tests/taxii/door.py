"""A hub with three labs and their collections, and labs that call it in-process.

Requests run with the rights of the web's own database role, so that a missing grant of the schema
shows here.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from django.http import HttpResponse
from django.test import Client

from indicators.models.collection import Collection
from tests.labs import Feed, Lab, acting_as, grant, new_collection, new_lab


MEDIA_TYPE = "application/taxii+json;version=2.1"


@dataclass(frozen=True)
class Answer:
    response: HttpResponse

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def headers(self) -> dict[str, str]:
        return dict(self.response.headers)

    @property
    def json(self) -> Any:
        return json.loads(self.response.content)

    @property
    def names(self) -> list[str]:
        """Names of the objects on a page."""
        return [one["x_name"] for one in self.json.get("objects", [])]


@dataclass(frozen=True)
class Caller:
    """A lab at the door. Environment entries go into the WSGI environment as they are."""

    lab: Lab | None = None

    def call(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        content_type: str = MEDIA_TYPE,
        environment: Mapping[str, Any] | None = None,
        headers: Mapping[str, str | None] | None = None,
    ) -> Answer:
        """One request; headers by their name with `_`, None leaves a default one out."""
        sent = {"accept": MEDIA_TYPE, "authorization": self.basic(), **(headers or {})}
        named = {name.replace("_", "-"): value for name, value in sent.items() if value is not None}
        client = Client(raise_request_exception=False)
        with acting_as("forum_web"):
            response = client.generic(
                method,
                path,
                body,
                content_type=content_type,
                headers=named,
                # Django's client leaves the type of an empty body out.
                **{"CONTENT_TYPE": content_type, **(environment or {})},
            )
        return Answer(cast("HttpResponse", response))

    def get(self, path: str, **headers: str | None) -> Answer:
        return self.call("GET", path, headers=headers)

    def post(self, path: str, objects: list[Any], **options: Any) -> Answer:
        return self.call("POST", path, body=json.dumps({"objects": objects}).encode(), **options)

    def basic(self) -> str | None:
        return basic(self.lab.credential.id, self.lab.token) if self.lab else None


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@dataclass
class Hub:
    """alder may do everything in `distillation`, birch read it, cedar write into it; all read
    `reference`; only birch is in `private`."""

    collections: dict[str, Collection] = field(default_factory=dict)
    callers: dict[str, Caller] = field(default_factory=dict)
    feeds: dict[str, Feed] = field(default_factory=dict)

    def url(self, alias: str, rest: str = "objects/", *, by_id: bool = False) -> str:
        name = str(self.collections[alias].id) if by_id else alias
        return f"/forum/collections/{name}/{rest}"


def new_hub() -> Hub:
    hub = Hub()
    for alias in ("distillation", "private"):
        hub.collections[alias] = new_collection(alias)
        beside = f"{alias}-withdrawn"
        hub.collections[beside] = new_collection(
            beside, Collection.Kind.WITHDRAWN, parent=hub.collections[alias]
        )
    hub.collections["reference"] = new_collection("reference", Collection.Kind.VERBATIM)
    hub.feeds = {alias: Feed(collection) for alias, collection in hub.collections.items()}
    labs = {slug: new_lab(slug) for slug in ("alder", "birch", "cedar")}
    hub.callers = {slug: Caller(lab) for slug, lab in labs.items()}
    grant(labs["alder"], hub.collections["distillation"], can_write=True)
    grant(labs["birch"], hub.collections["distillation"])
    grant(labs["cedar"], hub.collections["distillation"], can_read=False, can_write=True)
    grant(labs["birch"], hub.collections["private"], can_write=True)
    grant(labs["alder"], hub.collections["reference"], can_write=True)
    for slug in ("birch", "cedar"):
        grant(labs[slug], hub.collections["reference"])
    return hub
