"""One window of a browser, which hears every complaint of its pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from tests.stack import Stack


_AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
_SERIOUS = frozenset({"serious", "critical"})
_LOCAL = frozenset({"127.0.0.1", "localhost"})
Scheme = Literal["light", "dark"]


@dataclass
class Window:
    """A page, the hub that it looks at, and what went wrong on it."""

    page: Page
    stack: Stack
    complaints: list[str] = field(default_factory=list)

    @classmethod
    @contextmanager
    def on(
        cls, browser: Browser, stack: Stack, *, width: int = 1280, scheme: Scheme = "light"
    ) -> Iterator[Window]:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, locale="en-GB"
        )
        window = cls(context.new_page(), stack)
        window.page.on("console", window._hear)
        window.page.on("pageerror", lambda error: window.complaints.append(str(error)))
        window.page.on("request", window._see)
        yield window
        context.close()

    def sign_in(self, who: str) -> None:
        """As a member's person or in a staff role, by the names of the demo."""
        cards: dict[str, Any] = self.stack.credentials
        card = cards["staff"].get(who) or cards["members"][who]
        self.sign_in_with(card["login"], card["password"])

    def sign_in_with(self, login: str, password: str) -> None:
        """As anybody else."""
        self.open("/sign-in/")
        self.page.fill("#id_username", login)
        self.page.fill("#id_password", password)
        self.page.focus("#id_password")
        self.go("Enter")

    def open(self, path: str) -> int:
        """The status of the answer."""
        answer = self.page.goto(self.stack.root.rstrip("/") + path)
        assert answer is not None
        return answer.status

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    @property
    def text(self) -> str:
        return self.page.inner_text("main")

    def press(self, *keys: str) -> None:
        """Keys one after the other, on this page."""
        for key in keys:
            self.page.keyboard.press(key)

    def go(self, *keys: str) -> None:
        """The same; the last one leads to another page, or to this one anew."""
        self.press(*keys[:-1])
        with self.page.expect_navigation(wait_until="load"):
            self.page.keyboard.press(keys[-1])

    def faults(self) -> list[str]:
        """What axe calls serious, with where it stands."""
        self.page.evaluate(_AXE)
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{each['id']}: {json.dumps([node['target'] for node in each['nodes']][:3])}"
            for each in found["violations"]
            if each["impact"] in _SERIOUS
        ]

    def wrong(self) -> list[str]:
        """All that is wrong with this page, and what it complained of since it was last asked."""
        wide = self.page.evaluate("document.documentElement.scrollWidth > innerWidth")
        found = [*self.faults(), *self.complaints, *(["scrolls sideways"] if wide else [])]
        self.complaints.clear()
        return found

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _see(self, request: Request) -> None:
        if urlsplit(request.url).scheme in ("http", "https"):
            host = urlsplit(request.url).hostname
            if host not in _LOCAL:
                self.complaints.append(f"asked for {request.url}")
