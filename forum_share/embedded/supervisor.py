"""Runs programs in the foreground, mirrors what they say, starts again what dies, stops in order.

Single-threaded on purpose: one loop waits for a signal, a child's death or the next tick.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from forum_share.embedded.child import Child, Program
from forum_share.embedded.home import Home
from forum_share.embedded.terminal import Terminal
from forum_share.embedded.trouble import TroubleError


TICK = 0.1  # seconds
CALM = 60.0  # seconds of life after which earlier deaths are forgotten
LONGEST_WAIT = 15.0  # seconds before another try
GIVE_UP = 6  # deaths in a row before the stack was ever ready


class StopRequested(Exception):  # noqa: N818  not an error: somebody asked for it
    """SIGINT, SIGTERM, or the process we serve has gone."""


class Supervisor:
    """Use as a context manager: leaving it stops everything, last started first."""

    def __init__(self, home: Home, terminal: Terminal, *, serves: int | None = None) -> None:
        """serves: id of a process; once that has gone, so do we."""
        self.home = home
        self.terminal = terminal
        self.serves = serves
        self.groups: list[list[Child]] = []
        self.settled = False  # once true, a program that keeps dying is tried for ever
        self.on_change: Callable[[], None] = lambda: None
        self._asked_to_stop = False

    def __enter__(self) -> Self:
        self._wake, write_end = os.pipe()
        for end in (self._wake, write_end):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # only so that it wakes the loop
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        for group in reversed(self.groups):
            self.stop(group)
        self.groups.clear()

    def _stop(self, *_: object) -> None:
        self._asked_to_stop = True

    def start(self, *programs: Program) -> None:
        """Start programs that are also stopped together."""
        group = [Child(program, self.home.logs / f"{program.name}.log") for program in programs]
        self.groups.append(group)
        for child in group:
            child.start(time.monotonic())
        self.on_change()

    @property
    def children(self) -> list[Child]:
        return [child for group in self.groups for child in group]

    def pids(self) -> dict[str, int]:
        return {c.program.name: c.process.pid for c in self.children if c.process is not None}

    def wait_until(self, condition: Callable[[], bool], what: str, within: float) -> None:
        """Run until the condition holds; raises TroubleError when it does not in time."""
        end = time.monotonic() + within
        while not condition():
            if time.monotonic() > end:
                raise TroubleError(
                    f"{what} did not get ready within {within:.0f} s. Logs: {self.home.logs}"
                )
            self.tick()

    def run_once(self, program: Program) -> None:
        """Run to its end; raises TroubleError with its last lines if it fails."""
        child = Child(program, self.home.logs / f"{program.name}.log")
        child.start(time.monotonic())
        said: list[str] = []
        try:
            while child.running:
                self.tick()
                said += self.mirror(child)
            said += self.mirror(child)
        finally:
            child.kill()
        assert child.process is not None
        if child.process.returncode != 0:
            tail = "\n".join(["", *said[-15:]]) if self.terminal.quiet else ""
            raise TroubleError(f"{program.name} failed; its log: {child.log}{tail}")

    def run_forever(self) -> None:
        while True:
            self.tick()

    def tick(self) -> None:
        """One turn of the loop; raises StopRequested."""
        select.select([self._wake], [], [], TICK)
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake, 4096)
        if self._asked_to_stop or not self.still_served():
            raise StopRequested
        for child in self.children:
            self.mirror(child)
            self.revive(child)

    def still_served(self) -> bool:
        return self.serves is None or is_alive(self.serves)

    def mirror(self, child: Child) -> list[str]:
        lines = child.new_lines()
        for line in lines:
            self.terminal.line(child.program.name, line)
        return lines

    def revive(self, child: Child) -> None:
        now = time.monotonic()
        if child.running:
            return
        if child.process is not None:
            self.bury(child, now)
        elif now >= child.start_after:
            child.start(now)
            self.on_change()

    def bury(self, child: Child, now: float) -> None:
        """Note the death, and when to start again."""
        assert child.process is not None
        child.kill()  # its own children, if it died without them
        status = child.process.returncode
        child.failures = 1 if now - child.started > CALM else child.failures + 1
        if child.failures >= GIVE_UP and not self.settled:
            raise TroubleError(f"{child.program.name} keeps ending. Its log: {child.log}")
        wait = min(LONGEST_WAIT, 0.5 * 2 ** (child.failures - 1))
        child.process, child.start_after = None, now + wait
        self.terminal.note(f"{child.program.name} {ended(status)}; starting it again in {wait:g} s")
        self.on_change()

    def stop(self, group: Iterable[Child]) -> None:
        """Ask all of them, wait for each as long as it may take, then kill."""
        children = list(group)
        for child in children:
            child.signal()
        begun = time.monotonic()
        while any(c.running and not overdue(c, begun) for c in children):
            time.sleep(0.02)
        for child in children:
            if child.running:
                self.terminal.note(f"{child.program.name} did not stop in time; killed")
            child.kill()
            self.mirror(child)


def overdue(child: Child, begun: float) -> bool:
    return time.monotonic() - begun > child.program.stop_within


def ended(status: int) -> str:
    return f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
