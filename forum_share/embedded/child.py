"""One process under the supervisor.

Promises: dies with the supervisor even if that is killed -9 (Linux); writes its log straight into
a file, so that a stalled terminal cannot stall it; is a session of its own, so that Ctrl-C reaches
the supervisor alone and the stop order holds; takes everything it started with it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from forum_share.embedded.account import Account
from forum_share.embedded.home import CHECKOUT


PR_SET_PDEATHSIG = 1
LOG_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True)
class Program:
    """What to run. environment None: the supervisor's own."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] | None = None
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within: float = 3.0  # seconds, then it is killed


@dataclass
class Child:
    """A program that was started, and where its log has been read up to."""

    program: Program
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    start_after: float = 0.0
    _seen: int = field(default=0, repr=False)

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self, now: float) -> None:
        program = self.program
        with self.open_log() as log:
            self.process = subprocess.Popen(
                program.command,
                env=program.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                # Safe: the supervisor has no second thread.
                preexec_fn=die_with_parent(program.stop_signal),  # noqa: PLW1509  no threads run here
                **(program.account.options if program.account else {"cwd": CHECKOUT}),
            )
        self.started = now

    def open_log(self) -> BinaryIO:
        """Append to the log; past LOG_BYTES the old one is kept once, under .1."""
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        descriptor = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        log = os.fdopen(descriptor, "ab")
        self._seen = os.fstat(log.fileno()).st_size
        return log

    def new_lines(self) -> list[str]:
        """Complete lines written since the last call."""
        with contextlib.suppress(FileNotFoundError), self.log.open("rb") as log:
            log.seek(self._seen)
            fresh, end, _ = log.read(1024 * 1024).rpartition(b"\n")
            self._seen += len(fresh) + len(end)
            return fresh.decode(errors="replace").splitlines()
        return []

    def signal(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(self.program.stop_signal)

    def kill(self) -> None:
        """Whatever is left of its session."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def die_with_parent(with_signal: signal.Signals) -> Callable[[], None] | None:
    """What a child does between fork and exec to be told of the supervisor's death."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def set_signal() -> None:
        prctl(PR_SET_PDEATHSIG, int(with_signal))

    return set_signal
