"""The folder in which a lab's own state lies: pulled objects, pinned keys, the token cache.

Promises: folder and files are the owner's alone; a file is either the old one or the new one,
never half of it; state of one hub is never mixed with that of another. Refuses keys, and for
labkit.config other secrets, that others on the machine could read.
"""

from __future__ import annotations

import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from labkit.trouble import TroubleError


_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class State:
    """Paths below one folder, which exists."""

    folder: Path

    @property
    def feed(self) -> Path:
        """The pulled objects and how far pulling has come."""
        return self.folder / "feed.sqlite"

    @property
    def tokens(self) -> Path:
        """The encrypted token cache, a file for each epoch."""
        return self.folder / "tokens"

    @property
    def cache_key(self) -> Path:
        return self.folder / "cache.key"

    @property
    def key_list(self) -> Path:
        """The evaluators' public keys as last seen: the pin."""
        return self.folder / "key-list.json"

    @property
    def hub(self) -> Path:
        return self.folder / "hub.url"


def open_state(folder: Path, *, root: str) -> State:
    """The state of this hub in this folder, which is made if need be.

    Raises:
        TroubleError: the folder cannot be used, or holds the state of another hub.
    """
    state = State(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        seen = state.hub.read_text().strip() if state.hub.exists() else ""
        if not seen:
            write_private(state.hub, root.encode())
    except OSError as error:
        raise TroubleError(f"The state folder {folder} cannot be used: {error}") from error
    if seen and seen != root:
        raise TroubleError(
            f"The state in {folder} is of the hub {seen}, not of {root}. Name another folder "
            f"(state in the settings, or LABKIT_STATE). If it is the same hub under a new "
            f"address, remove {state.hub}."
        )
    return state


def write_private(path: Path, content: bytes) -> None:
    """Replace a file as a whole, readable by its owner alone."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # made with 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_private(path: Path) -> bytes | None:
    """A file that only its owner may read; None if there is none.

    Raises:
        TroubleError: others may read it.
    """
    try:
        check_private(path)
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise TroubleError(f"{path} cannot be read: {error}") from error


def check_private(path: Path) -> None:
    """Raises TroubleError if others than its owner may use a file."""
    if path.stat().st_mode & _OTHERS:
        raise TroubleError(f"Others on this machine may read {path}: chmod 600 {path}")
