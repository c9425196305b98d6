"""A real browser before a running hub: Debian's Chromium, driven by Playwright.

The browser is $CHROMIUM, or the first of the usual names; `./dev test` installs Debian's as root.
Without one the tests are skipped where people work, and fail in CI.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import chromium
from tests.browser.window import Window
from tests.stack import Stack


HERE = Path(__file__).parent
PATIENCE = 420
"""Seconds that a journey may take beside all the other tests; alone none takes half of it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == HERE:
            item.add_marker(pytest.mark.timeout(PATIENCE))


# For a module, no longer: while Playwright's loop runs, Django refuses the database to its thread.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = chromium.find()
    if not found:
        if "CI" in os.environ:
            pytest.fail(chromium.MISSING)
        pytest.skip(chromium.MISSING)
    with chromium.started(found) as made:
        yield made


@pytest.fixture
def window(browser: Browser, demo_stack: Stack) -> Iterator[Window]:
    """A window before the shared hub, wide and light; nobody has signed in."""
    with Window.on(browser, demo_stack) as opened:
        yield opened
