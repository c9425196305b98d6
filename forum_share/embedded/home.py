"""FORUM_HOME: all state of one copy of the hub.

Promises: one supervisor at a time (a lock the kernel drops with its process); everything private to
this user; only what the hub made is ever removed.
Refuses: sockets in FORUM_HOME, since a socket's path may have 107 bytes at most.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forum_share.embedded.account import Account
from forum_share.embedded.trouble import TroubleError


CHECKOUT = Path(__file__).resolve().parents[2]
# What a hub leaves in its home; `./dev reset` removes these and nothing else.
MADE_HERE = (
    "pg",
    "pg.new",
    "valkey",
    "caddy",
    "log",
    "run",
    "secrets.env",
    "token-keys",
    "demo.json",
)


@dataclass(frozen=True)
class Home:
    """The folder, and the names in it."""

    path: Path

    @classmethod
    def from_environment(cls) -> Home:
        """FORUM_HOME (default var); a relative one is taken from the checkout."""
        named = os.environ.get("FORUM_HOME") or "var"
        return cls((CHECKOUT / Path(named).expanduser()).resolve())

    @property
    def cluster(self) -> Path:
        return self.path / "pg"

    @property
    def secrets(self) -> Path:
        return self.path / "secrets.env"

    @property
    def credentials(self) -> Path:
        return self.path / "demo.json"

    @property
    def logs(self) -> Path:
        return self.path / "log"

    @property
    def card(self) -> Path:
        """run/stack.json: where the running stack is, for `./dev manage`, `psql` and tests."""
        return self.path / "run" / "stack.json"

    @property
    def sockets(self) -> Path:
        digest = hashlib.sha256(bytes(self.path)).hexdigest()[:8]
        return Path(tempfile.gettempdir()) / f"fs-{os.getuid()}-{digest}"

    def folder(self, name: str) -> Path:
        folder = self.path / name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    def make(self) -> None:
        """Raises TroubleError if the folder cannot be made."""
        try:
            # Others may pass through (PostgreSQL's account does), not look around.
            self.path.mkdir(mode=0o711, parents=True, exist_ok=True)
            self.folder("run")
            self.folder("log")
        except OSError as error:
            raise TroubleError(
                f"Cannot write to {self.path}: {error.strerror}. "
                "Name a folder of your own: FORUM_HOME=/some/dir ./dev …"
            ) from error

    def make_sockets(self, owner: Account) -> Path:
        """The folder of the unix sockets, private to this user and PostgreSQL's account."""
        folder = self.sockets
        folder.mkdir(mode=0o700, exist_ok=True)
        state = folder.lstat()
        # The name can be foretold, so somebody else may have been here first.
        if folder.is_symlink() or state.st_uid not in {os.getuid(), owner.uid}:
            raise TroubleError(
                f"{folder} belongs to somebody else. Set TMPDIR to a folder of yours."
            )
        owner.own(folder)
        return folder

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only supervisor here; raises TroubleError if there is one."""
        with (self.folder("run") / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise TroubleError(
                    f"A hub is running in {self.path} already. Stop it (Ctrl-C in its terminal), "
                    "or run a second copy with another FORUM_HOME and --port."
                ) from error
            yield

    def write_card(self, card: dict[str, Any]) -> None:
        write_private(self.card, json.dumps(card, indent=2) + "\n")

    def read_card(self) -> dict[str, Any] | None:
        """The card of the stack that runs now, if one does."""
        try:
            with self.locked():
                return None  # nobody holds the lock: what lies there is of a stack that is gone
        except TroubleError:
            with contextlib.suppress(FileNotFoundError):
                card: dict[str, Any] = json.loads(self.card.read_text())
                return card
        return None

    def clear_traces(self) -> None:
        """What only a running stack needs: its card and its sockets."""
        self.card.unlink(missing_ok=True)
        shutil.rmtree(self.sockets, ignore_errors=True)

    def remove(self) -> list[str]:
        """Remove what a hub made here; returns the names. The folder itself stays if not empty."""
        there = [name for name in MADE_HERE if (self.path / name).exists()]
        for name in there:
            target = self.path / name
            shutil.rmtree(target) if target.is_dir() else target.unlink()
        self.clear_traces()
        with contextlib.suppress(OSError):
            self.path.rmdir()
        return there


def write_private(path: Path, text: str) -> None:
    """Replace the file in one step, readable by this user alone."""
    new = path.with_name(path.name + ".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    new.replace(path)
