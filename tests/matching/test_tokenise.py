"""The worker's tokens are those that labs make."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from voprf import ristretto

from indicators.domain.tokens import BAND_SCHEME, Identifier
from indicators.matching import evaluator, rotation
from indicators.matching.errors import (
    BadElementsError,
    SeedMissingError,
    TokensUnavailable,
    TooManyElementsError,
)
from indicators.matching.seeds import SeedStore
from indicators.matching.tokenise import tokens
from labkit import skeleton
from labkit.normalise import KINDS, normalise
from labkit.tokens import blind, combine, oprf_input
from tests.matching.keys import NOW, clerk, listed, made


SAMPLES = {
    "email-addr": "j.doe+x@kestrelmail.example",
    "email-canon": "j.doe+x@kestrelmail.example",
    "phone": "+12025550101",
    "phone-prefix": "+1202555",
    "account-handle": "kestrel:heron.9",
    "device-id": "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
    "pan": "4111111111111111",
    "card-weak": "41111111|1111|0930|GB",
    "prompt-band": f"3:{'0f' * 16}",
    "ipv4": "203.0.113.9",
    "ipv6-64": "2001:db8:1:2::/64",
}


ONE = Identifier("phone", "+12025550101")


def test_there_is_a_sample_of_every_kind() -> None:
    assert set(SAMPLES) == set(KINDS)
    assert skeleton.SCHEME == BAND_SCHEME


@pytest.mark.django_db
def test_of_every_kind_raw_and_blinded_give_the_same_token(tmp_path: Path) -> None:
    seeds = made(tmp_path)
    wanted = {Identifier(kind, normalise(kind, value)) for kind, value in SAMPLES.items()}
    found = tokens(wanted, now=NOW, seeds=seeds)
    assert set(found) == wanted
    for each, token in found.items():
        made_by_lab = as_a_lab(seeds, each.kind, each.value, "2026Q4")
        assert (token.value, token.kind, token.epoch) == (made_by_lab, each.kind, "2026Q4")
        assert token.not_after == datetime(2027, 1, 31, tzinfo=UTC)
    assert len({each.value for each in found.values()}) == len(KINDS)


def as_a_lab(seeds: SeedStore, kind: str, value: str, epoch: str) -> str:
    batch = blind([oprf_input(kind, value)])
    key = evaluator.held_key(seeds, kind, epoch)
    reply = evaluator.evaluate(key, evaluator.parse(batch.body))
    (output,) = batch.finalise(reply, listed(seeds).key(kind, epoch, "hub"))
    return combine({"hub": output})


@pytest.mark.django_db
def test_a_new_epoch_gives_other_tokens_and_an_old_one_none(tmp_path: Path) -> None:
    seeds = made(tmp_path)
    old = tokens([ONE], now=NOW, seeds=seeds)[ONE]
    after = NOW + timedelta(hours=1)
    rotation.revoke(clerk(after), seeds, reason="x")
    with pytest.raises(TokensUnavailable, match="no epoch"):
        tokens([ONE], now=after, seeds=seeds)
    rotation.ensure(clerk(after), seeds, {})
    new = tokens([ONE], now=after, seeds=seeds)[ONE]
    assert (old.epoch, new.epoch) == ("2026Q4", "2026Q4b")
    assert old.value != new.value


@pytest.mark.django_db
def test_without_keys_or_seed_there_are_no_tokens(tmp_path: Path) -> None:
    with pytest.raises(TokensUnavailable, match="token_keys ensure"):
        tokens([ONE], now=NOW, seeds=SeedStore(tmp_path / "nothing"))
    seeds = made(tmp_path)
    tokens([ONE], now=NOW, seeds=seeds)
    # A seed that is taken away is not remembered by a process that used it.
    (tmp_path / "2026Q4.seed").unlink()
    with pytest.raises(TokensUnavailable, match="seed of 2026Q4"):
        tokens([ONE], now=NOW, seeds=seeds)
    with pytest.raises(SeedMissingError):
        evaluator.held_key(seeds, "phone", "2026Q4")
    assert tokens([], now=NOW, seeds=seeds) == {}


# --- Bodies


points = st.integers(0, 2**32).map(lambda n: ristretto.Client.blind(b"%d" % n)[1].serialize())


@given(st.lists(points, min_size=1, max_size=4))
def test_points_are_elements(elements: list[bytes]) -> None:
    assert [each.serialize() for each in evaluator.parse(b"".join(elements))] == elements


@given(st.binary(max_size=200))
def test_bytes_are_a_batch_or_are_refused_as_no_elements(body: bytes) -> None:
    with suppress(BadElementsError):
        assert b"".join(each.serialize() for each in evaluator.parse(body)) == body


@pytest.mark.parametrize("size", [1024 * 32 + 1, 1025 * 32, 10**6])
def test_a_batch_that_is_too_long_is_not_looked_into(size: int) -> None:
    with pytest.raises(TooManyElementsError, match="1024 elements"):
        evaluator.parse(b"\xff" * size)


def test_the_element_that_is_none_is_named_by_its_place() -> None:
    good = ristretto.Client.blind(b"x")[1].serialize()
    with pytest.raises(BadElementsError, match="Element 2"):
        evaluator.parse(good + good + b"\xff" * 32 + good)
