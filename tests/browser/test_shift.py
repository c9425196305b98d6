"""A shift is handed over by keyboard; the pipeline's page names who works on it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from tests.browser.window import Scheme, Window
from tests.stack import Stack


pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.xdist_group("browser")]
LOOKS: list[tuple[Scheme, int]] = [("light", 1280), ("dark", 1280), ("light", 400)]
QUEUE = "/ops/review/"


def test_a_shift_is_handed_over_by_keyboard(
    browser: Browser, new_stack: Callable[..., Stack]
) -> None:
    hub = new_stack()
    hub.seed()
    password = hub.manage("add_person", "wren", "--role", "reviewer").split()[-1]
    with Window.on(browser, hub) as first:
        first.sign_in("reviewer")
        first.open(QUEUE)
        first.go("n")
        first.open(QUEUE)
        _hand_over(first, "Ask counsel over the second one.")
        assert "1 given back" in first.text
        assert first.wrong() == []
    for scheme, width in LOOKS:
        with Window.on(browser, hub, scheme=scheme, width=width) as next_one:
            next_one.sign_in_with("wren", password)
            next_one.open(QUEUE)
            assert "Ask counsel over the second one." in next_one.text
            assert next_one.wrong() == []
            next_one.press("h")
            assert next_one.wrong() == [], "with its dialog open"
    with Window.on(browser, hub) as last:
        last.sign_in_with("wren", password)
        last.open(QUEUE)
        with last.page.expect_navigation(wait_until="load"):
            last.page.get_by_role("button", name="Mark as read").click()
        assert "Ask counsel" not in last.text
        last.go("n")
        assert last.path != QUEUE, "the other keys do what they did"
    _names_who_works(browser, hub)


def _hand_over(window: Window, words: str) -> None:
    window.press("h")
    window.page.keyboard.type(words)
    window.go("Tab", "Enter")


def _names_who_works(browser: Browser, hub: Stack) -> None:
    with Window.on(browser, hub) as window:
        window.sign_in("analyst")
        window.open("/ops/pipeline/")
        for word in ("celery@", "beat@", "anonymise"):
            assert word in window.text
        assert "No worker has been heard" not in window.text
        assert window.wrong() == []
