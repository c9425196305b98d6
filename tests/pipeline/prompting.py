"""Prompt families as labs push them, made of prompts or of chosen bands."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from random import Random
from typing import Any

from indicators.domain.disclosure import current_policy
from indicators.domain.governance import governance_of
from indicators.domain.tokens import BAND_SCHEME, Identifier
from indicators.matching.tokenise import tokens
from indicators.pipeline import families
from indicators.pipeline.publish import Publisher
from labkit import stix
from labkit.prompts import band_values
from labkit.skeleton import skeleton
from labkit.tokeniser import Token
from tests.forum import Forum, indicator, now


BESIDE = "distillation-tokens"


def family_of(prompts: Sequence[str], *, template: str = "rubric-grading") -> dict[str, Any]:
    """What `labkit skeleton --tokenise` makes of these prompts."""
    made = skeleton(prompts)
    wanted = [Identifier(kind, value) for kind, value in band_values(made.bands)]
    found = tokens(wanted, now=now())
    return stix.prompt_family(
        [Token(found[each].kind, found[each].epoch, found[each].value) for each in wanted],
        scheme=BAND_SCHEME,
        shingle_bucket=made.bucket,
        template=template,
        language="en",
    )


def family_with(bands: Sequence[str], epoch: str) -> dict[str, Any]:
    """A family of these bands, blinded at the lab."""
    return stix.prompt_family(
        [Token("prompt-band", epoch, each) for each in bands],
        scheme=BAND_SCHEME,
        shingle_bucket="50-99",
        template="other",
        language="und",
    )


def bands(random: Random) -> list[str]:
    """32 tokens that nobody else has."""
    return [base64.urlsafe_b64encode(random.randbytes(32)).rstrip(b"=").decode() for _ in range(32)]


def mixed(random: Random, *shares: tuple[Sequence[str], range]) -> list[str]:
    """Tokens of its own but for some that it shares, at their places."""
    made = bands(random)
    for other, places in shares:
        for place in places:
            made[place] = other[place]
    return made


def group() -> int:
    """What the worker does every few seconds."""
    return families.run(policy=current_policy(), now=now())


def publisher_of(forum: Forum) -> Publisher:
    """Speaks beside the collection."""
    return Publisher(forum.collections[BESIDE], current_policy(), now())


def families_of(forum: Forum) -> set[frozenset[str]]:
    """The families of the collection, as correlation sees them."""
    found = families.representatives(forum.collections["distillation"])
    return {frozenset(each for each, its in found.items() if its == one) for one in found.values()}


def said(forum: Forum, type_: str) -> list[dict[str, Any]]:
    """What stands beside the collection, of one type."""
    return [
        each for each in forum.feed(BESIDE) if each["type"] == type_ and not each.get("revoked")
    ]


def about(bands: Sequence[str], epoch: str, **fields: Any) -> dict[str, Any]:
    """An indicator over bands."""
    tests = " OR ".join(f"prompt-family:bands[*] = '{each}'" for each in bands)
    return indicator(
        f"[prompt-family:scheme = '{BAND_SCHEME}' AND prompt-family:epoch = '{epoch}' "
        f"AND ({tests})]",
        **fields,
    )


def terms(body: dict[str, Any]) -> dict[str, Any]:
    found = dict(governance_of(body))
    found.pop("extension_type", None)
    return found
