"""Every screen, for each role: it opens, nothing complains, and everybody can use it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.window import Scheme, Window
from tests.stack import Stack


pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("browser")]

SCREENS = {
    "analyst": [
        "/ops/", "/ops/review/", "/ops/campaigns/", "/ops/pipeline/", "/ops/policies/",
        "/ops/members/", "/ops/recalls/", "/ops/delivery/", "/ops/incidents/", "/ops/demands/",
        "/ops/bulletins/", "/ops/reports/",
    ],
    "reviewer": ["/ops/", "/ops/review/", "/ops/campaigns/", "/ops/policies/", "/ops/bulletins/"],
    "counsel": [
        "/ops/", "/ops/review/", "/ops/policies/", "/ops/members/", "/ops/recalls/",
        "/ops/incidents/", "/ops/demands/", "/ops/bulletins/", "/ops/reports/", "/ops/audit/",
    ],
    "auditor": [
        "/ops/", "/ops/pipeline/", "/ops/policies/", "/ops/members/", "/ops/recalls/",
        "/ops/incidents/", "/ops/demands/", "/ops/bulletins/", "/ops/reports/", "/ops/audit/",
    ],
    "operator": [
        "/ops/", "/ops/policies/", "/ops/members/", "/ops/delivery/", "/ops/incidents/",
        "/ops/bulletins/", "/ops/reports/",
    ],
    "alder": [
        "/dashboard/", "/campaigns/", "/search/", "/submit/", "/submissions/", "/integrations/",
        "/bulletins/",
    ],
}  # fmt: skip
"""What each role has in its rail; a lab's person too."""
BESIDE = {"operator": ["/ops/members/alder/", "/ops/onboarding/"]}
"""What a link on one of them leads to."""
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


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_screens_are_sound(browser: Browser, demo_stack: Stack, scheme: Scheme, width: int) -> None:
    shots = demo_stack.home.path / "screenshots"
    wrong: list[str] = []
    for role, paths in SCREENS.items():
        with Window.on(browser, demo_stack, width=width, scheme=scheme) as window:
            window.sign_in(role)
            for path in [*paths, *BESIDE.get(role, [])]:
                wrong += _look(window, path, shots / f"{scheme}-{width}-{role}")
    assert wrong == []


def _look(window: Window, path: str, shots: Path) -> list[str]:
    """Take its picture; what is wrong with it."""
    status = window.open(path)
    window.page.wait_for_load_state("networkidle")
    name = path.strip("/").replace("/", "-")
    window.page.screenshot(path=shots / f"{name}.png", full_page=True)
    wrong = [*window.wrong(), *([str(status)] if status != OK else [])]
    return [f"{path}: {each}" for each in wrong]


def test_nobody_opens_a_screen_without_signing_in(window: Window) -> None:
    for path in EVERY:
        window.open(path)
        assert window.path == "/sign-in/"
    assert window.faults() == []
