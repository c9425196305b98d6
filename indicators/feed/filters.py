"""What a reader asks for, after TAXII 2.1 §3.4: fields are joined by AND, values of one by OR.

Two readings where the standard leaves room: `last` is the newest version in the collection and
`first` the oldest one that is still there, whatever the other filters are; without
`match[spec_version]` no specification version is left out, since the newest version of an object
is also the one in the newest specification.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Versions:
    """Alternatives: a version is wanted when any of them holds."""

    every: bool = False
    first: bool = False
    last: bool = False
    at: tuple[datetime, ...] = ()


LATEST = Versions(last=True)
EVERY = Versions(every=True)


@dataclass(frozen=True, slots=True)
class Filters:
    """An empty field asks for nothing; `added_after` is exclusive."""

    added_after: datetime | None = None
    ids: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    spec_versions: tuple[str, ...] = ()
    versions: Versions = field(default=LATEST)

    def to_json(self) -> list[Any]:
        """Lists, strings and numbers, for the cursor."""
        versions = self.versions
        return [
            _text(self.added_after),
            self.ids,
            self.types,
            self.spec_versions,
            [int(versions.every), int(versions.first), int(versions.last)],
            [_text(moment) for moment in versions.at],
        ]

    @classmethod
    def from_json(cls, stored: list[Any]) -> Filters:
        """What `to_json` gave; only ever called on what our own signature covers."""
        added_after, ids, types, spec_versions, keywords, at = stored
        every, first, last = map(bool, keywords)
        return cls(
            added_after=_moment(added_after),
            ids=tuple(ids),
            types=tuple(types),
            spec_versions=tuple(spec_versions),
            versions=Versions(every, first, last, tuple(map(datetime.fromisoformat, at))),
        )


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
