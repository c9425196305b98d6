"""Several processes over one folder of keys and one database."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from forum_share.embedded.home import CHECKOUT
from indicators.matching import rotation
from indicators.matching.seeds import SeedStore
from indicators.models.audit import AuditEntry
from indicators.models.key_list import KeyListEntry
from labkit.normalise import KINDS
from tests import services
from tests.forum import now
from tests.matching.keys import clerk, listed


def start(folder: Path, *words: str) -> subprocess.Popen[str]:
    """manage.py token_keys on this test's database."""
    url = services.with_path(os.environ["DATABASE_URL"], f"/{connection.settings_dict['NAME']}")
    return subprocess.Popen(
        [sys.executable, str(CHECKOUT / "manage.py"), "token_keys", "--skip-checks", *words],
        env={**os.environ, "DATABASE_URL": url, "TOKEN_KEYS": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.django_db(transaction=True)
def test_hubs_that_start_at_once_make_each_key_once(tmp_path: Path, settings: Any) -> None:
    folder = tmp_path / "keys"
    processes = [start(folder, "ensure") for _ in range(3)]
    said = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], said
    assert sorted(out.partition(" ")[0] for out, _ in said) == ["All", "All", "New:"]
    found = listed(SeedStore(folder))
    assert [each.kind for each in found.entries] == list(KINDS) * (len(found.entries) // len(KINDS))
    assert KeyListEntry.objects.count() == len(found.entries)
    assert AuditEntry.objects.filter(act="token key made").count() == len(found.entries) // len(
        KINDS
    )


@pytest.mark.django_db(transaction=True)
def test_the_command_does_what_the_operator_s_page_says(tmp_path: Path, settings: Any) -> None:
    settings.TOKEN_KEYS = tmp_path
    rotation.ensure(clerk(now()), SeedStore(tmp_path), {})
    (current,) = {each.epoch for each in listed(SeedStore(tmp_path)).entries[: len(KINDS)]}
    assert run(tmp_path, "show-signer") == SeedStore(tmp_path).signer_public()
    assert f"{current} " in run(tmp_path, "list")
    rotated = run(tmp_path, "rotate", "--reason", "a drill", "--epoch", current)
    assert rotated.splitlines() == [f"Revoked: {current}.", f"New: {current}b."]
    assert run(tmp_path, "destroy") == f"Destroyed: {current}."
    assert run(tmp_path, "ensure") == "All keys are there."
    failed = start(tmp_path, "rotate", "--reason", "again", "--epoch", current)
    out, error = failed.communicate(timeout=60)
    assert (failed.returncode, out) == (1, "")
    assert f"no epoch {current}" in error


def run(folder: Path, *words: str) -> str:
    process = start(folder, *words)
    out, error = process.communicate(timeout=60)
    assert process.returncode == 0, error
    return out.strip()
