"""A value that many innocent people use waits for a person; nobody else's word is needed."""

from __future__ import annotations

from typing import Any

import pytest

from indicators.domain.disclosure import current_policy
from indicators.models.submission import HeldObject
from indicators.pipeline import review
from tests.forum import Forum, indicator, messages, now, outcomes, stix


pytestmark = pytest.mark.django_db


@pytest.fixture
def forum() -> Forum:
    """With a collection for real values: the usual one takes reserved ones."""
    made = Forum.make()
    made.add_collection("live")
    return made


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (indicator("[domain-name:value = 'gmail.com']"), "public mail providers"),
        (indicator("[url:value = 'https://login.qq.com/x']"), "public mail providers"),
        (indicator("[ipv4-addr:value ISSUBSET '8.8.8.0/24']"), "public resolvers"),
        (
            indicator("[domain-name:value IN ('panel.evil-relay.biz', 'mail.ox.ac.uk')]"),
            "universities",
        ),
        (indicator("[autonomous-system:number = 16509]"), "networks of clouds"),
        (indicator("[ipv4-addr:value = '104.28.33.1']"), "private relays"),
        (stix("domain-name", value="wikipedia.org"), "much visited sites"),
        (stix("ipv4-addr", value="52.95.110.1"), "Amazon Web Services"),
        (stix("autonomous-system", number=13335), "networks of clouds"),
    ],
)
def test_a_listed_value_is_held_and_its_list_is_named(
    forum: Forum, body: dict[str, Any], title: str
) -> None:
    status = forum.push("alder", body, into="live")
    assert outcomes(status) == ["held"]
    assert "WARNING_LIST" in messages(status)[0]
    assert title in messages(status)[0]
    assert forum.feed("live") == []
    [item] = HeldObject.objects.all()
    assert [each for each in item.rule_ids if each.startswith("warning-list.")]


def test_a_released_one_is_published(forum: Forum) -> None:
    forum.push("alder", indicator("[domain-name:value = 'gmail.com']"), into="live")
    [item] = HeldObject.objects.all()
    review.release(item.id, by="rowan", policy=current_policy(), now=now())
    forum.work()
    assert [each["pattern"] for each in forum.feed("live")] == ["[domain-name:value = 'gmail.com']"]


def test_what_exercises_are_made_of_is_on_no_list(forum: Forum) -> None:
    status = forum.push(
        "alder",
        indicator("[ipv4-addr:value = '198.51.100.10']"),
        indicator("[domain-name:value = 'greyorchard-college.example']"),
        stix("autonomous-system", number=64501),
    )
    assert outcomes(status) == ["published"] * 3
