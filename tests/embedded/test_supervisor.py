"""The supervisor with small programs, in a process of its own (it takes over the signals)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from forum_share.embedded.home import CHECKOUT, Home
from tests import services


PREAMBLE = """
import signal, sys
from pathlib import Path
from forum_share.embedded.child import Program
from forum_share.embedded.home import Home
from forum_share.embedded.supervisor import StopRequested, Supervisor
from forum_share.embedded.terminal import Terminal
from forum_share.embedded.trouble import TroubleError

home = Home(Path(sys.argv[1]))
home.make()

def shell(name, line, **more):
    return Program(name, ("/bin/sh", "-c", line), **more)

def serve(*groups, serves=None, settled=True):
    try:
        with home.locked(), Supervisor(home, Terminal(), serves=serves) as supervisor:
            supervisor.settled = settled
            supervisor.on_change = lambda: home.write_card(supervisor.pids())
            for group in groups:
                supervisor.start(*group)
            print("started", flush=True)
            supervisor.run_forever()
    except StopRequested:
        print("stopped", flush=True)
    except TroubleError as trouble:
        print(trouble, flush=True)
"""
TRAP = "trap 'echo {0} >> {1}; exit 0' TERM; while :; do sleep 0.05; done"


@contextmanager
def playing(home: Path, script: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", PREAMBLE + textwrap.dedent(script), str(home)]
    process = subprocess.Popen(
        command,
        env={**services.without_tests(), "PYTHONPATH": str(CHECKOUT)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def eventually(condition: Callable[[], bool], within: float = 10.0) -> None:
    end = time.monotonic() + within
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def gone(pid: int) -> bool:
    """No such process, or a zombie that nobody reaped yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def pids(home: Path) -> dict[str, int]:
    found: dict[str, int] = json.loads(Home(home).card.read_text())
    return found


def test_what_was_started_last_stops_first(tmp_path: Path) -> None:
    order = tmp_path / "order"
    script = f"""
    trap = {TRAP!r}
    serve([shell("database", trap.format("database", {str(order)!r}))],
          [shell("web", trap.format("web", {str(order)!r}))])
    """
    with playing(tmp_path / "home", script) as process:
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=10)
    assert output.splitlines()[-1] == "stopped"
    assert order.read_text().split() == ["web", "database"]


def test_a_program_that_dies_is_started_again_and_said_so(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with playing(home, 'serve([shell("web", "sleep 60")])') as process:
        first = pids(home)["web"]
        os.kill(first, signal.SIGKILL)
        eventually(lambda: pids(home).get("web", first) != first)
        process.terminate()
        output, _ = process.communicate(timeout=10)
    assert "web was killed by signal 9; starting it again in 0.5 s" in output


def test_what_it_had_started_goes_with_a_program_that_died(tmp_path: Path) -> None:
    home, child = tmp_path / "home", tmp_path / "child"
    line = f"sleep 60 & echo $! > {child}; wait"
    with playing(home, f'serve([shell("worker", {line!r})])'):
        eventually(lambda: child.exists() and bool(child.read_text()))
        left_behind = int(child.read_text())
        os.kill(pids(home)["worker"], signal.SIGKILL)
        eventually(lambda: gone(left_behind))


def test_one_that_does_not_stop_in_time_is_killed(tmp_path: Path) -> None:
    script = """
    deaf = "trap '' TERM; while :; do sleep 0.05; done"
    serve([shell("worker", deaf, stop_within=0.5)])
    """
    with playing(tmp_path / "home", script) as process:
        time.sleep(0.3)
        process.terminate()
        output, _ = process.communicate(timeout=10)
    assert "worker did not stop in time; killed" in output


def test_a_program_that_cannot_start_ends_the_first_start(tmp_path: Path) -> None:
    script = 'serve([shell("web", "exit 3")], settled=False)'
    with playing(tmp_path / "home", script) as process:
        output, _ = process.communicate(timeout=60)
    assert "web ended with status 3" in output
    assert "web keeps ending. Its log:" in output


@pytest.mark.skipif(sys.platform != "linux", reason="needs PR_SET_PDEATHSIG")
def test_programs_end_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with playing(home, 'serve([shell("web", "exec sleep 60")])') as process:
        web = pids(home)["web"]
        process.kill()
        eventually(lambda: gone(web))


def test_it_ends_with_the_process_it_serves(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as served:
        script = f'serve([shell("web", "exec sleep 60")], serves={served.pid})'
        with playing(tmp_path / "home", script) as process:
            served.kill()
            served.wait()
            output, _ = process.communicate(timeout=10)
    assert output.splitlines()[-1] == "stopped"


def test_lines_go_to_the_log_and_behind_their_name_to_the_screen(tmp_path: Path) -> None:
    home = tmp_path / "home"
    script = 'serve([shell("web", "echo to out; echo to err >&2; exec sleep 60")])'
    with playing(home, script) as process:
        log = Home(home).logs / "web.log"
        eventually(lambda: log.exists() and log.read_text() == "to out\nto err\n")
        process.terminate()
        output, _ = process.communicate(timeout=10)
    assert "web      | to out\nweb      | to err\n" in output
