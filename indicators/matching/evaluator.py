"""The evaluator: RFC 9497, verifiable mode (0x01), ristretto255-SHA512.

Promises: what is evaluated is neither stored nor logged; a seed that was taken away is forgotten
with the next request. One proof covers a batch, so one bad element fails all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from voprf import ristretto

from indicators.matching.errors import BadElementsError, SeedMissingError, TooManyElementsError
from indicators.matching.seeds import SeedStore
from labkit.tokens import ELEMENT, MAX_BATCH, key_info


LARGEST_BODY = ELEMENT * MAX_BATCH


@dataclass(frozen=True, slots=True)
class _Held:
    """A key in memory and the file that it came from."""

    key: ristretto.Evaluator
    file: Path
    state: tuple[int, int, int]


_held: dict[tuple[Path, str, str], _Held] = {}


def parse(body: bytes) -> list[ristretto.BlindedInput]:
    """The elements of a batch.

    Raises:
        BadElementsError: no batch of whole elements, or one that is no point of the group.
        TooManyElementsError: more than MAX_BATCH.
    """
    if len(body) > LARGEST_BODY:
        raise TooManyElementsError(f"A batch has {MAX_BATCH} elements at most. Send several.")
    if not body or len(body) % ELEMENT:
        raise BadElementsError(
            f"A batch is 1 to {MAX_BATCH} blinded elements of {ELEMENT} bytes one after the other, "
            f"not {len(body)} bytes."
        )
    return [_element(body, at) for at in range(0, len(body), ELEMENT)]


def _element(body: bytes, at: int) -> ristretto.BlindedInput:
    try:
        return ristretto.BlindedInput.deserialize(body[at : at + ELEMENT])
    except ValueError:
        raise BadElementsError(
            f"Element {at // ELEMENT} of the batch is no canonical encoding of a ristretto255 "
            "point, or is the identity."
        ) from None


def evaluate(key: ristretto.Evaluator, batch: list[ristretto.BlindedInput]) -> bytes:
    """Proof (64 bytes) and then 32 bytes for each element."""
    return bytes(key.evaluate_batch(batch).serialize())


def public_key(seed: bytes, kind: str, epoch: str) -> bytes:
    """The public key (32 bytes) of a seed."""
    return bytes(ristretto.Evaluator.from_seed(seed, key_info(kind, epoch)).public_key.serialize())


def held_key(seeds: SeedStore, kind: str, epoch: str) -> ristretto.Evaluator:
    """The key, from memory while its file is unchanged.

    Raises:
        SeedMissingError: the epoch's seed is not in place.
    """
    _forget_destroyed()
    place = (seeds.path, kind, epoch)
    if place not in _held:
        file = seeds.seed_file(epoch)
        key = ristretto.Evaluator.from_seed(seeds.seed(epoch), key_info(kind, epoch))
        state = _state(file)
        if state is None:
            raise SeedMissingError(f"The seed of {epoch} is not in place on this host.")
        _held[place] = _Held(key, file, state)
    return _held[place].key


def _forget_destroyed() -> None:
    gone = [place for place, held in _held.items() if _state(held.file) != held.state]
    for place in gone:
        del _held[place]


def _state(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns
