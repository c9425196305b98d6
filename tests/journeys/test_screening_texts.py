"""Whatever a lab writes into a text, nobody reads it before a person of the Forum has."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

import pytest

from indicators.domain.disclosure import current_policy
from indicators.intake.status import Status
from indicators.models.audit import AuditEntry
from indicators.models.publication import Publication
from indicators.models.submission import HeldObject, SubmissionObject
from indicators.pipeline import enrich, review
from tests.forum import Forum, indicator, now, stix
from tests.journeys.screening_texts import CLEAN, NEVER_KEPT, SENSITIVE


pytestmark = pytest.mark.django_db
TEXTS = SENSITIVE + CLEAN
WINDOW = 14
"""Characters of a text that give it away."""


@pytest.fixture
def forum() -> Forum:
    return Forum.make()


def pattern(number: int) -> str:
    return f"[domain-name:value = 'gw-{number}.meadowexit.example']"


def as_descriptions(forum: Forum) -> Status:
    return forum.push(
        "alder", *(indicator(pattern(at), description=text) for at, text in enumerate(TEXTS))
    )


def as_notes(forum: Forum) -> Status:
    about = indicator(pattern(1_000))
    notes = (stix("note", content=text, object_refs=[about["id"]]) for text in TEXTS)
    return forum.push("alder", about, *notes)


def what_can_be_read(status: Status, caplog: pytest.LogCaptureFixture) -> str:
    """The feed in all collections and versions, the status, the journal and the logs."""
    feed = Publication.objects.filter(body__isnull=False).values_list("body", flat=True)
    journal = AuditEntry.objects.values_list("body", flat=True)
    return "\n".join([*map(str, feed), json.dumps(status.as_taxii()), *journal, caplog.text])


def given_away(text: str, read: str) -> bool:
    parts = (text[at : at + WINDOW] for at in range(max(1, len(text) - WINDOW)))
    return any(part in read for part in parts)


@pytest.mark.parametrize("push", [as_descriptions, as_notes])
def test_nothing_that_is_labelled_reaches_anybody(
    forum: Forum, caplog: pytest.LogCaptureFixture, push: Callable[[Forum], Status]
) -> None:
    with caplog.at_level(logging.DEBUG):
        status = push(forum)
    read = what_can_be_read(status, caplog)
    assert [text for text in TEXTS if given_away(text, read)] == []


def test_the_indicators_themselves_are_on_the_feed_at_once(forum: Forum) -> None:
    as_descriptions(forum)
    published = {each["pattern"] for each in forum.feed()}
    assert published == {pattern(number) for number in range(len(TEXTS))}
    assert all("description" not in each for each in forum.feed())


@pytest.mark.parametrize("push", [as_descriptions, as_notes])
def test_secrets_and_card_numbers_are_not_even_kept(
    forum: Forum, push: Callable[[Forum], Status]
) -> None:
    push(forum)
    kept = json.dumps([review.content(each) for each in HeldObject.objects.all()])
    assert [text for text in TEXTS if given_away(text, kept)] == [
        text for text in TEXTS if text not in NEVER_KEPT
    ]
    told = AuditEntry.objects.filter(act="content removed").count()
    assert told == len(NEVER_KEPT)


def test_a_person_releases_a_clean_text_and_it_is_out(forum: Forum) -> None:
    forum.push("alder", indicator(pattern(1), description=CLEAN[0]))
    [item] = HeldObject.objects.all()
    review.release(item.id, by="rowan", policy=current_policy(), now=now())
    enrich.apply(item.id, policy=current_policy(), now=now())
    assert [each["description"] for each in forum.feed()] == [CLEAN[0]]


def test_the_queue_shows_the_sensitive_ones_first(forum: Forum) -> None:
    as_descriptions(forum)
    queue = list(HeldObject.objects.order_by("rank", "held_at"))
    shown = [review.content(each)["description"] for each in queue]
    first = shown[: len(shown) // 2]
    assert sum(text in SENSITIVE for text in first) > 0.85 * len(first)
    rows = SubmissionObject.objects.filter(rule_ids__overlap=["competition.money"])
    assert rows.exists()
