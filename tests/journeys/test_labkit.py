"""labkit as a lab runs it: a program of its own beside the whole hub."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.forum import STATES_NEXUS, indicator
from tests.journeys.lab import LabClient
from tests.stack import Stack


pytestmark = pytest.mark.stack
ROWS = 6_000


@dataclass(frozen=True)
class Lab:
    """One lab's labkit, with a state folder of its own."""

    stack: Stack
    client: LabClient
    folder: Path

    @property
    def env(self) -> dict[str, str]:
        user, password = self.client.auth
        return {
            **os.environ,
            "LABKIT_URL": self.stack.api_root.removesuffix("forum/"),
            "LABKIT_CREDENTIAL": user,
            "LABKIT_SECRET": password,
            "LABKIT_STATE": str(self.folder / "state"),
        }

    def start(self, *words: str, given: str | None = None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "labkit", "--quiet", *words],
            env={**self.env, "PYTHONPATH": str(Path(__file__).parents[2])},
            cwd=self.folder,
            stdin=subprocess.PIPE if given is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, given: str | None = None) -> tuple[int, str]:
        process = self.start(*words, given=given)
        out, errors = process.communicate(given, timeout=150)
        assert process.returncode in (0, 1), errors
        return process.returncode, out

    def spent(self) -> dict[str, int]:
        url = f"{self.env['LABKIT_URL']}api/v1/matching/budget/"
        kinds = requests.get(url, auth=self.client.auth, timeout=30).json()["kinds"]
        return {kind: kinds[kind]["used"] for kind in ("email-addr", "email-canon")}


@pytest.fixture
def birch(demo_stack: Stack, tmp_path: Path) -> Lab:
    return Lab(demo_stack, LabClient(demo_stack, "birch"), tmp_path)


def share(stack: Stack, *addresses: str) -> None:
    """Alder pushes them in clear; the worker makes the tokens."""
    signs = [
        indicator(f"[email-addr:value = '{each}']", extensions=STATES_NEXUS) for each in addresses
    ]
    alder = LabClient(stack, "alder")
    status = alder.post("exercise", *signs)
    found: dict[str, Any] = {}
    for _ in range(200):
        found = alder.get(f"{stack.api_root}status/{status['id']}/").json()
        if found["status"] == "complete":
            break
        time.sleep(0.05)
    assert found["success_count"] == len(signs), found


def table(birch: Lab, rows: int, planted: dict[int, str]) -> list[str]:
    """A table of accounts, some of which the feed speaks of; the words that match it."""
    mark = uuid.uuid4().hex[:6]
    lines = ["account,mail"]
    lines += [
        f"A-{row},{planted.get(row, f'user{row}.{mark}@mail{row % 7}.example')}"
        for row in range(rows)
    ]
    (birch.folder / "accounts.csv").write_text("\n".join(lines) + "\n")
    return ["match", "accounts.csv", "--id", "account", "--column", "email=mail", "--exercise"]


def keys(out: str) -> list[str]:
    hits: list[dict[str, Any]] = [json.loads(line) for line in out.splitlines()]
    return sorted({next(str(v) for v in hit.values() if str(v).startswith("A-")) for hit in hits})


def test_the_doctor_finds_nothing_wrong(birch: Lab) -> None:
    code, out = birch.run("doctor")
    assert code == 0, out
    assert "canary" in out


def test_whatever_the_spelling_a_lab_finds_its_own_accounts(birch: Lab) -> None:
    mark = uuid.uuid4().hex[:8]
    share(birch.stack, f"J.Doe.{mark}@gmail.com", f"ring{mark}@kestrelmail.example")
    birch.run("pull")
    planted = {7: f"jdoe{mark}+new@GoogleMail.com", 50: f"RING{mark}@Kestrelmail.example"}
    words = table(birch, 100, planted)
    code, out = birch.run(*words)
    assert (code, keys(out)) == (1, ["A-50", "A-7"])
    before = birch.spent()
    assert birch.run(*words) == (code, out)
    assert birch.spent() == before


def test_killed_and_resumed_it_finds_the_same_and_spends_once(birch: Lab) -> None:
    mark = uuid.uuid4().hex[:8]
    planted = {row: f"ring{row}.{mark}@kestrelmail.example" for row in range(100, ROWS, 500)}
    share(birch.stack, *planted.values())
    birch.run("pull")
    words, before = table(birch, ROWS, planted), birch.spent()

    first = birch.start(*words)
    while birch.spent()["email-addr"] == before["email-addr"]:
        assert first.poll() is None
        time.sleep(0.02)
    first.send_signal(signal.SIGKILL)
    first.communicate()

    code, out = birch.run(*words)
    assert (code, keys(out)) == (1, sorted(f"A-{row}" for row in planted))
    spent = {kind: used - before[kind] for kind, used in birch.spent().items()}
    assert spent == {"email-addr": ROWS, "email-canon": ROWS}


def test_blinded_by_the_lab_or_by_the_worker_it_is_the_same_token(birch: Lab) -> None:
    address = f"ring.{uuid.uuid4().hex[:8]}@kestrelmail.example"
    share(birch.stack, address)
    birch.run("pull")
    _, out = birch.run("tokenise", "--kind", "email", given=f"{address.upper()}\n")
    made = {json.loads(line)["value"] for line in out.splitlines()}
    assert len(made) == 2
    published = json.dumps(birch.client.feed("exercise-tokens"))
    assert all(value in published for value in made)


def test_what_a_lab_blinds_itself_is_taken(birch: Lab) -> None:
    address = f"own.{uuid.uuid4().hex[:8]}@kestrelmail.example"
    words = ("tokenise", "--kind", "email", "--stix", "--nexus", "fraudulent-account")
    _, envelope = birch.run(*words, given=f"{address}\n")
    assert address not in envelope
    code, out = birch.run("push", "exercise", "-", given=envelope)
    assert code == 0, out
    values = set(re.findall(r"'([A-Za-z0-9_-]{43})'", envelope))
    published = json.dumps(birch.client.feed("exercise-tokens"))
    assert len(values) == 2
    assert all(value in published for value in values)
