"""`python -m tests.browser.screenshots`: the pictures of the README and the docs, from the demo.

A hub of its own, in a folder that goes afterwards; what is invented in the demo is what is shown.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from playwright.sync_api import Browser

from forum_share.embedded.home import CHECKOUT, Home
from tests import services, stack
from tests.browser import chromium
from tests.browser.window import Window


PICTURES = CHECKOUT / "docs" / "img" / "screens"
ROWS = """kind,value,description,residential
email,someone@kestrelmail.example,,
ipv4,203.0.113.77,,yes
domain,gw-2.meadowexit.example,Sold at 40 USD a month,
"""
Way = Callable[[Window], object]


def _first(place: str, words: str) -> Way:
    def opened(window: Window) -> None:
        window.open(place)
        window.page.click(words)

    return opened


def _submit(window: Window) -> None:
    window.open("/submit/")
    window.page.select_option("#collection", "distillation")
    window.page.fill("#text", ROWS)
    window.page.click("text=Show what the others will see")


SCREENS: Mapping[str, tuple[str, Way]] = {
    "today": ("analyst", lambda window: window.open("/ops/")),
    "review": ("reviewer", _first("/ops/review/", "tbody tr a")),
    "dashboard": ("birch", lambda window: window.open("/dashboard/")),
    "campaign": ("birch", _first("/campaigns/", "main table tbody a")),
    "submit": ("alder", _submit),
}
"""Each picture: who looks, and the way there."""


def main() -> int:
    path = chromium.find()
    if path is None:
        sys.stderr.write(f"{chromium.MISSING}\n")
        return 2
    PICTURES.mkdir(exist_ok=True)
    os.environ[services.LEADER] = str(os.getpid())  # the hub ends with this process
    with tempfile.TemporaryDirectory(prefix="forum-screens-") as folder:
        home = Home(Path(folder))
        try:
            hub = stack.launch(home, {"DATABASE_URL": "", "REDIS_URL": ""})
            hub.seed()
            with chromium.started(path) as browser:
                for name in SCREENS:
                    sys.stdout.write(f"{_take(browser, hub, name)}\n")
        finally:
            services.stop(home)
    return 0


def _take(browser: Browser, hub: stack.Stack, name: str) -> Path:
    who, way = SCREENS[name]
    target = PICTURES / f"{name}.png"
    with Window.on(browser, hub) as window:
        window.sign_in(who)
        way(window)
        window.page.wait_for_load_state("networkidle")
        window.page.screenshot(path=target)
    return target


if __name__ == "__main__":
    sys.exit(main())
