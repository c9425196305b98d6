"""The test vectors of RFC 9497, A.1, against the library in use and against the oracle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from voprf import ristretto

from tests.labkit import oprf_rfc
from tests.labkit.oprf_rfc import OPRF, VOPRF, Server


SUITES = {
    each["mode"]: each
    for each in json.loads((Path(__file__).parent / "data" / "rfc9497_a1.json").read_text())[
        "suites"
    ]
}
CASES = [
    pytest.param(mode, vector, id=f"{suite['section']}-{number}")
    for mode, suite in SUITES.items()
    for number, vector in enumerate(suite["vectors"], start=1)
]
VERIFIABLE = [each for each in CASES if each.values[0] == VOPRF]

Vector = dict[str, Any]


def octets(texts: list[str]) -> list[bytes]:
    return [bytes.fromhex(each) for each in texts]


def server(mode: int, vector: Vector | None = None) -> Server:
    suite = SUITES[mode]
    random = [bytes.fromhex(vector["proof_random"])] if vector and mode == VOPRF else []
    return Server(bytes.fromhex(suite["seed"]), bytes.fromhex(suite["key_info"]), mode, random)


def evaluator() -> ristretto.Evaluator:
    suite = SUITES[VOPRF]
    return ristretto.Evaluator.from_seed(
        bytes.fromhex(suite["seed"]), bytes.fromhex(suite["key_info"])
    )


@pytest.mark.parametrize("mode", [OPRF, VOPRF])
def test_the_oracle_derives_the_keys(mode: int) -> None:
    assert server(mode).private.hex() == SUITES[mode]["private_key"]
    if mode == VOPRF:
        assert server(mode).public.hex() == SUITES[mode]["public_key"]


@pytest.mark.parametrize(("mode", "vector"), CASES)
def test_the_oracle_blinds_evaluates_and_finalises(mode: int, vector: Vector) -> None:
    inputs, blinds = octets(vector["inputs"]), octets(vector["blinds"])
    blinded = [oprf_rfc.blind(*each, mode) for each in zip(inputs, blinds, strict=True)]
    evaluated = server(mode).evaluated(blinded)
    outputs = [oprf_rfc.finalise(*each) for each in zip(inputs, blinds, evaluated, strict=True)]
    assert blinded == octets(vector["blinded"])
    assert evaluated == octets(vector["evaluated"])
    assert outputs == octets(vector["outputs"])


@pytest.mark.parametrize(("mode", "vector"), VERIFIABLE)
def test_the_oracle_proves_and_verifies(mode: int, vector: Vector) -> None:
    blinded, evaluated = octets(vector["blinded"]), octets(vector["evaluated"])
    proof = server(mode, vector).proof(blinded, evaluated)
    assert proof.hex() == vector["proof"]
    oprf_rfc.verify(server(mode).public, blinded, evaluated, proof)


def test_voprf_derives_the_key() -> None:
    assert evaluator().public_key.serialize().hex() == SUITES[VOPRF]["public_key"]


@pytest.mark.parametrize(("mode", "vector"), VERIFIABLE)
def test_voprf_evaluates_what_was_blinded_and_the_oracle_accepts_its_proof(
    mode: int, vector: Vector
) -> None:
    blinded = octets(vector["blinded"])
    reply = evaluator().evaluate_batch([ristretto.BlindedInput.deserialize(b) for b in blinded])
    proof, elements = reply.serialize()[:64], reply.serialize()[64:]
    evaluated = [elements[at : at + 32] for at in range(0, len(elements), 32)]
    assert evaluated == octets(vector["evaluated"])
    oprf_rfc.verify(server(mode).public, blinded, evaluated, proof)


@pytest.mark.parametrize(("mode", "vector"), VERIFIABLE)
def test_voprf_gives_the_outputs_for_inputs_it_sees(mode: int, vector: Vector) -> None:
    found = [evaluator().evaluate_known_input(each) for each in octets(vector["inputs"])]
    assert found == octets(vector["outputs"])


@pytest.mark.parametrize(("mode", "vector"), VERIFIABLE)
def test_voprf_as_client_takes_the_oracles_reply(mode: int, vector: Vector) -> None:
    pairs = [ristretto.Client.blind(each) for each in octets(vector["inputs"])]
    body = b"".join(blinded.serialize() for _, blinded in pairs)
    found = ristretto.Client.finalize_batch(
        [client for client, _ in pairs],
        ristretto.VerifiableBatchOutput.deserialize(server(mode).reply(body)),
        ristretto.PublicKey.deserialize(server(mode).public),
    )
    assert found == octets(vector["outputs"])
