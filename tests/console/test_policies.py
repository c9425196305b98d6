"""Policies on a page: what ran since when, what changed, and what an object becomes under them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from indicators.domain.disclosure import current_policy
from indicators.models.member import Grant
from indicators.models.rescreen import PolicyText
from indicators.models.submission import Submission
from tests.console.seat import Seat, said
from tests.forum import Forum, indicator, now
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
    place = Grant.objects.get(member__slug="alder", collection=forum.collections["distillation"])
    terms = {"place": place.pk, "text": json.dumps(indicator(PATTERN, name="Ours")), **fields}
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
        ({"place": "7000"}, "Choose as whom"),
        ({"version": "1999"}, "is not kept"),
        ({"version": "candidate", "candidate": "version = 1"}, "That is no policy"),
        ({"version": "candidate", "candidate": "]"}, "That is no policy"),
    ],
)
def test_what_cannot_be_tried_is_said(
    texts: None, forum: Forum, seat: Callable[..., Seat], fields: dict[str, str], why: str
) -> None:
    assert why in said(tried(seat("analyst"), forum, **fields))
