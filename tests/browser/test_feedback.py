"""Feedback, taking back and watching in a real browser, from the first link to the last step."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Browser

from tests.browser.window import Scheme, Window
from tests.stack import Stack


pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.xdist_group("browser")]

LOOKS: list[tuple[Scheme, int]] = [("dark", 1280), ("light", 400)]
WITHIN = 120
"""Seconds until what the demo's labs have sent is on the feed, and a word is worked on."""


def until(window: Window, path: str, wanted: str) -> None:
    """Open the page until something of this kind stands on it."""
    deadline = time.monotonic() + WITHIN
    window.open(path)
    while not window.page.locator(wanted).count():
        assert time.monotonic() < deadline, window.text
        window.page.wait_for_timeout(500)
        window.open(path)


def press(window: Window, button: str) -> None:
    with window.page.expect_navigation(wait_until="load"):
        window.page.click(button)


def check(browser: Browser, stack: Stack, *paths: str) -> None:
    """These pages are sound in every look, with something on them."""
    for scheme, width in LOOKS:
        with Window.on(browser, stack, width=width, scheme=scheme) as window:
            window.sign_in("birch")
            for path in paths:
                assert window.open(path) == 200
                window.page.wait_for_load_state("networkidle")
                assert window.wrong() == [], (path, scheme, width)


def test_a_word_is_said_from_the_search_and_taken_back(browser: Browser, demo_stack: Stack) -> None:
    with Window.on(browser, demo_stack) as birch:
        birch.sign_in("birch")
        until(birch, "/search/", "main a[href$='/feedback/']")
        press(birch, "main a[href$='/feedback/']")
        form = birch.path
        assert "Before you send it" in birch.text
        birch.page.check("input[value=not-sighted]")
        press(birch, "button[value=say]")
        until(birch, "/feedback/", "main a[href$='/take-back/']")
        assert "I looked, and did not find it" in birch.text
        check(browser, demo_stack, form, "/feedback/", "/feedback/received/")
        press(birch, "main a[href$='/take-back/']")
        check(browser, demo_stack, birch.path)
        press(birch, "main button.danger")
        assert "Taken back" in birch.text
        until(birch, "/feedback/", "tbody .chip:text-is('over')")
        assert birch.wrong() == []


def test_a_campaign_is_watched_and_shown_over_time(browser: Browser, demo_stack: Stack) -> None:
    link = "main a[href^='/campaigns/campaign--']"
    with Window.on(browser, demo_stack) as birch:
        birch.sign_in("birch")
        until(birch, "/campaigns/?of=single", link)
        press(birch, link)
        path = birch.path
        press(birch, "text=Watch it")
        assert "since you last looked" in birch.text
        assert birch.page.locator("[data-chart=lanes] canvas").count() == 1
        birch.open("/dashboard/")
        assert birch.page.locator(f"section[aria-labelledby=watched] a[href='{path}']").count()
        check(browser, demo_stack, path, "/dashboard/", "/campaigns/?of=watched")
        birch.open(path)
        press(birch, "text=Watch it no more")
        assert birch.wrong() == []
