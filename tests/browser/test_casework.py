"""Incidents, bulletins and legal demands in a real browser, from first form to last step."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.window import Scheme, Window
from tests.stack import Stack


pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("browser")]
LOOKS: list[tuple[Scheme, int]] = [("dark", 1280), ("light", 400)]


@contextmanager
def seat(browser: Browser, stack: Stack, who: str) -> Iterator[Window]:
    """Somebody's window, who has nothing to complain of in the end."""
    with Window.on(browser, stack) as window:
        window.sign_in(who)
        yield window
        assert window.wrong() == []


def check(browser: Browser, stack: Stack, who: str, *paths: str) -> None:
    """These pages are sound in every look."""
    for scheme, width in LOOKS:
        with Window.on(browser, stack, width=width, scheme=scheme) as window:
            window.sign_in(who)
            for path in paths:
                assert window.open(path) == 200
                assert window.wrong() == [], (path, scheme, width)


def utc(offset: timedelta = timedelta()) -> datetime:
    return datetime.now(UTC) + offset  # noqa: TID251  a test is an edge


def press(window: Window, button: str) -> None:
    with window.page.expect_navigation(wait_until="load"):
        window.page.click(button)


def test_an_incident_from_noticing_to_closing(browser: Browser, demo_stack: Stack) -> None:
    with seat(browser, demo_stack, "analyst") as analyst:
        analyst.open("/ops/incidents/")
        analyst.go("n")
        analyst.page.fill("#reference", "I-1")
        analyst.page.fill("#noticed", f"{utc(timedelta(hours=-10)):%Y-%m-%dT%H:%M}")
        analyst.page.fill("#text", "A list went to the wrong address.")
        press(analyst, "main button.first")
        path = analyst.path
        assert "A list went to the wrong address." in analyst.text
        analyst.open("/ops/")
        assert "I-1" in analyst.text
    with seat(browser, demo_stack, "counsel") as counsel:
        counsel.open(path)
        counsel.press("o")
        counsel.page.fill("#to", "To the authority: one list, two readers.")
        press(counsel, "button[name=notice]")
        assert "told in time" in counsel.text
        check(browser, demo_stack, "counsel", path, "/ops/incidents/new/")
        counsel.page.click("[data-opens=close]")
        counsel.page.fill("#last", "The list is gone.")
        press(counsel, "button[name=close]")
        counsel.open("/ops/incidents/")
        assert "I-1" not in counsel.text


def test_a_bulletin_reaches_the_members_by_two_people(browser: Browser, demo_stack: Stack) -> None:
    with (
        seat(browser, demo_stack, "counsel") as writer,
        seat(browser, demo_stack, "reviewer") as reviewer,
        seat(browser, demo_stack, "alder") as alder,
    ):
        writer.open("/ops/bulletins/new/")
        writer.page.fill("#title", "The hub stands still on Sunday")
        writer.page.fill("#text", "From 02:00 to 03:00 UTC, as Aldergrove AI asked.")
        press(writer, "main button.first")
        assert "names a member" in writer.text
        writer.page.fill("#text", "From 02:00 to 03:00 UTC.")
        press(writer, "main button.first")
        path = writer.path
        reviewer.open(path)
        reviewer.go("a")
        alder.open("/dashboard/")
        press(alder, ".notice a")
        assert "From 02:00 to 03:00 UTC." in alder.text
    check(browser, demo_stack, "reviewer", path, "/ops/bulletins/new/")
    check(browser, demo_stack, "alder", "/dashboard/", "/bulletins/")


def test_a_demand_is_narrowed_told_and_exported(browser: Browser, demo_stack: Stack) -> None:
    day = f"{utc():%Y-%m-%d}"
    with (
        seat(browser, demo_stack, "counsel") as counsel,
        seat(browser, demo_stack, "analyst") as analyst,
    ):
        counsel.open("/ops/demands/")
        counsel.go("n")
        for field, value in {
            "reference": "G-1", "received": day, "place": "US", "types": "indicator url",
            "first": f"{utc(timedelta(days=-3)):%Y-%m-%d}", "last": day,
        }.items():  # fmt: skip
            counsel.page.fill(f"#{field}", value)
        counsel.page.select_option("#member", "alder")
        press(counsel, "main button.first")
        path = counsel.path
        counsel.press("w")
        counsel.page.fill("#types", "indicator")
        counsel.page.fill("#why-narrow", "The order names indicators alone.")
        press(counsel, "button[name=narrow]")
        counsel.page.click("[data-opens=tell]")
        counsel.page.fill("#words", "A court demands what you sent.")
        press(counsel, "button[name=tell]")
        assert "second, different person exports" in counsel.text
        analyst.open(path)
        with analyst.page.expect_download() as download:
            analyst.page.click("text=Export what the scope names")
        found = json.loads(Path(download.value.path()).read_text())["objects"]
        assert {each["object"]["type"] for each in found} == {"indicator"}
    check(browser, demo_stack, "counsel", path, "/ops/demands/new/")
    check(browser, demo_stack, "alder", "/bulletins/")
