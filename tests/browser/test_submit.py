"""Submit and search as people do: from a list on one lab's screen to the other lab's screen."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.window import Window
from tests.forum import indicator
from tests.stack import Stack


pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.xdist_group("browser")]
SHOW = "text=Show what the others will see"
WITHIN = 150
"""Seconds: batches of the demo are formed once a minute."""
ENOUGH = 8
"""Pages of one kind."""
CAMPAIGNS = 3
"""Of the demo."""
OK, MISSING = 200, 404
NAMED = re.compile(r"indicator--[0-9a-f-]{36}")


@pytest.fixture
def mark() -> str:
    """Part of the values of one test, so that it finds its own."""
    return uuid.uuid4().hex[:8]


@contextmanager
def signed_in(browser: Browser, stack: Stack, who: str) -> Iterator[Window]:
    with Window.on(browser, stack) as window:
        window.sign_in(who)
        yield window
        assert window.complaints == []


def test_from_a_list_to_the_other_labs_screen(
    browser: Browser, demo_stack: Stack, mark: str
) -> None:
    """A raw e-mail, a price and a residential address: a token, nothing, a token."""
    name = f"gw-{mark}.meadowexit.example"
    rows = (
        "kind,value,description,residential,price\n"
        f"email,buyer-{mark}@kestrelmail.example,They ask for 40 % off our price of $20,,20 USD\n"
        f"ipv4,203.0.113.{int(mark, 16) % 254 + 1},,yes,\n"
        f"domain,{name},,,\n"
    )
    with signed_in(browser, demo_stack, "alder") as alder:
        alder.open("/submit/")
        alder.page.select_option("#collection", "distillation")
        alder.page.fill("#text", rows)
        alder.page.click(SHOW)
        assert_says_what_leaves(alder)
        alder.page.click("text=Send 3 objects")
        ids = published(alder, 3)
        place = alder.path
    with signed_in(browser, demo_stack, "birch") as birch:
        birch.open("/search/")
        birch.page.fill("#text", "\n".join([name, *ids]))
        birch.page.click("main form button.first")
        found = birch.page.locator("section[aria-labelledby=found] tbody")
        assert found.locator("tr").count() == 4, "the name by itself, and the three by their ids"
        assert found.get_by_text("token of email-addr or email-canon").count() == 1
        assert found.get_by_text("token of ipv4").count() == 1
        for each in ids:
            birch.open(f"/objects/{each}/")
            for word in ("kestrelmail", "203.0.113", "price", "20 USD", "Alder", "alder"):
                assert word not in birch.page.content()
        assert birch.open(place) == MISSING
        birch.complaints.clear()  # the browser's own, of the 404
    assert_no_file_holds(demo_stack, f"buyer-{mark}", name)


def assert_says_what_leaves(window: Window) -> None:
    """Line by line, with the why, and who will see it."""
    mail, address, domain = window.page.locator("table.cells tbody tr").all()
    cells = mail.locator("td")
    assert "a token" in cells.nth(2).inner_text()
    assert "Personal" in cells.nth(2).inner_text()
    assert "nothing leaves" in cells.nth(3).inner_text()
    assert "a price" in cells.nth(3).inner_text()
    assert "nothing leaves" in cells.nth(5).inner_text()
    assert "a token" in address.locator("td").nth(2).inner_text()
    assert "kept" in domain.locator("td").nth(2).inner_text()
    assert window.faults() == []
    for words in ("Nothing has been kept yet", "At once:", "With a batch.", "narrow a source to"):
        assert words in window.text


def published(window: Window, number: int) -> list[str]:
    """Wait on the page of a submission until all of it is on the feed; the Forum's ids."""
    links = window.page.locator("#objects a[href^='/objects/']")
    deadline = time.monotonic() + WITHIN
    while links.count() < number:
        assert time.monotonic() < deadline, window.text
        window.page.wait_for_timeout(500)
    return links.all_inner_texts()


def assert_no_file_holds(stack: Stack, *words: str) -> None:
    """Neither what was sent by hand nor what was searched for stands in a log."""
    for path in stack.home.logs.iterdir():
        said = path.read_text(errors="replace")
        assert not [word for word in words if word in said], path.name


def test_each_way_to_give_it_leads_to_the_preview(
    browser: Browser, demo_stack: Stack, mark: str, tmp_path: Path
) -> None:
    name = f"way-{mark}.meadowexit.example"
    rows, stix = tmp_path / "list.csv", tmp_path / "seen.json"
    rows.write_text(f"value\tkind\n{name}\tdomain\n")
    stix.write_text(json.dumps({"objects": [indicator(f"[domain-name:value = '{name}']")]}))
    with signed_in(browser, demo_stack, "alder") as window:
        for text in (rows.read_text(), stix.read_text()):
            window.open("/submit/")
            window.page.fill("#text", text)
            window.page.click(SHOW)
            assert_shown(window, name)
        for file in (rows, stix):
            window.open("/submit/")
            window.page.click("text=A file")
            window.page.set_input_files("#file", file)
            window.page.click(SHOW)
            assert_shown(window, name)
        window.page.click("text=Not like this")
        window.page.click("text=One indicator")
        window.page.select_option("#kind", "domain")
        window.page.fill("#value", name)
        window.page.click(SHOW)
        assert_shown(window, name)
        window.page.click("text=Send 1 object")
        assert NAMED.fullmatch(published(window, 1)[0])


def assert_shown(window: Window, name: str) -> None:
    shown = name.replace(".", "[.]")
    assert shown in window.page.locator("table.cells").inner_text()
    assert "Send 1 object" in window.text
    assert window.faults() == []


def test_no_page_of_birch_names_alder(browser: Browser, demo_stack: Stack) -> None:
    with signed_in(browser, demo_stack, "birch") as birch:
        birch.open("/dashboard/")
        seen: Counter[str] = Counter()
        opened: set[str] = set()
        following = links(birch)
        while following:
            path = following.pop(0)
            kind = path.split("/")[1]
            if path in opened or seen[kind] == ENOUGH:
                continue
            opened.add(path)
            seen[kind] += 1
            assert birch.open(path) == OK, path
            assert "alder" not in birch.page.content().lower(), path
            following += links(birch)
        assert {"search", "submit", "submissions", "integrations"} <= set(seen)
        assert seen["objects"] == ENOUGH
        assert seen["campaigns"] >= CAMPAIGNS


def links(window: Window) -> list[str]:
    """Pages that this one leads to, each without its query."""
    found: list[str] = window.page.locator("a[href]").evaluate_all(
        "all => all.filter(a => a.host === location.host).map(a => a.pathname)"
    )
    return found
