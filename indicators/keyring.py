"""Keys that live outside the database: sealing of bodies and links, and keyed tags.

One master key per key id comes from the environment (`FORUM_KEYS`); a key for each purpose is
derived from it (HKDF-SHA256, RFC 5869), so that no two uses share a key. Sealed bytes carry their
key id and are bound to their place (AES-256-GCM, associated data), so a row copied elsewhere does
not open. Tags are HMAC-SHA256 over length-prefixed parts, always under the current key.
"""

from __future__ import annotations

import hmac
import os
import zlib
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


_NONCE = 12


class SealError(Exception):
    """Sealed bytes that do not open: unknown key, other place, or altered."""


def body_mac(member_id: UUID, collection_id: UUID, raw: bytes) -> bytes:
    """What makes a re-sent body the same submission.

    Keyed, because a plain hash of a one-value body tells the value to whoever can guess it.
    """
    return _tag("body-mac", member_id.bytes, collection_id.bytes, raw)


def lookup_tag(member_id: UUID, collection_id: UUID, original_id: str, part: str = "") -> bytes:
    """Find a member's contribution by the member's own id.

    `part` names what else one object of a lab became, beside the object itself.
    """
    named = f"{original_id}\0{part}" if part else original_id
    return _tag("lookup", member_id.bytes, collection_id.bytes, named.encode())


def own_tag(member_id: UUID, collection_id: UUID, original_id: str) -> bytes:
    """The same on the side of submissions, which name their member.

    Another value than `lookup_tag`: a row that names a member must share no stored value with one
    that names a Forum object (ADR-0016).
    """
    return _tag("own", member_id.bytes, collection_id.bytes, original_id.encode())


def contrib_tag(member_id: UUID, collection_id: UUID, stix_id: str) -> bytes:
    """One value per (member, Forum object): counts distinct contributors without naming them."""
    return _tag("contrib", member_id.bytes, collection_id.bytes, stix_id.encode())


def batch_tag(member_id: UUID, collection_id: UUID) -> bytes:
    """One value per member in a collection: counts who has something in a batch."""
    return _tag("batch", member_id.bytes, collection_id.bytes)


def content_key(collection_id: UUID, canonical: str) -> bytes:
    """The key under which equal content of two members becomes one object of one collection.

    Keyed, so that a dump of the shared bank cannot be searched by guessing.
    """
    return _tag("content", collection_id.bytes, canonical.encode())


def content_mac(member_id: UUID, content: bytes) -> bytes:
    """Tell whether a member sent the same id and version with other content."""
    return _tag("content-mac", member_id.bytes, content)


def spoken_mac(body: bytes) -> bytes:
    """Know the Forum's own words again when they are posted back, even after a withdrawal."""
    return _tag("spoken", body)


def evaluation_tag(member_id: UUID, *parts: bytes) -> bytes:
    """Know a batch of blinded elements, or its sender's key for it, when it comes again."""
    return _tag("evaluation", member_id.bytes, *parts)


def inputs_tag(inputs: Sequence[bytes]) -> bytes:
    """Name a batch towards another evaluator, which must not learn what is in it."""
    return _tag("inputs", *inputs)


def author_tag(member_id: UUID) -> bytes:
    """One value per member: finds the questions and answers that it wrote itself."""
    return _tag("author", member_id.bytes)


def question_tag(member_id: UUID, about: str, text: str) -> bytes:
    """Know again what a member has asked, or answered, in the same words."""
    return _tag("question", member_id.bytes, about.encode(), text.encode())


def watcher_tag(login_id: int) -> bytes:
    """One value per login: finds the campaigns that it watches."""
    return _tag("watcher", str(login_id).encode())


def watch_tag(login_id: int, stix_id: str) -> bytes:
    """One value per login and campaign: who watches it twice watches it once."""
    return _tag("watch", str(login_id).encode(), stix_id.encode())


def band_tag(collection_id: UUID | None, token: bytes) -> bytes:
    """Where a band of a prompt family is looked up in its collection, or among public templates.

    Keyed, so that nobody can choose tokens that stand at one place with those of others.
    """
    return _tag("band", collection_id.bytes if collection_id else b"", token)


def current_key() -> str:
    """The id of the key under which tags are made."""
    key_id: str = settings.FORUM_KEYS[0][0]
    return key_id


def barred_tag(what: str, text: str) -> bytes:
    """Know again what may not be published again, in whatever collection and by whomever."""
    return _tag("barred", what.encode(), text.encode())


def actor_tag(member_id: UUID) -> str:
    """How the journal speaks of a member."""
    return "member:" + _tag("actor", member_id.bytes).hex()[:32]


def seal(purpose: str, plain: bytes, *, place: bytes) -> bytes:
    """Compress and encrypt; `place` (a row id) must be given again to open."""
    key_id = settings.FORUM_KEYS[0][0]
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(_derived(key_id, purpose)).encrypt(nonce, zlib.compress(plain, 1), place)
    return bytes([len(key_id)]) + key_id.encode() + nonce + sealed


def unseal(purpose: str, sealed: bytes, *, place: bytes) -> bytes:
    """Open what `seal` closed.

    Raises:
        SealError: the key id is unknown, the place is another, or the bytes were altered.
    """
    sealed = bytes(sealed)
    end = 1 + sealed[0]
    key_id, nonce = sealed[1:end].decode(), sealed[end : end + _NONCE]
    try:
        plain = AESGCM(_derived(key_id, purpose)).decrypt(nonce, sealed[end + _NONCE :], place)
    except InvalidTag as error:
        raise SealError(f"sealed {purpose} does not open under key {key_id!r}") from error
    return zlib.decompress(plain)


def _tag(purpose: str, *parts: bytes) -> bytes:
    mac = hmac.new(_derived(settings.FORUM_KEYS[0][0], purpose), digestmod=sha256)
    for part in parts:
        mac.update(len(part).to_bytes(8, "big"))
        mac.update(part)
    return mac.digest()


@cache
def _derived(key_id: str, purpose: str) -> bytes:
    try:
        master = dict(settings.FORUM_KEYS)[key_id]
    except KeyError:
        raise SealError(f"the key {key_id!r} is not among FORUM_KEYS") from None
    info = f"forum-share/v1/{purpose}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(master)
