"""What a personal identifier becomes: a token that says of which kind it is and nothing else.

`Identifier` is the value in its one spelling and never leaves the worker; `Token` is what is
published in its place (docs/matching.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


BAND_SCHEME = "fs-prompt-band-v1"
PARTS = ("", "email-canon")
"""What one object of a lab becomes: the object itself, and the further tokens of an observable."""
TOKEN_TYPES = frozenset({"match-token", "prompt-family"})
"""Observables that are published beside a collection, in `<alias>-tokens`."""


class Identifier(NamedTuple):
    """A personal identifier: its kind, and its value normalised by that kind's rules."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Token:
    """An identifier evaluated under the key of an epoch; good until the epoch's end."""

    kind: str
    scheme: str
    epoch: str
    value: str
    """32 bytes, base64url without padding."""
    not_after: datetime

    @property
    def properties(self) -> dict[str, object]:
        """What identifies it as an observable of type `match-token`."""
        return {
            "kind": self.kind,
            "scheme": self.scheme,
            "epoch": self.epoch,
            "value": self.value,
        }
