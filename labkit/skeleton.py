"""The skeleton of a prompt family: what most of a lab's prompts of one template have in common.

Single prompts do not compare, since the payload outweighs the template. So a skeleton is made from
several prompts, at the lab: the word 3-shingles that most of them share, their MinHash (Broder,
1997), and of that 32 bands of five minima. What leaves the lab is the tokens of the bands and a
bucket of the count. The bands themselves would give the shingles away to whoever has a dictionary
of them, so they are blinded (labkit.tokens) and never sent.

Promises: the same prompts in any order give the same bands, on any machine. Refuses few prompts
and short skeletons: they would tell one prompt, or match what everybody writes. A change of
anything here makes a new scheme.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from datasketch import MinHash  # type: ignore[import-untyped]  # it ships no types

from labkit.feed_tokens import MATCH, PROBABLE
from labkit.lookalikes import plain
from labkit.normalise import BAND_BYTES, BANDS


__all__ = ["MATCH", "PROBABLE", "Skeleton", "SkeletonError", "matching_bands", "skeleton"]

SCHEME = "fs-prompt-band-v1"
# Halves of one family have a Jaccard similarity of 0.8 and more, families that share two sentences
# of four about 0.35. The permutations' luck decides between: on a corpus of families that share
# sentences, one pair in 1,100 reached MATCH with four minima a band, one in 9,000 with five.
# Families that share three sentences of four pass for one in about one case of eight.
ROWS = 5
SEED = 1

FEWEST_PROMPTS = 6
FEWEST_SHINGLES = 12
SHINGLE = 3  # words
# A shingle belongs to the template when it stands in this share of the prompts ...
SHARE = Fraction(2, 5)
# ... and in this share of as many prompts as visibly follow the template. When most do, this keeps
# out what payloads happen to share; when many do not, it falls below SHARE and changes nothing.
SHARE_OF_TEMPLATE = Fraction(3, 5)

# A word is a run of letters and digits. Scripts written without spaces have words of one character:
# Thai, Lao, Myanmar, Khmer, kana, Han.
WORD = re.compile(
    "[\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]"
    "|[^\\W_\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
    "\U00020000-\U0003ffff]+"
)
DIGITS = re.compile(r"\d+")

BUCKETS = (
    (12, "12-49"),
    (50, "50-99"),
    (100, "100-199"),
    (200, "200-399"),
    (400, "400-plus"),
)


class SkeletonError(ValueError):
    """The prompts have no skeleton that may be shared."""


@dataclass(frozen=True)
class Skeleton:
    """What is about to be blinded: 32 bands of 16 bytes. Keep it at the lab."""

    bands: tuple[bytes, ...]
    shingles: int

    @property
    def bucket(self) -> str:
        """The count of shingles as it is published."""
        return BUCKETS[bisect_right(BUCKETS, self.shingles, key=lambda each: each[0]) - 1][1]


def skeleton(prompts: Sequence[str]) -> Skeleton:
    """The skeleton of prompts that the lab takes for one family; 10 and more work best.

    Args:
        prompts: their whole texts. Prompts with the same words count once, numbers set aside.

    Raises:
        SkeletonError: fewer than 6 different prompts, or fewer than 12 shingles in common.
    """
    texts = {tuple(_words(each)) for each in prompts}
    if len(texts) < FEWEST_PROMPTS:
        raise SkeletonError(
            f"A skeleton needs {FEWEST_PROMPTS} prompts that differ in more than numbers, and"
            f" better 10; there are {len(texts)}. Add more of the same family."
        )
    kept = _kept(texts)
    if len(kept) < FEWEST_SHINGLES:
        raise SkeletonError(
            f"The prompts have {len(kept)} word sequences in common, of which {FEWEST_SHINGLES} are"
            " needed: a template this short would match what others write too. Check that the"
            " prompts are of one family, or share other signs."
        )
    return Skeleton(bands=_bands(kept), shingles=len(kept))


def matching_bands(a: Skeleton | Sequence[object], b: Skeleton | Sequence[object]) -> int:
    """How many bands are equal, place by place: of two skeletons, or of two lists of tokens."""
    return sum(
        one == other
        for one, other in zip(
            a.bands if isinstance(a, Skeleton) else a,
            b.bands if isinstance(b, Skeleton) else b,
            strict=True,
        )
    )


def _words(prompt: str) -> list[str]:
    return WORD.findall(DIGITS.sub("0", plain(prompt)))


def _shingles(words: Sequence[str]) -> set[str]:
    return {" ".join(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1)}


def _kept(texts: set[tuple[str, ...]]) -> set[str]:
    counts = Counter(shingle for words in texts for shingle in _shingles(words))
    ranked = sorted(counts.values(), reverse=True)
    template = ranked[FEWEST_SHINGLES - 1] if len(ranked) >= FEWEST_SHINGLES else 0
    least = max(2, ceil(SHARE * len(texts)), ceil(SHARE_OF_TEMPLATE * template))
    return {shingle for shingle, count in counts.items() if count >= least}


def _bands(shingles: set[str]) -> tuple[bytes, ...]:
    minima = MinHash(num_perm=BANDS * ROWS, seed=SEED, scheme="affine32")
    minima.update_batch([each.encode() for each in shingles])
    raw = minima.digest().astype(">u4").tobytes()
    width = len(raw) // BANDS
    return tuple(
        hashlib.sha256(raw[at : at + width]).digest()[:BAND_BYTES]
        for at in range(0, len(raw), width)
    )
