"""What a published prompt family gives away to whoever has the code, the feed and a dictionary."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
from random import Random

import pytest
from voprf import ristretto

from labkit.normalise import BANDS
from labkit.skeleton import BUCKETS, MATCH, Skeleton, matching_bands, skeleton
from labkit.tokens import band_input, blind, combine, key_info
from tests.labkit.oprf_rfc import Server
from tests.labkit.prompt_corpus import FAMILIES, PAYLOADS, prompts


INFO = key_info("prompt-band", "2026Q4")
HUB = hashlib.sha256(b"the hub's seed, which no member has").digest()


def tokens(found: Skeleton, seed: bytes = HUB) -> list[str]:
    """The tokens of a skeleton by way of an evaluator with this seed."""
    evaluator = ristretto.Evaluator.from_seed(seed, INFO)
    batch = blind([band_input(i, band) for i, band in enumerate(found.bands)])
    points = [
        ristretto.BlindedInput.deserialize(batch.body[at : at + 32])
        for at in range(0, len(batch.body), 32)
    ]
    reply = evaluator.evaluate_batch(points).serialize()
    outputs = batch.finalise(reply, evaluator.public_key.serialize())
    return [combine({"hub": each}) for each in outputs]


@pytest.fixture(scope="module")
def dictionary() -> list[Skeleton]:
    """The exact skeleton of every family: more than a dictionary of shingles could give."""
    return [
        skeleton([f"{' '.join(family)} {payload}" for payload in PAYLOADS]) for family in FAMILIES
    ]


@pytest.fixture(scope="module")
def feed() -> list[str]:
    return tokens(skeleton(prompts(FAMILIES[17], 10, Random(4))))


def offline_guesses(band: bytes, i: int) -> list[str]:
    """All that the public formats make of a band without the evaluator."""
    value = band_input(i, band)
    raw = [value, band, hashlib.sha512(value).digest(), hashlib.sha512(band).digest()]
    unkeyed = [(each * 4)[:64] for each in raw]
    outputs = [combine({"hub": each}) for each in unkeyed]
    digests = [hashlib.sha256(each).digest() for each in raw] + [each[:32] for each in unkeyed]
    return outputs + [base64.urlsafe_b64encode(each).rstrip(b"=").decode() for each in digests]


def test_a_member_that_asks_the_evaluator_recognises_a_family_it_knows(
    dictionary: list[Skeleton], feed: list[str]
) -> None:
    known = [matching_bands(tokens(each), feed) >= MATCH for each in dictionary]
    assert [at for at, hit in enumerate(known) if hit] == [17]


def test_the_dictionary_without_the_evaluator_equals_no_token(
    dictionary: list[Skeleton], feed: list[str]
) -> None:
    guesses = {
        guess
        for each in dictionary
        for i, band in enumerate(each.bands)
        for guess in offline_guesses(band, i)
    }
    assert len(guesses) > 5_000
    assert not guesses & set(feed)


def test_the_dictionary_under_keys_of_ones_own_equals_no_token(
    dictionary: list[Skeleton], feed: list[str]
) -> None:
    seeds = [bytes(32), INFO.ljust(32, b"\0")[:32], Random(7).randbytes(32)]
    for seed in seeds:
        for each in dictionary[15:20]:
            assert not set(tokens(each, seed)) & set(feed)


def test_the_dictionary_with_the_public_key_alone_equals_no_token(
    dictionary: list[Skeleton], feed: list[str]
) -> None:
    public = Server(HUB, INFO).public
    for i, band in enumerate(dictionary[17].bands):
        value = band_input(i, band)
        for each in (public + value, value + public):
            assert combine({"hub": hashlib.sha512(each).digest()}) not in feed


def test_the_family_has_other_tokens_in_another_epoch(dictionary: list[Skeleton]) -> None:
    evaluators = [
        ristretto.Evaluator.from_seed(HUB, key_info("prompt-band", epoch))
        for epoch in ("2026Q4", "2027Q1")
    ]
    one, other = (
        {
            combine({"hub": evaluator.evaluate_known_input(band_input(i, band))})
            for i, band in enumerate(dictionary[0].bands)
        }
        for evaluator in evaluators
    )
    assert not one & other


def test_equal_minima_in_two_places_have_two_tokens() -> None:
    found = tokens(Skeleton(bands=(bytes(16),) * BANDS, shingles=12))
    assert len(set(found)) == BANDS


# --- nothing else is made from the prompts


def test_a_skeleton_holds_bands_and_a_count_and_nothing_else() -> None:
    found = skeleton(prompts(FAMILIES[0], 10, Random(1)))
    assert {each.name for each in dataclasses.fields(found)} == {"bands", "shingles"}
    assert all(type(each) is bytes and len(each) == 16 for each in found.bands)
    assert found.bucket in {name for _, name in BUCKETS}


def test_what_is_outside_the_template_has_no_influence() -> None:
    """Two labs with other customers and other prompts publish the same bytes."""
    template = " ".join(FAMILIES[3])
    alder = skeleton([f"{template} {payload}" for payload in PAYLOADS])
    birch = skeleton([f"{payload[::-1]} {template}" for payload in PAYLOADS[:8]])
    assert (tokens(alder), alder.bucket) == (tokens(birch), birch.bucket)


def test_what_is_sent_to_the_evaluator_differs_each_time_and_holds_no_band() -> None:
    found = skeleton(prompts(FAMILIES[0], 10, Random(1)))
    inputs = [band_input(i, band) for i, band in enumerate(found.bands)]
    one, other = blind(inputs).body, blind(inputs).body
    assert len(one) == len(other) == 32 * BANDS
    assert one != other
    assert not any(band[:8] in one for band in found.bands)
