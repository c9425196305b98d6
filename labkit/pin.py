"""The evaluators' key list, pinned on first use and afterwards only ever extended.

Promises: a list is used only after it was verified and compared with the one seen before. Refuses a
list that was rewritten, cut short or signed by another key: that is how a hub would mark one lab's
tokens (labkit.keylist).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from labkit.config import Config
from labkit.keylist import KeyList, KeyListError
from labkit.state import State, read_private, write_private
from labkit.trouble import TroubleError
from labkit.wire import Wire


@dataclass(frozen=True, slots=True)
class Pinned:
    """The key list of today."""

    keys: KeyList
    first: bool
    """It was pinned just now: its fingerprint should be compared outside the hub."""

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.keys.signer)


def fingerprint(signer: str) -> str:
    """SHA-256 of the signer's name, as people read it to each other: eight groups of four."""
    digits = sha256(signer.encode()).hexdigest()[:32]
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def address(config: Config) -> str:
    return f"{config.api}matching/keys/"


def fetch(config: Config, state: State, wire: Wire) -> Pinned:
    """The hub's list, checked against what is pinned, and pinned.

    Raises:
        KeyListError: it must not be used; nothing was changed.
        TroubleError: the hub has none, or does not answer.
    """
    document = _document(wire.json(address(config)))
    before = _seen(state)
    found = KeyList.verified(document, config.signer)
    if before is not None:
        try:
            found.extends(before)
        except KeyListError as error:
            raise KeyListError(f"{error} {_to_start_over(state)}") from error
    if before is None or found.head != before.head:
        write_private(state.key_list, json.dumps(document).encode())
    return Pinned(found, first=before is None)


def _to_start_over(state: State) -> str:
    return (
        f"Only if the Forum confirms that it started a new list: remove {state.key_list}, and the "
        "next list is pinned anew."
    )


def _seen(state: State) -> KeyList | None:
    raw = read_private(state.key_list)
    if raw is None:
        return None
    try:
        return KeyList.verified(_document(json.loads(raw)))
    except (ValueError, KeyListError) as error:
        raise TroubleError(
            f"The pinned key list {state.key_list} is damaged ({error}). {_to_start_over(state)}"
        ) from error


def _document(found: Any) -> Mapping[str, object]:
    if not isinstance(found, dict):
        raise KeyListError("The hub's key list is no JSON object; ask the Forum.")
    return found
