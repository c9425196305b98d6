"""From the portal alone to a client that pulls: real clients run what the pages say."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple

import pytest
import requests

from indicators.recipes.recipe import recipes
from tests.browser.window import Window
from tests.stack import Stack


pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.xdist_group("browser")]

CLIENTS = [each.slug for each in recipes() if each.tried]
PRODUCTS = [each.slug for each in recipes() if not each.tried]
SAID = {
    "curl": '"alias": ?"exercise"',
    "cytaxii2": r"indicator--\S+ \[",
    "labkit": r"exercise: \d+ new or changed",
    "stix2": "campaign--",
    "taxii2-client": "indicator indicator--",
}
"""What each prints once it gets through."""
ALIAS = "exercise"
"""Where what the demo invents is."""
INSTALLS = "python3 -m pip install"
TAXII = "application/taxii+json;version=2.1"
PUBLISHED = 120
"""Seconds until what the demo's labs have sent is on the feed."""
FORGOTTEN = 15
"""Seconds after which no web process knows a revoked key any more, and more."""


class Lab(NamedTuple):
    """Somebody at birch: the portal in a browser, and the machine that is to pull."""

    window: Window
    home: Path
    key: str
    secret: str

    def recipe(self, slug: str) -> None:
        self.window.open(f"/integrations/{slug}/?key={self.key}&collection={ALIAS}")


@pytest.fixture
def lab(window: Window, tmp_path: Path) -> Lab:
    """A key made over the pages, its file kept where the page says."""
    _wait_for_the_demo(window.stack)
    window.sign_in("birch")
    key, secret = _make_key(window)
    (tmp_path / ".forum-share").write_text(window.page.inner_text("#file"))
    return Lab(window, tmp_path, key, secret)


def _wait_for_the_demo(hub: Stack) -> None:
    """Until what the clients look for is on the feed."""
    feed = f"{hub.api_root}collections/{ALIAS}/objects/?match[type]="
    deadline = time.monotonic() + PUBLISHED
    for kind in ("indicator", "campaign"):
        while (
            "objects" not in requests.get(feed + kind, auth=hub.basic("birch"), timeout=30).json()
        ):
            assert time.monotonic() < deadline, f"no {kind} on the feed"
            time.sleep(1)


def _make_key(window: Window) -> tuple[str, str]:
    window.open("/integrations/")
    window.page.fill("#label", f"siem {os.urandom(3).hex()}")
    window.page.select_option("#use", "read")
    window.page.click("text=Make a key")
    secret = window.page.inner_text("#secret")
    return secret.split("_")[1], secret


@pytest.mark.skipif(not shutil.which("curl"), reason="one of the clients is curl")
def test_every_script_runs_as_its_page_says(lab: Lab) -> None:
    assert SAID.keys() == set(CLIENTS)
    for slug, words in SAID.items():
        lab.recipe(slug)
        done = [_run(lab, *each, folder=slug) for each in _codes(lab.window)]
        assert [each.stderr for each in done if each.returncode] == [], slug
        assert re.search(words, "".join(each.stdout for each in done)), slug
    assert lab.window.complaints == []


@pytest.mark.skipif(not shutil.which("curl"), reason="the client is curl")
def test_run_again_curl_s_recipe_fetches_nothing_twice(lab: Lab) -> None:
    lab.recipe("curl")
    follow = _codes(lab.window)[-1]
    first, pages = _run(lab, *follow), lab.home / "work" / "pages.jsonl"
    assert first.returncode == 0, first.stderr
    got = _ids(pages)
    assert len(got) == len(set(got)) > 0
    _run(lab, *follow)
    again = _ids(pages)
    assert again[: len(got)] == got
    assert not set(got) & set(again[len(got) :])


def _ids(pages: Path) -> list[str]:
    envelopes = [json.loads(line) for line in pages.read_text().splitlines()]
    return [each["id"] for envelope in envelopes for each in envelope["objects"]]


@pytest.mark.parametrize("slug", PRODUCTS)
def test_the_addresses_in_a_form_answer_to_the_key(lab: Lab, slug: str) -> None:
    lab.recipe(slug)
    form = lab.window.page.locator(".steps dd").all_inner_texts()
    assert lab.key in form
    places = [found[0] for each in form if (found := re.search(r"http\S+", each))]
    assert places
    for place in places:
        answer = requests.get(
            place, auth=(lab.key, lab.secret), headers={"Accept": TAXII}, timeout=30
        )
        assert answer.status_code == HTTPStatus.OK, place


def test_the_light_and_the_table_follow_a_client_without_a_click(lab: Lab) -> None:
    lab.recipe("curl")
    light = lab.window.page.locator("#light")
    assert "waiting for your first poll" in light.inner_text()
    feed = f"{lab.window.stack.api_root}collections/{ALIAS}/objects/"
    requests.get(feed, auth=(lab.key, lab.secret + "x"), timeout=30)
    light.get_by_text("asks and is refused").wait_for()
    requests.get(feed, auth=(lab.key, lab.secret), timeout=30)
    light.get_by_text("pulling").wait_for()
    lab.window.open("/integrations/")
    line = lab.window.page.locator("#lines tr", has_text=lab.key)
    assert line.filter(has_text="401").filter(has_text="Paste it anew").count() == 1
    requests.get(feed + "?limit=0", auth=(lab.key, lab.secret), timeout=30)
    line.filter(has_text="objects").filter(has_text="400").wait_for()
    assert lab.window.wrong() == []


def test_a_key_is_rotated_without_a_gap_and_the_old_one_revoked(lab: Lab) -> None:
    lab.window.open("/integrations/")
    lab.window.page.click(f"[aria-label='Rotate {lab.key}']")
    fresh = lab.window.page.inner_text("#secret")
    assert _status(lab, lab.secret) == _status(lab, fresh) == HTTPStatus.OK
    lab.window.page.click("text=revoke the old one")
    lab.window.page.click(f"[aria-label='Revoke {lab.key}']")
    lab.window.page.click("dialog[open] button.danger")
    assert f"{lab.key} is revoked" in lab.window.text
    deadline = time.monotonic() + FORGOTTEN
    while _status(lab, lab.secret) != HTTPStatus.UNAUTHORIZED:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert _status(lab, fresh) == HTTPStatus.OK


def _status(lab: Lab, secret: str) -> int:
    place = f"{lab.window.stack.api_root}collections/"
    return requests.get(place, auth=("", secret), timeout=30).status_code


def _codes(window: Window) -> list[tuple[str, str]]:
    """What stands to be copied, by its language; what is here already is not installed anew."""
    blocks = window.page.locator("pre[data-language]").all()
    found = [(each.get_attribute("data-language") or "", each.inner_text()) for each in blocks]
    return [(language, code) for language, code in found if not code.startswith(INSTALLS)]


def _run(
    lab: Lab, language: str, code: str, *, folder: str = "work"
) -> subprocess.CompletedProcess[str]:
    """Typed into a shell, in a folder of this client's own."""
    place = lab.home / folder
    place.mkdir(exist_ok=True)
    (place / "accounts.csv").write_text("account,mail\n1,nobody@kestrelmail.example\n")
    if language == "python":
        (place / "recipe.py").write_text(code)
        code = ". ~/.forum-share\nexec python recipe.py"
    search = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        ["sh", "-c", code],
        cwd=place,
        env={"HOME": str(lab.home), "PATH": search},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
