"""A real browser before a running hub: Debian's Chromium, driven by Playwright.

The browser is $CHROMIUM, or the first of the usual names; `./dev test` installs Debian's as root.
Without one the tests are skipped where people work, and fail in CI.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.window import Window
from tests.stack import Stack


_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


# For a module, no longer: while Playwright's loop runs, Django refuses the database to its thread.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if not found:
        why = "NO BROWSER: install Debian's chromium, or name one in $CHROMIUM."
        if "CI" in os.environ:
            pytest.fail(why)
        pytest.skip(why)
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=found, args=list(_FLAGS))
        yield made
        made.close()


@pytest.fixture
def window(browser: Browser, demo_stack: Stack) -> Iterator[Window]:
    """A window before the shared hub, wide and light; nobody has signed in."""
    with Window.on(browser, demo_stack) as opened:
        yield opened
