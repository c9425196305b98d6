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
from tests.labkit.evaluator import Evaluator, KeyListMaker
from tests.stack import Stack


# Its tests count what birch spends.
pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("labkit")]
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

    def start(self, *words: str, given: str | None = None, **env: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "labkit", "--quiet", *words],
            env={**self.env, **env, "PYTHONPATH": str(Path(__file__).parents[2])},
            cwd=self.folder,
            stdin=subprocess.PIPE if given is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, given: str | None = None) -> tuple[int, str]:
        code, out, errors = self.try_(*words, given=given)
        assert code in (0, 1), errors
        return code, out

    def try_(self, *words: str, given: str | None = None, **env: str) -> tuple[int, str, str]:
        process = self.start(*words, given=given, **env)
        out, errors = process.communicate(given, timeout=150)
        return process.returncode, out, errors

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


# --- push, pull, status, retract -----------------------------------------------------------------


def fresh_sign() -> dict[str, Any]:
    return indicator(f"[domain-name:value = '{uuid.uuid4().hex[:12]}.meadowexit.example']")


def pulled(lab: Lab, alias: str = "exercise") -> list[dict[str, Any]]:
    _, out = lab.run("pull", alias, "--objects")
    return [json.loads(line) for line in out.splitlines()]


def test_what_a_lab_pushed_it_knows_as_its_own_and_can_take_back(birch: Lab) -> None:
    sign = fresh_sign()
    code, out = birch.run("push", "distillation", "-", "--json", given=json.dumps(sign))
    status: dict[str, Any] = json.loads(out)[0]
    assert (code, status["success_count"]) == (0, 1)
    published = status["successes"][0]["message"].split()[2].rstrip(";")

    own = {each["object"]["id"] for each in pulled(birch, "distillation") if each["own"]}
    assert own == {published}

    assert birch.run("retract", "distillation", sign["id"])[0] == 0
    assert birch.run("retract", "distillation", sign["id"])[0] == 1
    after = pulled(birch, "distillation")
    [standing] = [each["object"] for each in after if each["object"]["id"] == published]
    assert standing["revoked"] is True


def test_what_was_taken_back_and_shared_anew_stands_whenever_the_note_is_read(birch: Lab) -> None:
    name = f"{uuid.uuid4().hex[:12]}.meadowexit.example"
    seen = {"type": "domain-name", "id": f"domain-name--{uuid.uuid4()}", "value": name}

    def stands(*words: str) -> bool:
        _, out = birch.run("pull", *words, "--objects")
        return name in out

    assert birch.run("push", "distillation", "-", given=json.dumps(seen))[0] == 0
    assert stands("distillation")
    assert birch.run("retract", "distillation", seen["id"])[0] == 0
    assert not stands("distillation")
    # With another object: the same envelope would be the same submission.
    assert birch.run("push", "distillation", "-", given=json.dumps([seen, fresh_sign()]))[0] == 0
    assert stands("distillation")
    assert stands("distillation-withdrawn", "--afresh")


def test_the_same_push_again_is_the_same_submission(birch: Lab) -> None:
    (birch.folder / "seen.json").write_text(json.dumps([fresh_sign(), fresh_sign()]))
    told = [birch.run("push", "exercise", "seen.json", "--json")[1] for _ in range(2)]
    first, second = ([each["id"] for each in json.loads(out)] for out in told)
    assert first == second


def test_held_objects_are_not_waited_for_and_not_forgotten(birch: Lab) -> None:
    note: dict[str, Any] = {
        "type": "note", "spec_version": "2.1", "id": f"note--{uuid.uuid4()}",
        "created": "2026-11-01T09:14:00.000Z", "modified": "2026-11-01T09:14:00.000Z",
        "content": "seen again", "object_refs": [fresh_sign()["id"]],
    }  # fmt: skip
    begun = time.monotonic()
    code, out = birch.run("push", "exercise", "-", "--within", "50", given=json.dumps(note))
    assert (code, time.monotonic() - begun < 40) == (0, True)
    assert "1 held or waiting" in out
    assert note["id"] in birch.run("status")[1]


def test_what_is_refused_is_told_with_its_reason(birch: Lab) -> None:
    wrong = fresh_sign() | {"pattern": "[domain-name:value ="}
    code, out = birch.run("push", "exercise", "-", given=json.dumps([wrong, fresh_sign()]))
    assert code == 1
    assert "1 taken, 1 refused" in out
    assert wrong["id"] in out
    assert birch.run("status", out.partition(":")[0])[0] == 1


def test_a_pull_that_was_killed_goes_on_without_loss_or_repetition(birch: Lab) -> None:
    wanted = [each["id"] for each in birch.client.feed("exercise")]
    for seconds in (0.5, 0.7, 0.8, 0.9, 1.0):
        process = birch.start("pull", "exercise")
        time.sleep(seconds)
        process.kill()
        process.communicate()
    found = [each["object"]["id"] for each in pulled(birch) if each["collection"] == "exercise"]
    assert len(found) == len(set(found))
    assert set(wanted) <= set(found)
    _, out = birch.run("pull", "exercise", "--json")
    assert set(json.loads(out).values()) == {0}


# --- families of prompts -------------------------------------------------------------------------

TREES = ["elm", "oak", "ash", "yew", "fir", "bay", "box", "fig", "gum", "tea", "sal", "may"]


def family(lab: Lab, name: str, words: str, trees: list[str]) -> str:
    texts = [f"{words} and end with the verdict about {tree}" for tree in trees]
    path = lab.folder / f"{name}.jsonl"
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    return str(path)


def test_a_family_of_prompts_is_found_by_its_skeleton(birch: Lab) -> None:
    mark = " ".join(uuid.uuid4().hex[at : at + 3] for at in range(0, 30, 3))
    words = f"grade the {mark} answers of the model step by step and give your reasons for each"
    shared = family(birch, "shared", words, TREES[:6])
    _, envelope = birch.run("skeleton", "--prompts", shared, "--tokenise")
    alder = LabClient(birch.stack, "alder")
    status = alder.post("exercise", *json.loads(envelope)["objects"])
    assert alder.finished(status["id"])["success_count"] == 1
    birch.run("pull")
    own = family(birch, "mine", words, TREES[6:])
    code, out = birch.run("match", "--prompts", own, "--exercise")
    assert (code, json.loads(out)["key"], json.loads(out)["match"]) == (1, "mine", "family")


# --- the doctor ----------------------------------------------------------------------------------


def failures(lab: Lab, **env: str) -> dict[str, str]:
    code, out, errors = lab.try_("doctor", "--json", **env)
    assert code == 1, errors
    checks = [json.loads(line) for line in out.splitlines()]
    return {each["name"]: each["said"] for each in checks if not each["ok"]}


def test_a_wrong_secret_is_told_and_not_shown(birch: Lab) -> None:
    secret = birch.client.auth[1][:-1] + "x"
    found = failures(birch, LABKIT_SECRET=secret)
    assert list(found) == ["credential"]
    assert "Check credential and secret" in found["credential"]
    assert secret not in json.dumps(found)


def test_a_misspelt_collection_is_told_with_the_right_one(birch: Lab) -> None:
    found = failures(birch, LABKIT_COLLECTIONS="exercize")
    assert found == {
        "collections": "There is no exercize for this credential; did you mean exercise?"
    }


def test_a_key_list_that_was_swapped_is_refused_loudly(birch: Lab) -> None:
    assert birch.run("doctor")[0] == 0
    pin = birch.folder / "state" / "key-list.json"
    maker = KeyListMaker()
    maker.add(Evaluator())
    pin.write_text(json.dumps(maker.document(Evaluator())))
    found = failures(birch)
    assert "another signer" in found["key list"]
    assert "Do not use it" in found["key list"]
    code, _, errors = birch.try_("tokenise", "--kind", "email", given="ann@mail.example")
    assert code == 2
    assert "another signer" in errors
