"""Tokens: values blinded here, evaluated elsewhere, and unblinded here.

RFC 9497, verifiable mode (VOPRF), ristretto255-SHA512. Promises: an evaluator sees random points;
its reply is taken only with a proof that it used the published key; the token depends on the
value, the kind and the keys alone. Refuses a reply without that proof, since a key of its own for
each lab would let an evaluator tell afterwards which lab a token came from.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from voprf import ristretto

from labkit.normalise import BAND_BYTES, BANDS, KINDS, PROFILE


__all__ = [
    "ELEMENT",
    "MAX_BATCH",
    "PROFILE",
    "SCHEME",
    "Blinded",
    "TokenError",
    "band_input",
    "blind",
    "combine",
    "key_info",
    "oprf_input",
]

SCHEME = "fs-voprf-r255-v1"
ELEMENT = 32  # bytes of a point or a public key
PROOF = 64  # bytes, one for a whole batch (RFC 9497, 2.2)
OUTPUT = 64  # bytes of SHA-512
MAX_BATCH = 1024
LONGEST_INPUT = 2**16 - 1  # RFC 9497, 3.1: its length goes into two bytes
DOMAIN = b"forum-share/v1\0"


class TokenError(Exception):
    """A value cannot be blinded, or a reply cannot be trusted."""


def oprf_input(kind: str, normalised: str) -> bytes:
    """What is blinded for a value in its normal form (labkit.normalise).

    Raises:
        TokenError: unknown kind, or a length that no normal form has.
    """
    _check_kind(kind)
    if kind == "prompt-band":
        index, _, digits = normalised.partition(":")
        return band_input(int(index), bytes.fromhex(digits))
    value = normalised.encode()
    if not value or len(value) > LONGEST_INPUT - len(DOMAIN) - len(kind) - 1:
        raise TokenError("The value is empty or too long; pass what `normalise` returned.")
    return DOMAIN + kind.encode() + b"\0" + value


def band_input(i: int, band16: bytes) -> bytes:
    """What is blinded for one band of a skeleton: its index, 0 to 31, and its 16 bytes.

    Raises:
        TokenError: another index or length.
    """
    if not 0 <= i < BANDS or len(band16) != BAND_BYTES:
        raise TokenError(
            f"A skeleton has bands 0 to {BANDS - 1} of {BAND_BYTES} bytes; pass them as they are."
        )
    return DOMAIN + b"prompt-band\0" + str(i).encode() + b"\0" + band16


def key_info(kind: str, epoch: str) -> bytes:
    """The info from which an evaluator derives its key for a kind and an epoch (RFC 9497, 3.2.1).

    Raises:
        TokenError: unknown kind.
    """
    _check_kind(kind)
    return f"forum-share/voprf/v1|{kind}|{epoch}".encode()


@dataclass(frozen=True)
class Blinded:
    """A batch on its way to one or more evaluators. The blinding cannot be stored or sent."""

    body: bytes  # 32 bytes for each input, in order: what is posted to an evaluator
    clients: tuple[ristretto.Client, ...]

    def finalise(self, reply: bytes, public_key: bytes) -> list[bytes]:
        """The outputs, 64 bytes each, in the order of the inputs; may be called for each evaluator.

        Args:
            reply: proof (64 bytes) and one element (32 bytes) for each input.
            public_key: of this evaluator for the kind and epoch, from the verified key list.

        Raises:
            TokenError: the reply is not whole, or its proof does not fit the key.
        """
        expected = PROOF + ELEMENT * len(self.clients)
        if len(reply) != expected:
            raise TokenError(
                f"The evaluator's reply has {len(reply)} bytes where {expected} belong; send the"
                " same body again."
            )
        try:
            batch = ristretto.VerifiableBatchOutput.deserialize(reply)
        except ValueError as error:
            raise TokenError(
                f"The evaluator's reply holds what is no point or no proof ({error}); send the"
                " same body again."
            ) from error
        return self._verified(batch, _key(public_key))

    def _verified(
        self, batch: ristretto.VerifiableBatchOutput, key: ristretto.PublicKey
    ) -> list[bytes]:
        try:
            return ristretto.Client.finalize_batch(self.clients, batch, key)
        except BaseException as error:
            # A proof that does not fit is a panic in voprf 0.2.0, outside Exception.
            if not isinstance(error, ValueError) and type(error).__name__ != "PanicException":
                raise
        raise TokenError(
            "The evaluator's reply was not made with the published key, or was altered on its way."
            " Do not use it. Fetch the key list, compare its head with another member's, and"
            " report it to the Forum if it persists."
        )


def blind(inputs: Sequence[bytes]) -> Blinded:
    """Blind a batch with fresh randomness; blinding twice gives unlinkable bodies.

    Args:
        inputs: 1 to 1,024 of `oprf_input` or `band_input`.

    Raises:
        TokenError: no inputs, too many, or one that is empty or longer than 65,535 bytes.
    """
    if not 0 < len(inputs) <= MAX_BATCH:
        raise TokenError(f"A batch has 1 to {MAX_BATCH} values; this one has {len(inputs)}.")
    if any(not 0 < len(each) <= LONGEST_INPUT for each in inputs):
        raise TokenError("A value is empty or too long; pass what `oprf_input` returned.")
    pairs = [ristretto.Client.blind(each) for each in inputs]
    return Blinded(
        body=b"".join(blinded.serialize() for _, blinded in pairs),
        clients=tuple(client for client, _ in pairs),
    )


def combine(outputs_by_evaluator: Mapping[str, bytes]) -> str:
    """The token of one value: 43 characters of base64url from every evaluator's output for it.

    Args:
        outputs_by_evaluator: evaluator's name to its 64 bytes; all evaluators of the epoch.

    Raises:
        TokenError: no output, or one of another length.
    """
    if not outputs_by_evaluator:
        raise TokenError("A token needs the output of every evaluator; there is none.")
    digest = hashlib.sha512(b"forum-share/combine/v1")
    for name in sorted(outputs_by_evaluator):
        output = outputs_by_evaluator[name]
        if len(output) != OUTPUT:
            raise TokenError(f"The output of {name} has {len(output)} bytes, not {OUTPUT}.")
        digest.update(len(output).to_bytes(2, "big") + output)
    return base64.urlsafe_b64encode(digest.digest()[:32]).rstrip(b"=").decode()


def _check_kind(kind: str) -> None:
    if kind not in KINDS:
        raise TokenError(f"There is no kind {kind!r}; the kinds are {', '.join(KINDS)}.")


def _key(public_key: bytes) -> ristretto.PublicKey:
    try:
        return ristretto.PublicKey.deserialize(public_key)
    except ValueError as error:
        raise TokenError(
            "The public key is no point of the group; fetch the key list again."
        ) from error
