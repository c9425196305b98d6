"""The folder of secrets: a seed for each epoch and the key that signs the list.

`<epoch>.seed` (32 bytes) is the secret of every kind's key in that epoch, `signing.key` the Ed25519
seed, `signing.pub` its public half in base64url. Promises: files appear whole and durable, readable
by this user alone; a secret is never replaced.
Refuses: to live in PostgreSQL or in a setting: whoever has the tokens and the seeds can search.
"""

from __future__ import annotations

import base64
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from indicators.matching.errors import SeedMissingError, TokenKeysError


SEED_BYTES = 32


@dataclass(frozen=True, slots=True)
class SeedStore:
    """One folder; the doors only read from it."""

    path: Path

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only process that makes or removes secrets here; makes the folder.

        Raises:
            TokenKeysError: the folder cannot be made or read.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            # The folder itself is the lock: it works where nothing may be written any more.
            descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise TokenKeysError(
                f"TOKEN_KEYS names {self.path}, which cannot be used: {error.strerror}."
            ) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def seed(self, epoch: str) -> bytes:
        """The epoch's seed.

        Raises:
            SeedMissingError: it is not there, cannot be read, or is not 32 bytes.
        """
        try:
            seed = self.seed_file(epoch).read_bytes()
        except FileNotFoundError:
            seed = b""
        except OSError as error:
            raise SeedMissingError(
                f"The seed of {epoch} cannot be read on this host: {error.strerror}."
            ) from error
        if len(seed) != SEED_BYTES:
            raise SeedMissingError(f"The seed of {epoch} is not in place on this host.")
        return seed

    def seed_file(self, epoch: str) -> Path:
        return self.path / f"{epoch}.seed"

    def add_seed(self, epoch: str) -> bytes:
        """A fresh seed, or the one that an interrupted earlier run left."""
        if not self.seed_file(epoch).exists():
            self._write(self.seed_file(epoch).name, os.urandom(SEED_BYTES))
        return self.seed(epoch)

    def destroy_seed(self, epoch: str) -> bool:
        """Remove a seed for good; False if there was none."""
        there = self.seed_file(epoch).exists()
        self.seed_file(epoch).unlink(missing_ok=True)
        self._sync()
        return there

    def signer(self, *, make: bool = False) -> Ed25519PrivateKey:
        """The key that signs the list; with `make` a new one if there is none.

        Raises:
            TokenKeysError: there is none, or the file is not a key.
        """
        file = self.path / "signing.key"
        if make and not file.exists():
            self._write(file.name, os.urandom(SEED_BYTES))
        try:
            key = Ed25519PrivateKey.from_private_bytes(file.read_bytes())
        except (OSError, ValueError) as error:
            raise TokenKeysError(
                f"{file} is not there or no Ed25519 key of {SEED_BYTES} bytes, and the key list "
                "was signed with it. Restore it; every lab has pinned its public half."
            ) from error
        public = self.path / "signing.pub"
        if not public.exists():
            self._write(public.name, encode(key.public_key().public_bytes_raw()).encode())
        return key

    def signer_public(self) -> str:
        """The public half, base64url: what labs pin.

        Raises:
            SeedMissingError: `token_keys ensure` has not run here.
        """
        try:
            return (self.path / "signing.pub").read_text().strip()
        except OSError:
            raise SeedMissingError(
                "This hub has no signing key yet: manage.py token_keys ensure makes it."
            ) from None

    def partner(self, name: str) -> str | None:
        """The last key list that was taken from another evaluator; None before it is introduced."""
        file = self.path / f"{name}.keylist.json"
        return file.read_text() if file.exists() else None

    def keep_partner(self, name: str, document: str) -> None:
        self._write(f"{name}.keylist.json", document.encode())

    def _write(self, name: str, content: bytes) -> None:
        new = self.path / f".{name}.new"
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.path / name)
        self._sync()

    def _sync(self) -> None:
        descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def encode(raw: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def store() -> SeedStore:
    """The folder that the settings name."""
    return SeedStore(Path(settings.TOKEN_KEYS))
