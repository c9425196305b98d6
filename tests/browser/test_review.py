"""The review queue by keyboard alone: emptied by one person, but for what needs a second."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from tests.browser.window import Window
from tests.stack import Stack


pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.xdist_group("browser")]
_MANY = 400
"""More than the demo has; a loop that does not end is a failure."""


def test_the_queue_is_emptied_by_keyboard_and_names_by_two(
    browser: Browser, new_stack: Callable[..., Stack]
) -> None:
    hub = new_stack()
    hub.seed()
    password = hub.manage("add_person", "wren", "--role", "reviewer").split()[-1]
    with Window.on(browser, hub) as first, Window.on(browser, hub) as second:
        first.sign_in("reviewer")
        proposed = _empty(first)
        assert proposed, "the demo names an organisation"
        second.sign_in_with("wren", password)
        for path in proposed:
            first.open(path)
            first.go("a")
            assert "a second, different person must confirm it" in first.text
            second.open(path)
            second.go("a")
            assert "confirm" not in second.text
        first.open("/ops/review/")
        assert "Nothing waits" in first.text
        assert first.complaints == second.complaints == []


def _empty(window: Window) -> list[str]:
    """Decide all that waits; returns the addresses of what waits for a second person."""
    proposed = []
    window.open("/ops/review/")
    for _ in range(_MANY):
        window.go("n")
        if not window.path.endswith("/review/"):
            if "needs two people" in window.text:
                proposed.append(window.path)
            _decide(window)
        elif "Nothing waits that you could decide" in window.text:
            break
    _reject_what_cannot_pass(window)
    return proposed


def _decide(window: Window) -> None:
    if window.page.locator("#release fieldset").count():
        _reject(window)
    else:
        window.go("a")


def _reject(window: Window) -> None:
    window.go("r", "ArrowDown", "Tab", "Enter")
    assert "Rejected: the lab sees the reason" in window.text


def _reject_what_cannot_pass(window: Window) -> None:
    for _ in range(_MANY):
        window.open("/ops/review/")
        items = window.page.locator("tbody tr", has_not_text="a second person").locator("a")
        if not items.count():
            return
        items.first.focus()
        window.go("Enter")
        _reject(window)
