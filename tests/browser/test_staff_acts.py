"""What staff do by twos, or have the worker do: a reveal, an epoch, a campaign's name."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from tests.browser.window import Window
from tests.journeys.lab import LabClient
from tests.stack import Stack


pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.xdist_group("browser")]
PLACE = "exercise"
"""Where what the demo sends is shared."""


def follows(window: Window, words: str, *, within: float = 60) -> None:
    """The page comes to say this without being opened again."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        if words in " ".join(window.text.split()):
            return
        time.sleep(0.5)
    pytest.fail(f"{window.path} never said {words!r}:\n{window.text}")


def reveal(analyst: Window, counsel: Window, stix_id: str) -> None:
    analyst.open("/ops/reveals/")
    analyst.page.fill("#object", stix_id)
    analyst.page.select_option("#collection", PLACE)
    analyst.page.fill("#reference", "CASE-12")
    analyst.page.fill("#why", "The same lie for the third time.")
    analyst.page.click("button:text-is('Ask')")
    assert "A second person, counsel, decides" in analyst.text
    assert analyst.wrong() == []
    counsel.open(analyst.path)
    assert counsel.wrong() == []
    counsel.page.click("button:text-is('Allow')")
    analyst.open(analyst.path)
    analyst.page.click("text=Show who stands behind it")
    assert analyst.page.locator("[aria-label=Members] tbody tr").count() >= 1
    assert analyst.wrong() == []


def next_epoch(operator: Window, counsel: Window) -> None:
    operator.open("/ops/epochs/")
    operator.page.fill("#why", "The host was broken into.")
    operator.page.click("button:text-is('Ask for it')")
    assert operator.wrong() == []
    counsel.open(operator.path)
    counsel.page.click("button:text-is('Order it')")
    follows(counsel, "The next one has begun")
    assert counsel.wrong() == []


def name(reviewer: Window) -> None:
    reviewer.open("/ops/campaigns/")
    reviewer.page.locator("main a[href^='/ops/campaigns/campaign--']").first.click()
    reviewer.page.fill("#name", "GREY LANTERN")
    reviewer.page.click("button:text-is('Give it')")
    follows(reviewer, "GREY LANTERN Live")
    assert reviewer.wrong() == []


def test_staff_act_by_twos_and_the_worker_carries_it_out(
    browser: Browser, new_stack: Callable[..., Stack]
) -> None:
    stack = new_stack()
    stack.seed()
    feed = LabClient(stack, "cedar").feed(PLACE)
    sign = next(each for each in feed if each["type"] == "indicator")
    for width in (1280, 400):
        with (
            Window.on(browser, stack, width=width) as one,
            Window.on(browser, stack, width=width) as counsel,
        ):
            counsel.sign_in("counsel")
            one.sign_in("analyst")
            reveal(one, counsel, sign["id"])
        with (
            Window.on(browser, stack, width=width) as one,
            Window.on(browser, stack, width=width) as counsel,
        ):
            counsel.sign_in("counsel")
            one.sign_in("operator")
            next_epoch(one, counsel)
    with Window.on(browser, stack) as reviewer:
        reviewer.sign_in("reviewer")
        name(reviewer)
