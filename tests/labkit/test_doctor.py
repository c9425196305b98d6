"""The doctor names what is wrong before there is a hub to ask."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from labkit.doctor import Check, examine
from labkit.lab import Lab
from tests.labkit.evaluator import NOW, Evaluator, serving


@pytest.fixture
def hub() -> Iterator[Evaluator]:
    with serving(Evaluator()) as found:
        found.documents.append({"a": "server, but no hub"})
        yield found


def checks(tmp_path: Path, **changed: str) -> dict[str, Check]:
    env = {
        "LABKIT_CREDENTIAL": "abcdefgh",
        "LABKIT_SECRET": "s",
        "LABKIT_STATE": str(tmp_path / "state"),
        "XDG_CONFIG_HOME": str(tmp_path),
    }
    lab = Lab(None, {**os.environ, **env, **changed}, quiet=True)
    try:
        return {each.name: each for each in examine(lab, lambda: NOW)}
    finally:
        lab.close()


def failed(found: dict[str, Check]) -> list[str]:
    return [name for name, each in found.items() if not each.ok]


def test_missing_settings_end_it(tmp_path: Path) -> None:
    found = checks(tmp_path)
    assert list(found) == ["settings"]
    assert "LABKIT_URL" in found["settings"].said


def test_an_address_where_nobody_listens(tmp_path: Path) -> None:
    found = checks(tmp_path, LABKIT_URL="http://127.0.0.1:9/")
    assert (failed(found), list(found)[-1]) == (["hub"], "hub")
    assert "cannot be reached" in found["hub"].said


def test_something_else_at_the_address(tmp_path: Path, hub: Evaluator) -> None:
    found = checks(tmp_path, LABKIT_URL=hub.url)
    assert failed(found) == ["hub"]
    assert "not as a TAXII hub" in found["hub"].said


def test_a_wrong_path_in_the_address(tmp_path: Path, hub: Evaluator) -> None:
    hub.answers = [(404, {}, "Nothing is here.")]
    found = checks(tmp_path, LABKIT_URL=f"{hub.url}wrong/")
    assert failed(found) == ["hub"]
    assert f"no TAXII hub at {hub.url}wrong/" in found["hub"].said
    assert "check the path in url" in found["hub"].said
    assert "labkit doctor" not in found["hub"].said


def test_a_secret_that_others_may_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s")
    secret.chmod(0o644)
    given = {"LABKIT_SECRET": "", "LABKIT_SECRET_FILE": str(secret)}
    found = checks(tmp_path, LABKIT_URL="http://127.0.0.1:9/", **given)
    assert list(found) == ["settings"]
    assert f"chmod 600 {secret}" in found["settings"].said


def test_state_of_another_hub(tmp_path: Path) -> None:
    checks(tmp_path, LABKIT_URL="http://127.0.0.1:9/")
    found = checks(tmp_path, LABKIT_URL="http://localhost:9/")
    assert (failed(found), list(found)[-1]) == (["state"], "state")


def test_a_cache_made_with_another_key(tmp_path: Path) -> None:
    given = {"LABKIT_URL": "http://127.0.0.1:9/"}
    checks(tmp_path, **given)
    lab = Lab(None, {**os.environ, **given, "LABKIT_CREDENTIAL": "a", "LABKIT_SECRET": "s",
                     "LABKIT_STATE": str(tmp_path / "state")}, quiet=True)  # fmt: skip
    lab.cache.keep("2026Q4", {})
    lab.close()
    found = checks(
        tmp_path, **given, LABKIT_CACHE_KEY="QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU="
    )
    assert failed(found)[0] == "state"
    assert "made with another key" in found["state"].said
