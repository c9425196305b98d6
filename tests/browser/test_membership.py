"""A lab comes and a lab leaves, over the pages alone: two people each, and its key is dead."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser

from tests.browser.window import Scheme, Window
from tests.stack import Stack


pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.xdist_group("browser")]
LOOKS: list[tuple[Scheme, int]] = [("light", 1280), ("dark", 1280), ("light", 400)]
MEDIA = "application/taxii+json;version=2.1"
ALLOWED = 60
"""Seconds within which the keys of a member that leaves are dead."""


@pytest.fixture
def hub(new_stack: Callable[..., Stack]) -> Stack:
    """A hub of its own: a member leaves."""
    made = new_stack()
    made.seed()
    return made


def test_a_lab_comes_and_leaves(browser: Browser, hub: Stack) -> None:
    password = hub.manage("add_person", "elm", "--role", "operator").split()[-1]
    with Window.on(browser, hub) as ash, Window.on(browser, hub) as elm:
        ash.sign_in("operator")
        elm.sign_in_with("elm", password)
        lab = _come(ash, elm, hub)
        pushed = _push(
            lab, "distillation", _indicator("[domain-name:value = 'gw-9.meadowexit.example']")
        )
        assert pushed["success_count"] == 1
        assert _live(hub, "gw-9")
        _leave(ash, elm, lab)
        assert not _live(hub, "gw-9")
        assert ash.complaints == elm.complaints == []


class Lab:
    """dogwood's machine."""

    def __init__(self, hub: Stack) -> None:
        card = dict(line.split() for line in hub.manage("add_credential", "dogwood").splitlines())
        self.hub, self.key = hub, (card["credential_id"], card["secret"])

    def get(self, path: str) -> requests.Response:
        headers = {"Accept": MEDIA}
        return requests.get(self.hub.api_root + path, auth=self.key, headers=headers, timeout=10)

    def objects(self, alias: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(f"collections/{alias}/objects/").json()["objects"]
        return found


def _come(ash: Window, elm: Window, hub: Stack) -> Lab:
    ash.open("/ops/members/")
    ash.page.click("text=Onboard a member")
    ash.page.fill("#slug", "dogwood")
    ash.page.fill("#name", "Dogwood Systems")
    ash.page.check("text=fraudulent-account")
    ash.page.click("button:text('Enter it')")
    assert "9 of 10 to do" in ash.text  # it has its rights in the exercise
    path = ash.path
    _looks(ash, "onboarding-open")
    hub.manage("add_person", "sorrel", "--member", "dogwood")
    lab = Lab(hub)
    assert lab.get("collections/distillation/objects/").status_code == 404
    _fill_in(ash, path)
    _exercise(lab)
    _until(lambda: ash.open(path) and "all met" in ash.text, seconds=150)
    ash.page.click("button:text('Propose to go live')")
    elm.open("/ops/members/")
    elm.page.click("td >> text=Onboarding")
    _looks(elm, "onboarding-proposed")
    elm.page.click("button:text('Let it go live')")
    assert "It is live" in elm.text
    _looks(elm, "onboarding-live")
    return lab


def _fill_in(window: Window, path: str) -> None:
    window.open(path)
    window.page.fill("#version", "2026-1")
    window.page.click("[aria-labelledby=agreement] button")
    for role in ("abuse", "privacy", "technical"):
        window.page.fill(f"#{role}", f"{role}@dogwood.example")
    window.page.click("[aria-labelledby=contacts] button")
    for right in ("Read", "Write"):
        window.page.check(f"[aria-label='{right} distillation']")
    window.page.click("[aria-labelledby=rights] button")
    assert "What it may do is recorded" in window.text


def _exercise(lab: Lab) -> None:
    """What a lab does that tries its set-up out."""
    assert _push(lab, "exercise", _indicator("[ipv4-addr:value = '192.0.2.77']"))["success_count"]
    canary = next(each for each in lab.objects("exercise-tokens") if "benign" in str(each))
    lab.objects("exercise")
    told = _push(lab, "exercise", _stix("sighting", sighting_of_ref=canary["id"]))
    assert told["success_count"] == 1


def _leave(ash: Window, elm: Window, lab: Lab) -> None:
    ash.open("/ops/members/dogwood/")
    _looks(ash, "member")
    ash.page.check("text=is taken back")
    ash.page.fill("#reference", "L-2026-4")
    ash.page.click("button:text('Open its offboarding')")
    path = ash.path
    _looks(ash, "offboarding-open")
    assert lab.get("collections/").status_code == 200
    elm.open(path)
    elm.page.click("button:text('Shut it out')")
    begin = time.monotonic()
    _until(lambda: lab.get("collections/").status_code == 401, seconds=ALLOWED)
    assert time.monotonic() - begin < ALLOWED
    _until(lambda: elm.open(path) and "Run again" in elm.text, seconds=120)
    _looks(elm, "offboarding-cleared")
    elm.page.fill("#by", "data protection officer")
    elm.page.fill("#what", "Everything pulled, in the SIEM and in backups.")
    elm.page.click("[aria-labelledby=attest] button")
    assert "The member has left" in elm.text
    _looks(elm, "offboarding-closed")


def _looks(window: Window, name: str) -> None:
    """In each look: nothing serious, and nothing scrolls sideways."""
    window.page.wait_for_load_state("networkidle")
    for scheme, width in LOOKS:
        window.page.emulate_media(color_scheme=scheme)
        window.page.set_viewport_size({"width": width, "height": 900})
        shots = window.stack.home.path / "screenshots"
        window.page.screenshot(path=shots / f"{name}-{scheme}-{width}.png", full_page=True)
        assert window.faults() == [], (name, scheme, width)
        wide = "document.documentElement.scrollWidth > innerWidth"
        assert not window.page.evaluate(wide), (name, width)
    window.page.set_viewport_size({"width": 1280, "height": 900})


def _push(lab: Lab, alias: str, *objects: dict[str, Any]) -> dict[str, Any]:
    """Push, and wait for what becomes of it."""
    answer = requests.post(
        f"{lab.hub.api_root}collections/{alias}/objects/",
        data=json.dumps({"objects": objects}),
        auth=lab.key,
        headers={"Accept": MEDIA, "Content-Type": MEDIA},
        timeout=10,
    )
    assert answer.status_code == 202, answer.text
    path = f"status/{answer.json()['id']}/"
    _until(lambda: lab.get(path).json()["status"] == "complete", seconds=30)
    found: dict[str, Any] = lab.get(path).json()
    return found


def _live(hub: Stack, value: str) -> list[dict[str, Any]]:
    """What alder reads of a value."""
    url = f"{hub.api_root}collections/distillation/objects/"
    answer = requests.get(url, auth=hub.basic("alder"), headers={"Accept": MEDIA}, timeout=10)
    return [each for each in answer.json().get("objects", []) if value in str(each)]


def _stix(type_: str, **properties: Any) -> dict[str, Any]:
    now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    return {"type": type_, "spec_version": "2.1", "id": f"{type_}--{uuid.uuid4()}",
            "created": now, "modified": now, **properties}  # fmt: skip


def _indicator(pattern: str) -> dict[str, Any]:
    now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    return _stix("indicator", pattern=pattern, pattern_type="stix", valid_from=now)


def _until(done: Callable[[], object], *, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.5)
