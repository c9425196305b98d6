"""Policies on a page: what ran since when, what changed, and what an object becomes under them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from indicators.domain.disclosure import current_policy
from indicators.models.rescreen import PolicyText
from indicators.models.submission import Submission
from tests.console.seat import Seat, said
from tests.forum import Forum, indicator, now, stix
from tests.pipeline.reviewing import PATTERN


ACTIVE = current_policy()
OLDER = ACTIVE.text.replace(ACTIVE.version, "2020-01-01.1").replace(
    '[types.indicator]\ndecision = "auto"', '[types.indicator]\ndecision = "refuse:OUT_OF_SCOPE"'
)
"""No indicator left the hub then."""


@pytest.fixture
def texts(forum: Forum) -> None:
    PolicyText.objects.create(version="2020-01-01.1", text=OLDER, since=now())


def tried(seat: Seat, forum: Forum, **fields: Any) -> Any:
    terms = {
        "place": "distillation",
        "nexus": "fraudulent-account",
        "text": json.dumps(indicator(PATTERN, name="Ours")),
        **fields,
    }
    return seat.post("/ops/policies/try/", **terms)


def test_two_versions_are_compared_line_by_line(texts: None, seat: Callable[..., Seat]) -> None:
    counsel = seat("counsel")
    assert "in force" in counsel.text("/ops/policies/")
    page = counsel.text(f"/ops/policies/?from=2020-01-01.1&to={ACTIVE.version}")
    assert "<del>-decision = &quot;refuse:OUT_OF_SCOPE&quot;</del>" in page
    assert "<ins>+decision = &quot;auto&quot;</ins>" in page
    assert "is_nothing" not in counsel.text("/ops/policies/?from=nonsense&to=is_nothing")


def test_an_object_is_tried_and_nothing_is_kept(
    texts: None, forum: Forum, seat: Callable[..., Seat]
) -> None:
    page = said(tried(seat("analyst"), forum))
    assert "published" in page
    assert "<del>Ours</del>" in page
    assert not Submission.objects.exists()
    assert forum.feed() == []


@pytest.mark.parametrize("version", ["2020-01-01.1", "candidate"])
def test_it_is_tried_under_another_policy(
    texts: None, forum: Forum, seat: Callable[..., Seat], version: str
) -> None:
    reviewer = seat("reviewer")
    candidate = OLDER if version == "candidate" else ""
    assert "OUT_OF_SCOPE" in said(tried(reviewer, forum, version=version, candidate=candidate))
    assert "OUT_OF_SCOPE" not in said(tried(reviewer, forum, version=""))


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"text": "{"}, "Not acceptable as JSON"),
        ({"text": '{"type": "indicator"}'}, "each with its type and its id"),
        (
            {"text": '{"id": "indicator--6b1f3c52-9a37-4f0e-8f43-2f6c0d6a5be1"}'},
            "each with its type",
        ),
        ({"place": "7000"}, "Choose the collection"),
        ({"nexus": "nonsense"}, "Choose what makes it a threat"),
        ({"version": "1999"}, "is not kept"),
        ({"version": "candidate", "candidate": "version = 1"}, "That is no policy"),
        ({"version": "candidate", "candidate": "]"}, "That is no policy"),
    ],
)
def test_what_cannot_be_tried_is_said(
    texts: None, forum: Forum, seat: Callable[..., Seat], fields: dict[str, str], why: str
) -> None:
    assert why in said(tried(seat("analyst"), forum, **fields))


def test_no_answer_tells_which_lab_contributed(
    texts: None, forum: Forum, seat: Callable[..., Seat]
) -> None:
    """Taking back, again, a sighting, a reference: all as for somebody who never sent anything."""
    answers, analyst = [], seat("analyst")
    for lab in ("alder", "birch"):
        own = indicator(f"[domain-name:value = '{lab}-sent.example']")
        forum.push(lab, own)
        forum.work()
        [shared] = [each for each in forum.feed() if f"{lab}-sent" in each["pattern"]]
        asked = [
            shared | {"revoked": True},
            own | {"revoked": True},
            own,
            stix("sighting", sighting_of_ref=shared["id"], count=1),
            stix("relationship", relationship_type="related-to", source_ref=own["id"],
                 target_ref=shared["id"]),
        ]  # fmt: skip
        pages = [said(tried(analyst, forum, text=json.dumps(each))) for each in asked]
        answers.append([_bare(page, own["id"], shared["id"], lab) for page in pages])
    assert answers[0] == answers[1]
    assert "Taken back" not in "".join(answers[0])


def _bare(page: str, *words: str) -> str:
    """What the answer says, less what differs between any two objects."""
    found = page[page.rindex("</form>") :]
    for word in words:
        found = found.replace(word, "")
    return re.sub(
        r"[a-z-]+--[0-9a-f-]{36}|Indicator [0-9a-f]{12}|\d{4}-\d\d-\d\dT[0-9:.]+Z", "", found
    )
