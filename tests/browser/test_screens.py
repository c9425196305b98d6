"""Every screen, for each role: it opens, nothing complains, and everybody can use it."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.window import Scheme, Window
from tests.stack import Stack


pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("browser")]

SCREENS = {
    "analyst": [
        "/ops/", "/ops/review/", "/ops/campaigns/", "/ops/pipeline/", "/ops/policies/",
        "/ops/members/", "/ops/recalls/", "/ops/reveals/", "/ops/delivery/", "/ops/incidents/",
        "/ops/demands/", "/ops/bulletins/", "/ops/reports/",
    ],
    "reviewer": ["/ops/", "/ops/review/", "/ops/campaigns/", "/ops/policies/", "/ops/bulletins/"],
    "counsel": [
        "/ops/", "/ops/review/", "/ops/policies/", "/ops/members/", "/ops/recalls/",
        "/ops/reveals/", "/ops/epochs/", "/ops/incidents/", "/ops/demands/", "/ops/bulletins/",
        "/ops/reports/", "/ops/audit/",
    ],
    "auditor": [
        "/ops/", "/ops/pipeline/", "/ops/policies/", "/ops/members/", "/ops/recalls/",
        "/ops/reveals/", "/ops/epochs/", "/ops/incidents/", "/ops/demands/", "/ops/bulletins/",
        "/ops/reports/", "/ops/audit/",
    ],
    "operator": [
        "/ops/", "/ops/policies/", "/ops/members/", "/ops/epochs/", "/ops/delivery/",
        "/ops/incidents/", "/ops/bulletins/", "/ops/reports/",
    ],
    "alder": [
        "/dashboard/", "/campaigns/", "/search/", "/submit/", "/submissions/", "/feedback/",
        "/integrations/", "/bulletins/", "/settings/",
    ],
}  # fmt: skip
"""What each role has in its rail; a lab's person too."""
POLICY = Path(__file__).resolve().parents[2] / "indicators/policy/disclosure.toml"
BESIDE = {
    "counsel": [f"/ops/policies/{sha256(POLICY.read_bytes()).hexdigest()}/"],
    "operator": ["/ops/members/alder/", "/ops/onboarding/"],
    "alder": [
        "/submit/?by=file",
        "/submit/?by=form",
        "/integrations/curl/",
        "/integrations/sentinel/",
        "/campaigns/?of=single",
        "/campaigns/?of=watched",
        "/feedback/received/",
        "/feedback/questions/",
        "/settings/password/",
    ],
}
"""What a link on one of them leads to."""
ONE = {
    "alder": {"/search/": "/objects/", "/campaigns/": "/campaigns/campaign--"},
    "analyst": {"/ops/pipeline/?state=complete": "/ops/pipeline/"},
    "auditor": {"/ops/pipeline/?state=complete": "/ops/pipeline/"},
    "reviewer": {"/ops/campaigns/": "/ops/campaigns/campaign--"},
}
"""Pages of one thing: where the first link to one stands, and how it begins."""
ASKED = {
    "alder": {
        "/search/": "gw-2.meadowexit.example\nsomeone@kestrelmail.example\nnot-there.example\nbla",
        "/submit/": "kind,value,description,price\n"
        "email,someone@kestrelmail.example,our price is $20,20 USD\nbanana,x,,\n",
    },
}
"""What is asked on a page, for a look at its answer."""
OK = 200
EVERY = sorted({path for paths in SCREENS.values() for path in paths})
LOOKS: list[tuple[Scheme, int]] = [("light", 1280), ("dark", 1280), ("light", 400)]


@pytest.mark.parametrize("role", SCREENS)
def test_a_role_has_its_screens_and_no_others(window: Window, role: str) -> None:
    window.sign_in(role)
    window.open("/")
    links = window.page.locator(".rail a").evaluate_all("all => all.map(a => a.pathname)")
    assert [each for each in links if each != "/admin/"] == SCREENS[role]
    for path in EVERY:
        assert window.open(path) == (200 if path in SCREENS[role] else 403), path


@pytest.mark.parametrize("role", SCREENS)
@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_screens_are_sound(
    browser: Browser, demo_stack: Stack, scheme: Scheme, width: int, role: str
) -> None:
    folder = demo_stack.home.path / "screenshots" / f"{scheme}-{width}-{role}"
    wrong: list[str] = []
    with Window.on(browser, demo_stack, width=width, scheme=scheme) as window:
        window.sign_in(role)
        for path in [*SCREENS[role], *BESIDE.get(role, [])]:
            status = window.open(path)
            wrong += [f"{path}: {status}"] * (status != OK) + _look(window, folder)
        for path, begins in ONE.get(role, {}).items():
            window.open(path)
            window.page.locator(f"main a[href^='{begins}']").first.click()
            wrong += _look(window, folder, name=re.sub(r"\W+", "-", f"one-of-{path}"))
        for path, text in ASKED.get(role, {}).items():
            window.open(path)
            window.page.fill("#text", text)
            window.page.click("main form button.first")
            wrong += _look(window, folder, name=f"answer-of-{path.strip('/')}")
    assert wrong == []


def _look(window: Window, shots: Path, *, name: str = "") -> list[str]:
    """Take a picture of the page; what is wrong with it."""
    window.page.wait_for_load_state("networkidle")
    name = name or re.sub(r"\W+", "-", window.page.url.removeprefix(window.stack.root).strip("/"))
    window.page.screenshot(path=shots / f"{name}.png", full_page=True)
    return [f"{window.path}: {each}" for each in window.wrong()]


def test_nobody_opens_a_screen_without_signing_in(window: Window) -> None:
    for path in EVERY:
        window.open(path)
        assert window.path == "/sign-in/"
    assert window.faults() == []
