"""A campaign as the feed tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from indicators.domain.stix.extensions import BY_NAME


_PROFILE = BY_NAME["distillation-profile"].id


@dataclass(frozen=True, slots=True)
class Told:
    """A campaign, and where it stands."""

    collection: str
    body: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.body.get("name", ""))

    @property
    def profile(self) -> list[tuple[str, str]]:
        """How it behaves, in buckets."""
        terms = self.body.get("extensions", {}).get(_PROFILE, {})
        said = {name: value for name, value in terms.items() if name != "extension_type"}
        return [(name.replace("_", " "), _words(value)) for name, value in said.items()]


def _words(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
