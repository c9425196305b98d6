"""How one lab writes STIX: its ids, its author, its times, its spelling and its own properties."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

from indicators.demo.views import View
from indicators.domain.stix.extensions import BY_NAME, new_sco_extension
from indicators.domain.stix.ids import sco_id
from indicators.domain.stix.types import OWN_SCO_TYPES
from indicators.domain.tlp import Level


JSON = dict[str, Any]
_LEVELS = {"amber+strict": Level.AMBER_STRICT, "amber": Level.AMBER, "green": Level.GREEN}


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes what one lab sees of one campaign, on the day on which the window ends."""

    view: View
    day: date

    def id(self, type_: str, key: str) -> str:
        """The lab's own id of a thing: the same whenever it is written, unlike any other lab's."""
        seed = f"{self.view.lab.slug}/{self.view.campaign.key}/{type_}/{key}"
        return f"{type_}--{uuid.UUID(bytes=sha256(seed.encode()).digest()[:16], version=4)}"

    @property
    def author(self) -> str:
        digest = sha256(f"{self.view.lab.slug}/identity".encode()).digest()[:16]
        return f"identity--{uuid.UUID(bytes=digest, version=4)}"

    @property
    def number(self) -> int:
        """A ticket number."""
        return 1000 + int.from_bytes(sha256(self.id("case", "")[6:].encode()).digest()[:2], "big")

    def object(self, type_: str, key: str, **properties: Any) -> JSON:
        """An object of the lab's own (SDO, SRO)."""
        written = self._version(days_ago=2)
        body: JSON = {
            "type": type_,
            "spec_version": "2.1",
            "id": self.id(type_, key),
            "created_by_ref": self.author,
            "created": written,
            "modified": written,
        }
        return body | self._marked() | properties

    def observable(self, type_: str, **properties: Any) -> JSON:
        """An observable, under the id that its value gives it."""
        body: JSON = {"type": type_, "spec_version": "2.1", "id": sco_id(type_, properties)}
        if type_ in OWN_SCO_TYPES:
            body["extensions"] = new_sco_extension(type_)
        return body | properties

    def revoked(self, body: Mapping[str, Any]) -> JSON:
        """A later version of an object that takes it back."""
        return {**body, "modified": self._version(days_ago=1), "revoked": True}

    def moment(self, days_ago: int, key: str) -> str:
        """A time of an observation, as precise as the lab writes them."""
        digest = sha256(self.id("moment", key).encode()).digest()
        seconds = int.from_bytes(digest[:4], "big") % 86_400
        start = datetime(self.day.year, self.day.month, self.day.day, tzinfo=UTC)
        moment = start - timedelta(days=days_ago) + timedelta(seconds=seconds)
        fraction = str(int.from_bytes(digest[4:8], "big")).zfill(10)[: self.view.lab.digits]
        return f"{moment:%Y-%m-%dT%H:%M:%S}{'.' if fraction else ''}{fraction}Z"

    @property
    def first_seen(self) -> str:
        window = self.view.campaign.last - self.view.campaign.first
        return self.moment(window.days, "first seen")

    def spelled(self, domain: str) -> str:
        return f"{domain.capitalize()}." if self.view.lab.domain == "capital" else domain

    def email(self, index: int) -> str:
        """The mailbox of this number: the same at every lab."""
        campaign = self.view.campaign
        first = _FIRST[index % len(_FIRST)]
        last = _LAST[index % len(_LAST)]
        name = campaign.email_name.format(first=first, last=last, index=index)
        return f"{name}@{campaign.email_domains[index % len(campaign.email_domains)]}"

    def extension(self, name: str, **body: Any) -> JSON:
        """One of the Forum's property extensions, under its definition's id."""
        return {BY_NAME[name].id: {"extension_type": "property-extension", **body}}

    def _version(self, *, days_ago: int) -> str:
        moment = self.moment(days_ago, "version").partition(".")[0].removesuffix("Z")
        return f"{moment}.{self.number % 1000:03}Z"

    def _marked(self) -> JSON:
        level = _LEVELS.get(self.view.lab.marking)
        return {"object_marking_refs": [level.marking_id]} if level else {}


_FIRST = ("alina", "bruno", "carla", "dario", "elena", "fabio", "greta")
_LAST = (
    "wrenn",
    "holtz",
    "marsh",
    "quill",
    "thorn",
    "vance",
    "birch",
    "stone",
    "lowe",
    "kerr",
    "dunn",
)
