"""What the Forum says in `share-governance` is the Forum's: no lab sets it, none takes it away."""

from __future__ import annotations

from django.db import transaction

from indicators.domain.disclosure import current_policy
from indicators.domain.governance import forums_words, governed
from indicators.domain.stix.extensions import BY_NAME
from indicators.pipeline.publish import Publisher, revised
from indicators.roles import publishing
from tests.forum import Forum, indicator, now


OTHERS = "campaign--22222222-2222-4222-8222-222222222222"
PATTERN = "[domain-name:value = 'gw.meadowexit.example']"


def _terms(**terms: object) -> dict[str, object]:
    return {BY_NAME["share-governance"].id: {"extension_type": "property-extension", **terms}}


def test_what_a_lab_says_in_the_forums_place_is_not_read(forum: Forum) -> None:
    forum.push("alder", indicator(PATTERN, extensions=_terms(disputed=True, campaign=OTHERS)))
    [body] = forum.feed()
    assert forums_words(body) == {"campaign": "uncorrelated"}


def test_a_labs_next_version_keeps_what_the_forum_said(forum: Forum) -> None:
    sent = indicator(PATTERN, confidence=80)
    forum.push("alder", sent)
    [body] = forum.feed()
    publisher = Publisher(forum.collections["distillation"], current_policy(), now())
    with transaction.atomic(), publishing():
        words = {"disputed": True, "campaign": OTHERS}
        publisher.reissue([revised(publisher, body, governed(body, words))])
        publisher.publish()
    forum.push("alder", sent | {"confidence": 10, "modified": "2026-11-02T09:14:00.000Z"})
    [body] = forum.feed()
    assert body["confidence"] == 15
    assert words.items() <= forums_words(body).items()
