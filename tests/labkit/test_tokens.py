from __future__ import annotations

import base64
import hashlib

import pytest
from voprf import ristretto

from labkit.tokens import (
    MAX_BATCH,
    Blinded,
    TokenError,
    band_input,
    blind,
    combine,
    key_info,
    oprf_input,
)
from tests.labkit import oprf_rfc
from tests.labkit.oprf_rfc import Server


INFO = key_info("email-addr", "2026Q4")
HUB, TRUSTEE = bytes(range(32)), bytes(range(32, 64))
INPUTS = [oprf_input("email-addr", f"{name}@lab.example") for name in ("alder", "birch", "cedar")]


def evaluator(seed: bytes = HUB, info: bytes = INFO) -> ristretto.Evaluator:
    return ristretto.Evaluator.from_seed(seed, info)


def key(seed: bytes = HUB, info: bytes = INFO) -> bytes:
    return evaluator(seed, info).public_key.serialize()


def reply_to(body: bytes, seed: bytes = HUB, info: bytes = INFO) -> bytes:
    points = [
        ristretto.BlindedInput.deserialize(body[at : at + 32]) for at in range(0, len(body), 32)
    ]
    return evaluator(seed, info).evaluate_batch(points).serialize()


def outputs(seed: bytes) -> list[bytes]:
    batch = blind(INPUTS)
    return batch.finalise(reply_to(batch.body, seed), key(seed))


@pytest.fixture
def batch() -> Blinded:
    return blind(INPUTS)


def test_inputs_and_key_info_are_those_of_the_scheme() -> None:
    assert INPUTS[0] == b"forum-share/v1\0email-addr\0alder@lab.example"
    assert INFO == b"forum-share/voprf/v1|email-addr|2026Q4"
    assert band_input(7, bytes(16)) == b"forum-share/v1\0prompt-band\0" + b"7\0" + bytes(16)
    assert oprf_input("prompt-band", "7:" + "00" * 16) == band_input(7, bytes(16))


def test_the_output_is_the_one_for_the_unblinded_value(batch: Blinded) -> None:
    found = batch.finalise(reply_to(batch.body), key())
    assert found == [evaluator().evaluate_known_input(each) for each in INPUTS]


def test_the_oracle_as_evaluator_and_as_client_gives_the_same(batch: Blinded) -> None:
    oracle = Server(HUB, INFO)
    assert oracle.public == key()
    theirs = batch.finalise(oracle.reply(batch.body), oracle.public)
    scalar = hashlib.sha512(b"any").digest()[:31] + b"\0"
    reply = reply_to(oprf_rfc.blind(INPUTS[0], scalar))
    oprf_rfc.verify(key(), [oprf_rfc.blind(INPUTS[0], scalar)], [reply[64:]], reply[:64])
    assert oprf_rfc.finalise(INPUTS[0], scalar, reply[64:]) == theirs[0]


def test_blinding_twice_gives_bodies_that_share_nothing(batch: Blinded) -> None:
    other = blind(INPUTS).body
    chunks = {batch.body[at : at + 32] for at in range(0, len(batch.body), 32)}
    assert len(chunks) == len(INPUTS)
    assert not chunks & {other[at : at + 32] for at in range(0, len(other), 32)}


def test_one_value_has_another_output_for_each_kind_and_epoch() -> None:
    found = {
        evaluator(info=key_info(kind, epoch)).evaluate_known_input(oprf_input(kind, "4111"))
        for kind in ("pan", "device-id")
        for epoch in ("2026Q4", "2026Q4b")
    }
    assert len(found) == 4


def test_a_token_is_43_characters_of_base64url() -> None:
    token = combine({"hub": outputs(HUB)[0]})
    digest = hashlib.sha512(b"forum-share/combine/v1" + b"\0\x40" + outputs(HUB)[0]).digest()
    assert len(token) == 43
    assert token.translate(str.maketrans("", "", "-_")).isalnum()
    assert base64.urlsafe_b64decode(token + "=") == digest[:32]


def test_two_evaluators_take_one_body_and_their_order_does_not_matter(batch: Blinded) -> None:
    hub = batch.finalise(reply_to(batch.body, HUB), key(HUB))
    trustee = batch.finalise(reply_to(batch.body, TRUSTEE), key(TRUSTEE))
    for one, other in zip(hub, trustee, strict=True):
        token = combine({"hub": one, "trustee": other})
        assert token == combine({"trustee": other, "hub": one})
        assert token not in {
            combine({"hub": one}),
            combine({"trustee": other}),
            combine({"hub": other, "trustee": one}),
        }


def test_two_labs_get_the_same_token() -> None:
    alder, birch = (combine({"hub": outputs(HUB)[2]}) for _ in range(2))
    assert alder == birch


@pytest.mark.parametrize("at", [0, 31, 32, 63, 64, 64 + 32 * 3 - 1])
def test_an_altered_reply_is_refused(batch: Blinded, at: int) -> None:
    reply = bytearray(reply_to(batch.body))
    reply[at] ^= 1
    with pytest.raises(TokenError, match=r"not made with the published key|no point or no proof"):
        batch.finalise(bytes(reply), key())


def test_swapped_elements_are_refused(batch: Blinded) -> None:
    reply = reply_to(batch.body)
    with pytest.raises(TokenError, match="not made with the published key"):
        batch.finalise(reply[:64] + reply[96:128] + reply[64:96] + reply[128:], key())


def test_a_reply_under_another_key_says_so_and_the_right_one_still_works(batch: Blinded) -> None:
    with pytest.raises(TokenError, match="not made with the published key"):
        batch.finalise(reply_to(batch.body, TRUSTEE), key(HUB))
    assert len(batch.finalise(reply_to(batch.body, HUB), key(HUB))) == len(INPUTS)


def test_no_library_panic_escapes_as_the_cause(batch: Blinded) -> None:
    with pytest.raises(TokenError) as raised:
        batch.finalise(reply_to(batch.body, TRUSTEE), key(HUB))
    assert raised.value.__context__ is None


@pytest.mark.parametrize("length", [0, 63, 64, 64 + 32 * 2, 64 + 32 * 3 - 1, 64 + 32 * 4])
def test_a_reply_of_another_length_is_refused(batch: Blinded, length: int) -> None:
    with pytest.raises(TokenError, match=f"has {length} bytes where 160 belong"):
        batch.finalise((reply_to(batch.body) * 2)[:length], key())


def test_the_identity_element_is_refused(batch: Blinded) -> None:
    reply = reply_to(batch.body)
    with pytest.raises(TokenError, match="no point or no proof"):
        batch.finalise(reply[:64] + bytes(32) + reply[96:], key())
    with pytest.raises(TokenError, match="no point of the group"):
        batch.finalise(reply, bytes(32))


@pytest.mark.parametrize("public_key", [b"", b"short", b"\xff" * 32])
def test_a_key_that_is_none_is_refused(batch: Blinded, public_key: bytes) -> None:
    with pytest.raises(TokenError, match="fetch the key list"):
        batch.finalise(reply_to(batch.body), public_key)


@pytest.mark.parametrize("count", [0, MAX_BATCH + 1])
def test_a_batch_has_its_bounds(count: int) -> None:
    with pytest.raises(TokenError, match=f"this one has {count}"):
        blind([b"x"] * count)


@pytest.mark.parametrize("value", [b"", b"x" * 65536])
def test_an_input_has_its_bounds(value: bytes) -> None:
    with pytest.raises(TokenError, match="empty or too long"):
        blind([value])


def test_the_longest_input_can_be_blinded() -> None:
    longest = oprf_input("account-handle", "x" * (65535 - 15 - 14 - 1))
    assert len(longest) == 65535
    assert len(blind([longest]).body) == 32


@pytest.mark.parametrize(
    "call",
    [
        lambda: oprf_input("iban", "x"),
        lambda: key_info("iban", "2026Q4"),
        lambda: oprf_input("pan", ""),
        lambda: oprf_input("pan", "1" * 65535),
        lambda: band_input(32, bytes(16)),
        lambda: band_input(-1, bytes(16)),
        lambda: band_input(0, bytes(20)),
        lambda: combine({}),
        lambda: combine({"hub": bytes(32)}),
    ],
)
def test_what_no_caller_should_pass_is_refused(call: object) -> None:
    assert callable(call)
    with pytest.raises(TokenError):
        call()
