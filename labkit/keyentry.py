"""One entry of the key list: how it is read, signed and checked.

An entry is a JSON object of exactly FIELDS. It names the entry before it by the SHA-256 of that
entry's canonical JSON (RFC 8785), signature included, and is signed with Ed25519 (RFC 8032) over
CONTEXT and its own canonical JSON without the signature.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from labkit.normalise import KINDS
from labkit.tokens import ELEMENT


CONTEXT = b"forum-share/key-list/v1\0"
ACTS = ("add", "revoke", "destroy")
TEXTS = (
    "act",
    "evaluator",
    "kind",
    "epoch",
    "public_key",
    "not_before",
    "not_after",
    "previous",
    "signature",
)
FIELDS = frozenset({"index", *TEXTS})
ED25519_KEY = 32  # bytes
EVALUATOR = re.compile(r"[a-z0-9][a-z0-9.\-]{0,62}")
EPOCH = re.compile(r"\d{4}Q[1-4][b-z]?")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")


class KeyListError(Exception):
    """The key list cannot be trusted, or has no key for what was asked."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry whose form is right; its signature and its place are checked by KeyList."""

    index: int
    act: str
    evaluator: str
    kind: str
    epoch: str
    public_key: bytes  # 32 bytes; none unless the act is "add"
    not_before: datetime
    not_after: datetime
    previous: str
    signature: bytes
    digest: str  # by which the next entry names this one
    signed: bytes

    @classmethod
    def read(cls, raw: object, index: int) -> Self:
        """An entry from JSON.

        Raises:
            KeyListError: naming the entry and what about it is not of the form.
        """
        found = _texts(raw, index)
        _check_words(found, index)
        return cls(
            index=index,
            act=found["act"],
            evaluator=found["evaluator"],
            kind=found["kind"],
            epoch=found["epoch"],
            public_key=_key(found, index),
            not_before=_instant(found["not_before"], index),
            not_after=_instant(found["not_after"], index),
            previous=found["previous"],
            signature=unpacked(found["signature"], index),
            digest=hashlib.sha256(rfc8785.dumps({"index": index, **found})).hexdigest(),
            signed=_signed({"index": index, **found}),
        )

    def check_signature(self, signer: Ed25519PublicKey) -> None:
        """Raises KeyListError unless the signer signed this entry as it stands."""
        try:
            signer.verify(self.signature, self.signed)
        except InvalidSignature as error:
            raise KeyListError(
                f"Entry {self.index} of the key list has a wrong signature: it was altered, or"
                " another key signed it. Do not use this list; ask the Forum."
            ) from error


def signed_entry(
    private_key: Ed25519PrivateKey,
    fields: Mapping[str, str],
    previous: Mapping[str, object] | None,
) -> dict[str, object]:
    """The next entry of a list, ready to append.

    Args:
        private_key: of the list's signer.
        fields: act, evaluator, kind, epoch, public_key, not_before and not_after, as in JSON.
        previous: the last entry of the list; None for the first.

    Raises:
        KeyListError: the entry would not be of the form.
    """
    index, link = 0, ""
    if previous is not None:
        index = Entry.read(previous, _index(previous)).index + 1
        link = hashlib.sha256(rfc8785.dumps(dict(previous))).hexdigest()  # type: ignore[arg-type]  # its type of JSON is narrower
    entry: dict[str, object] = {"index": index, **fields, "previous": link}
    entry["signature"] = packed(private_key.sign(_signed(entry)))
    Entry.read(entry, index)
    return entry


def signer_name(private_key: Ed25519PrivateKey) -> str:
    """The signer as the document names it and labs pin it: base64url of its public key."""
    return packed(private_key.public_key().public_bytes_raw())


def is_signer(name: str) -> bool:
    """Whether it could be the name of a signer."""
    try:
        return len(unpacked(name)) == ED25519_KEY
    except KeyListError:
        return False


def packed(raw: bytes) -> str:
    """Base64url without padding (RFC 4648, 5 and 3.2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unpacked(text: str, index: int | None = None) -> bytes:
    """The bytes of base64url without padding; only their one canonical spelling is taken."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if packed(raw) != text:
        where = "The key list" if index is None else f"Entry {index} of the key list"
        raise KeyListError(f"{where} holds what is not base64url without padding; fetch it again.")
    return raw


def _signed(entry: Mapping[str, object]) -> bytes:
    body = {name: value for name, value in entry.items() if name != "signature"}
    return CONTEXT + rfc8785.dumps(body)  # type: ignore[arg-type]  # its own type has a private name


def _index(raw: Mapping[str, object]) -> int:
    index = raw.get("index")
    if not isinstance(index, int):
        raise KeyListError("The previous entry has no index; pass the last entry of the list.")
    return index


def _texts(raw: object, index: int) -> dict[str, str]:
    if not isinstance(raw, Mapping) or set(raw) != FIELDS or type(raw["index"]) is not int:
        raise _malformed(index, f"has other fields than {', '.join(sorted(FIELDS))}")
    if raw["index"] != index:
        raise _malformed(index, f"says it is entry {raw['index']}: one was taken out or put in")
    found = {name: raw[name] for name in TEXTS}
    if not all(isinstance(each, str) and each.isascii() for each in found.values()):
        raise _malformed(index, "holds a value that is not plain text")
    return found


def _check_words(found: Mapping[str, str], index: int) -> None:
    if found["act"] not in ACTS or found["kind"] not in KINDS:
        raise _malformed(index, "has an act or a kind that this version does not know")
    if not EVALUATOR.fullmatch(found["evaluator"]) or not EPOCH.fullmatch(found["epoch"]):
        raise _malformed(index, "names its evaluator or its epoch in a form that is not known")
    if _instant(found["not_before"], index) >= _instant(found["not_after"], index):
        raise _malformed(index, "ends before it begins")


def _key(found: Mapping[str, str], index: int) -> bytes:
    key = unpacked(found["public_key"], index)
    if len(key) != (ELEMENT if found["act"] == "add" else 0):
        raise _malformed(index, f"has a public key of {len(key)} bytes")
    return key


def _instant(text: str, index: int) -> datetime:
    if not INSTANT.fullmatch(text):
        raise _malformed(index, "has a time that is not of the form 2026-10-01T00:00:00Z")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError as error:
        raise _malformed(index, "has a time that no calendar has") from error


def _malformed(index: int, what: str) -> KeyListError:
    return KeyListError(
        f"Entry {index} of the key list {what}. Fetch the list again; if it stays so, update"
        " labkit or ask the Forum."
    )
