"""An indicator, or another object of the feed, as one acts on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from indicators.domain.render import EXERCISE_MARKING_ID
from indicators.domain.stix.extensions import BY_NAME
from indicators.feed.objects import Live


_GOVERNANCE = BY_NAME["share-governance"].id
_FLAGS = ("disputed", "appealed", "public_template", "shared_infrastructure")
_UNCORRELATED = "uncorrelated"


@dataclass(frozen=True, slots=True)
class Sign:
    """What an object says that bears on acting on it."""

    body: Mapping[str, Any]
    collection: str = ""
    """The alias of the one in which it stands."""

    @property
    def terms(self) -> Mapping[str, Any]:
        """What it says by the Forum's own extension."""
        found: Mapping[str, Any] = self.body.get("extensions", {}).get(_GOVERNANCE, {})
        return found

    @property
    def tier(self) -> str:
        return str(self.terms.get("action_tier", "-"))

    @property
    def campaign(self) -> str:
        """The Forum id of its campaign; empty while none is known."""
        named = str(self.terms.get("campaign", ""))
        return "" if named == _UNCORRELATED else named

    @property
    def says(self) -> str:
        """What it is about: a pattern, a value, else its name or its type."""
        for name in ("pattern", "value", "number", "name", "relationship_type"):
            if name in self.body:
                return str(self.body[name])
        return str(next(iter(self.body.get("hashes", {}).values()), self.body["type"]))

    @property
    def flags(self) -> list[str]:
        """What a reader must not overlook, and that several members saw it."""
        marked = EXERCISE_MARKING_ID in self.body.get("object_marking_refs", ())
        return [
            *(["exercise: invented"] if marked else []),
            *map(str, self.body.get("labels", ())),
            *(each.replace("_", " ") for each in _FLAGS if self.terms.get(each) is True),
        ]


def signs(found: Iterable[Live], homes: Mapping[UUID, str]) -> list[Sign]:
    """The same objects, each with the name of its collection."""
    return [Sign(each.body, homes[each.collection_id]) for each in found]
