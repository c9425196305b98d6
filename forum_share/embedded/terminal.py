"""What the supervisor says: its own notes, and its children's lines behind their names."""

from __future__ import annotations

import contextlib
import sys


COLOURS = {"postgres": 36, "valkey": 35, "web": 32, "worker": 33, "beat": 34, "front": 31}
WIDTH = 8


class Terminal:
    def __init__(self, *, quiet: bool = False) -> None:
        """quiet: children's lines go to their logs alone."""
        self.quiet = quiet
        self.coloured = sys.stdout.isatty()

    def note(self, text: str) -> None:
        self._write(text)

    def line(self, name: str, text: str) -> None:
        if self.quiet:
            return
        prefix = f"{name:<{WIDTH}} | "
        if self.coloured:
            prefix = f"\033[{COLOURS.get(name, 37)}m{prefix}\033[0m"
        self._write(prefix + text)

    def _write(self, text: str) -> None:
        # Whoever read our output may have gone; the hub has not, and the logs are complete.
        with contextlib.suppress(BrokenPipeError):
            print(text, flush=True)
