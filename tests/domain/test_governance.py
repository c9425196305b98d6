"""The Forum's own words in `share-governance` stand beside a lab's and outlive its next version."""

from __future__ import annotations

from indicators.domain.governance import PART, forums_words, governance_of, governed
from indicators.domain.stix.extensions import BY_NAME


def _body(**terms: object) -> dict[str, object]:
    extension = {"extension_type": "property-extension", **terms}
    return {"type": "indicator", "extensions": {BY_NAME["share-governance"].id: extension}}


def test_only_the_forums_words_are_told_apart_from_a_labs() -> None:
    body = _body(action_tier="score", campaign="uncorrelated", appealed=True)
    assert forums_words(body) == {"campaign": "uncorrelated", "appealed": True}
    assert governance_of({"type": "indicator"}) == {}


def test_a_word_is_added_beside_what_stands() -> None:
    part = governed(_body(action_tier="score"), {"disputed": True})[PART]
    assert part == {
        "extension_type": "property-extension",
        "action_tier": "score",
        "disputed": True,
    }


def test_the_last_word_takes_the_extension_with_it() -> None:
    assert governed(_body(disputed=True), {"disputed": None}) == {PART: None}


def test_while_it_is_disputed_the_tier_is_the_forums_word_too() -> None:
    said = {"action_tier": "context", "disputed": True}
    assert forums_words(_body(**said)) == said
