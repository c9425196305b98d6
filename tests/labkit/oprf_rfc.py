"""RFC 9497 over ristretto255 with SHA-512, modes OPRF and VOPRF, on libsodium (rbcl).

An oracle for tests: written from the RFC, without a line of the library that the project uses.
Section numbers are the RFC's. Not for production: no care is taken of timing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import rbcl  # type: ignore[import-untyped]  # it ships no types


OPRF, VOPRF = 0, 1
BASE: bytes = rbcl.crypto_scalarmult_ristretto255_base((1).to_bytes(32, "little"))


class ProofError(Exception):
    """The proof does not fit the public key."""


def sized(octets: bytes) -> bytes:
    return len(octets).to_bytes(2, "big") + octets


def context(mode: int) -> bytes:
    """contextString, 3.1."""
    return b"OPRFV1-" + bytes([mode]) + b"-ristretto255-SHA512"


def expand(message: bytes, dst: bytes) -> bytes:
    """expand_message_xmd to 64 bytes with SHA-512, RFC 9380, 5.3.1: one block is enough."""
    dst_prime = dst + bytes([len(dst)])
    first = hashlib.sha512(bytes(128) + message + (64).to_bytes(2, "big") + b"\0" + dst_prime)
    return hashlib.sha512(first.digest() + b"\1" + dst_prime).digest()


def hash_to_group(message: bytes, mode: int) -> bytes:
    point: bytes = rbcl.crypto_core_ristretto255_from_hash(
        expand(message, b"HashToGroup-" + context(mode))
    )
    return point


def hash_to_scalar(message: bytes, dst: bytes) -> bytes:
    scalar: bytes = rbcl.crypto_core_ristretto255_scalar_reduce(expand(message, dst))
    return scalar


def times(scalar: bytes, point: bytes) -> bytes:
    product: bytes = rbcl.crypto_scalarmult_ristretto255(scalar, point)
    return product


def plus(one: bytes, other: bytes) -> bytes:
    total: bytes = rbcl.crypto_core_ristretto255_add(one, other)
    return total


def derive_key(seed: bytes, info: bytes, mode: int) -> tuple[bytes, bytes]:
    """DeriveKeyPair, 3.2.1; the chance of a second try is 2^-252."""
    private = hash_to_scalar(seed + sized(info) + b"\0", b"DeriveKeyPair" + context(mode))
    return private, times(private, BASE)


def composites(public: bytes, blinded: Sequence[bytes], evaluated: Sequence[bytes]) -> list[bytes]:
    """The weights of ComputeComposites, 2.2.1."""
    seed = hashlib.sha512(sized(public) + sized(b"Seed-" + context(VOPRF))).digest()
    return [
        hash_to_scalar(
            sized(seed) + i.to_bytes(2, "big") + sized(one) + sized(other) + b"Composite",
            b"HashToScalar-" + context(VOPRF),
        )
        for i, (one, other) in enumerate(zip(blinded, evaluated, strict=True))
    ]


def weighted(weights: Sequence[bytes], points: Sequence[bytes]) -> bytes:
    products = [times(each, point) for each, point in zip(weights, points, strict=True)]
    total = products[0]
    for each in products[1:]:
        total = plus(total, each)
    return total


def challenge(public: bytes, *points: bytes) -> bytes:
    transcript = sized(public) + b"".join(map(sized, points)) + b"Challenge"
    return hash_to_scalar(transcript, b"HashToScalar-" + context(VOPRF))


@dataclass
class Server:
    """An evaluator; `random` are the scalars of its proofs, in order, for the RFC's vectors."""

    seed: bytes
    info: bytes
    mode: int = VOPRF
    random: list[bytes] = field(default_factory=list)

    @property
    def private(self) -> bytes:
        return derive_key(self.seed, self.info, self.mode)[0]

    @property
    def public(self) -> bytes:
        return derive_key(self.seed, self.info, self.mode)[1]

    def evaluated(self, blinded: Sequence[bytes]) -> list[bytes]:
        """BlindEvaluate without the proof, 3.3.1."""
        return [times(self.private, each) for each in blinded]

    def reply(self, body: bytes) -> bytes:
        """BlindEvaluate, 3.3.2, as it travels: the proof (c, s), then the elements."""
        blinded = [body[at : at + 32] for at in range(0, len(body), 32)]
        evaluated = self.evaluated(blinded)
        return self.proof(blinded, evaluated) + b"".join(evaluated)

    def proof(self, blinded: Sequence[bytes], evaluated: Sequence[bytes]) -> bytes:
        """GenerateProof, 2.2.1."""
        weights = composites(self.public, blinded, evaluated)
        m, z = weighted(weights, blinded), weighted(weights, evaluated)
        r = self.random.pop(0) if self.random else rbcl.crypto_core_ristretto255_scalar_random()
        c = challenge(self.public, m, z, times(r, BASE), times(r, m))
        secret = rbcl.crypto_core_ristretto255_scalar_mul(c, self.private)
        s: bytes = rbcl.crypto_core_ristretto255_scalar_sub(r, secret)
        return c + s


def blind(value: bytes, scalar: bytes, mode: int = VOPRF) -> bytes:
    """Blind, 3.3.1."""
    return times(scalar, hash_to_group(value, mode))


def verify(
    public: bytes, blinded: Sequence[bytes], evaluated: Sequence[bytes], proof: bytes
) -> None:
    """VerifyProof, 2.2.2; raises ProofError."""
    c, s = proof[:32], proof[32:]
    weights = composites(public, blinded, evaluated)
    m, z = weighted(weights, blinded), weighted(weights, evaluated)
    t2 = plus(times(s, BASE), times(c, public))
    t3 = plus(times(s, m), times(c, z))
    if challenge(public, m, z, t2, t3) != c:
        raise ProofError


def finalise(value: bytes, scalar: bytes, evaluated: bytes) -> bytes:
    """Finalize, 3.3.1, after any proof was verified."""
    inverse = rbcl.crypto_core_ristretto255_scalar_invert(scalar)
    unblinded = times(inverse, evaluated)
    return hashlib.sha512(sized(value) + sized(unblinded) + b"Finalize").digest()
