"""The tokens of this lab's own values, kept so that a value is evaluated once an epoch.

Promises: the files tell nobody without the key which values were looked up, nor any token: a value
is a keyed MAC (HMAC-SHA256, cut to 16 bytes), a token is sealed (AES-256-GCM, a key for each
epoch). A batch is stored in one transaction. Refuses a key other than the one that made the files.

A file for each epoch, so that tokens end with their epoch by the removal of a file.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Collection, Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from labkit.database import Database, remove
from labkit.state import State, read_private, write_private
from labkit.trouble import TroubleError


KEY = 32  # bytes
_MAC = 16
_NONCE = 12
_REMEDY = "Remove it; its values are then evaluated again."
_SCHEMA = """
CREATE TABLE IF NOT EXISTS token (mac BLOB PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS made_with (mark BLOB NOT NULL);
"""
_SEALED = "SELECT mac, sealed FROM token WHERE mac IN ({})"


def cache_key(state: State, given: str | None) -> bytes:
    """The key of the cache: the given one, else the one in the state folder.

    Args:
        given: LABKIT_CACHE_KEY, base64; without it a key is made once and kept.

    Raises:
        TroubleError: the given key is none, or others may read the file.
    """
    if given:
        try:
            key = base64.b64decode(given, validate=True)
        except ValueError:  # also of what is not ASCII
            key = b""
        if len(key) != KEY:
            raise TroubleError("LABKIT_CACHE_KEY must be 32 random bytes in base64.")
        return key
    kept = read_private(state.cache_key)
    if kept is None:
        kept = secrets.token_bytes(KEY)
        write_private(state.cache_key, kept)
    if len(kept) != KEY:
        raise TroubleError(f"{state.cache_key} is damaged: remove it together with {state.tokens}.")
    return kept


class Cache:
    """The files of all epochs, under one key."""

    def __init__(self, folder: Path, key: bytes) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        self._folder = folder
        self._mac_key = _derived(key, b"values")
        self._batch_key = _derived(key, b"batches")
        self._key = key
        self._mark = hmac.digest(_derived(key, b"mark"), b"", "sha256")
        self._boxes: dict[str, AESGCM] = {}
        self._files: dict[str, Database] = {}

    def mac(self, kind: str, normalised: str) -> bytes:
        """What stands for a value in these files."""
        return hmac.digest(self._mac_key, f"{kind}\0{normalised}".encode(), "sha256")[:_MAC]

    def batch_name(self, kind: str, epoch: str, macs: Iterable[bytes]) -> str:
        """An Idempotency-Key: the same for the same values in the same order, and only then."""
        content = sha256(b"".join(macs)).digest()
        return hmac.new(
            self._batch_key, f"{kind}|{epoch}|".encode() + content, "sha256"
        ).hexdigest()

    def tokens(self, epoch: str, macs: Iterable[bytes]) -> dict[bytes, str]:
        """The tokens that are known, by the MACs of their values.

        Raises:
            TroubleError: a file was altered, or cannot be used (labkit.database).
        """
        found = self._file(epoch).rows_with(_SEALED, macs)
        return {mac: self._open(epoch, mac, sealed) for mac, sealed in found}

    def keep(self, epoch: str, tokens: Mapping[bytes, str]) -> None:
        """Store tokens by the MACs of their values; all of them or none."""
        file = self._file(epoch)
        with file.transaction():
            file.run_for_each(
                "INSERT OR IGNORE INTO token VALUES (?, ?)",
                [(mac, self._seal(epoch, mac, token)) for mac, token in tokens.items()],
            )

    def forget_all_but(self, epochs: Collection[str]) -> list[str]:
        """Remove the files of epochs that are over; returns which."""
        gone = sorted(
            path.stem for path in self._folder.glob("*.sqlite") if path.stem not in epochs
        )
        for epoch in gone:
            remove(self._path(epoch))
        return gone

    def check(self) -> None:
        """Look at the files of all epochs, and open one token of each.

        Raises:
            TroubleError: as `tokens`, or a file was made with another key.
        """
        for epoch in sorted(path.stem for path in self._folder.glob("*.sqlite")):
            self._file(epoch).check()
            for mac, sealed in self._file(epoch).rows("SELECT mac, sealed FROM token LIMIT 1"):
                self._open(epoch, mac, sealed)

    def close(self) -> None:
        for file in self._files.values():
            file.close()
        self._files.clear()

    def _path(self, epoch: str) -> Path:
        return self._folder / f"{epoch}.sqlite"

    def _file(self, epoch: str) -> Database:
        if epoch not in self._files:
            path = self._path(epoch)
            file = Database(path, remedy=_REMEDY)
            try:
                file.run("PRAGMA synchronous = NORMAL")
                file.run_all(_SCHEMA)
                self._check_mark(file, path)
            except BaseException:
                file.close()
                raise
            self._files[epoch] = file
        return self._files[epoch]

    def _check_mark(self, file: Database, path: Path) -> None:
        with file.transaction():
            row = file.row("SELECT mark FROM made_with")
            if row is None:
                file.run("INSERT INTO made_with VALUES (?)", self._mark)
        if row is not None and row[0] != self._mark:
            raise TroubleError(
                f"The token cache {path} was made with another key. Use that key again "
                "(cache.key in the state folder, or LABKIT_CACHE_KEY), or remove the file; its "
                "values are then evaluated again."
            )

    def _box(self, epoch: str) -> AESGCM:
        if epoch not in self._boxes:
            self._boxes[epoch] = AESGCM(_derived(self._key, b"tokens/" + epoch.encode()))
        return self._boxes[epoch]

    def _seal(self, epoch: str, mac: bytes, token: str) -> bytes:
        raw = base64.urlsafe_b64decode(token + "=")
        # Under an epoch's key a MAC belongs to one token, so that as a nonce it never serves two.
        return self._box(epoch).encrypt(mac[:_NONCE], raw, mac)

    def _open(self, epoch: str, mac: bytes, sealed: bytes) -> str:
        try:
            raw = self._box(epoch).decrypt(mac[:_NONCE], sealed, mac)
        except (InvalidTag, TypeError, ValueError) as error:  # or it is of another type or length
            raise TroubleError(f"{self._path(epoch)} was altered. {_REMEDY}") from error
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), KEY, salt=None, info=b"labkit/cache/" + purpose).derive(key)
