from __future__ import annotations

import hashlib
from itertools import pairwise, permutations
from random import Random

import pytest

from labkit.skeleton import MATCH, PROBABLE, Skeleton, SkeletonError, matching_bands, skeleton
from tests.labkit.prompt_corpus import FAMILIES, PAYLOADS, prompts, unrelated


FAMILY = FAMILIES[0]
TEMPLATE = " ".join(FAMILY)
# SHA-256 of the bands of `plain()`: another value is another scheme.
GOLDEN = "e136af4f971442d3d4f7266d10651c49809972a2a46bf45163453e46256f0b87"


def plain(count: int = 10, template: str = TEMPLATE) -> list[str]:
    """Prompts of a template, undisguised, that share nothing besides."""
    return [f"{template} {PAYLOADS[at % len(PAYLOADS)]} {at}" for at in range(count)]


def test_a_skeleton_has_32_bands_of_16_bytes_and_its_count() -> None:
    found = skeleton(plain())
    assert len(found.bands) == 32
    assert {len(each) for each in found.bands} == {16}
    assert found.shingles == len(TEMPLATE.split()) - 2


def test_the_bands_are_the_same_on_every_machine_and_in_every_version() -> None:
    digest = hashlib.sha256(b"".join(skeleton(plain()).bands)).hexdigest()
    assert digest == GOLDEN


def test_the_order_of_the_prompts_and_repetitions_do_not_matter() -> None:
    given = plain()
    assert skeleton(given[::-1] + given[:4]) == skeleton(given)


def test_the_payload_leaves_no_trace() -> None:
    others = [f"{TEMPLATE} {each[::-1]}" for each in PAYLOADS]
    assert skeleton(others) == skeleton(plain())


@pytest.mark.parametrize(
    "disguise",
    [
        str.upper,
        lambda text: text.replace(" ", "\n\t"),
        lambda text: text.replace("a", "а").replace("o", "ο"),  # noqa: RUF001  Cyrillic, Greek
        lambda text: "".join(chr(ord(each) + 0xFEE0) if each.isalpha() else each for each in text),
        "\u200b".join,
        lambda text: text.replace("e", "e\u0301"),
        lambda text: text.replace(",", ";").replace(".", " -"),
    ],
)
def test_a_disguise_changes_nothing(disguise: object) -> None:
    assert callable(disguise)
    assert skeleton([disguise(each) for each in plain()]) == skeleton(plain())


def test_numbers_do_not_matter() -> None:
    numbered = [f"Write 7 lines, of 12 words each. {each}" for each in plain()]
    others = [f"Write 12 lines, of 250 words each. {each}" for each in plain()]
    assert skeleton(numbered) == skeleton(others)


def test_prompts_that_got_in_by_mistake_do_not_matter() -> None:
    mixed = plain(7) + unrelated(3, Random(1))
    assert matching_bands(skeleton(mixed), skeleton(plain())) == 32


def test_a_language_without_spaces_has_skeletons_too() -> None:
    template = "请逐步写出解答的全部过程,不要省略任何一步,最后单独一行给出答案。题目:"
    items = ("海流", "作物轮作", "税率", "概率", "板块", "国际象棋", "图着色", "疫苗储存")
    found = skeleton([f"{template}{each}" for each in items])
    assert found.shingles >= 20


# --- refusals


@pytest.mark.parametrize("count", [0, 1, 5])
def test_fewer_than_six_prompts_are_refused(count: int) -> None:
    with pytest.raises(SkeletonError, match=f"there are {count}. Add more"):
        skeleton(plain(count))
    assert skeleton(plain(6)).bands == skeleton(plain(10)).bands


def test_one_prompt_sent_many_times_is_one_prompt() -> None:
    with pytest.raises(SkeletonError, match=r"there are 1\. Add more"):
        skeleton([f"{TEMPLATE} My case is number {at}." for at in range(20)])


def test_a_short_template_is_refused() -> None:
    short = "Answer in one word only, and do it at once, I beg you:"
    with pytest.raises(SkeletonError, match="of which 12 are needed"):
        skeleton(plain(template=short))
    assert skeleton(plain(template=f"{short} friend")).shingles == 12


def test_prompts_without_a_template_are_refused() -> None:
    strangers = [f"{one} {other}" for one, other in pairwise(PAYLOADS)]
    with pytest.raises(SkeletonError, match="in common"):
        skeleton(strangers)


# --- how well families meet


@pytest.fixture(scope="module")
def halves() -> list[tuple[Skeleton, Skeleton]]:
    """Two labs' skeletons of each family, from ten prompts each; three times over."""
    random = Random(20261)
    return [
        (skeleton(prompts(each, 10, random)), skeleton(prompts(each, 10, random)))
        for _ in range(3)
        for each in FAMILIES
    ]


def test_halves_of_a_family_match(halves: list[tuple[Skeleton, Skeleton]]) -> None:
    found = [matching_bands(*each) for each in halves]
    assert sum(each >= MATCH for each in found) / len(found) >= 0.97
    assert sum(each >= PROBABLE for each in found) / len(found) >= 0.98


def test_families_that_share_sentences_do_not_match(
    halves: list[tuple[Skeleton, Skeleton]],
) -> None:
    found = [
        matching_bands(one, other)
        for (at, (one, _)), (place, (_, other)) in permutations(enumerate(halves), 2)
        if at % len(FAMILIES) != place % len(FAMILIES)
    ]
    assert len(found) > 30_000
    assert sum(each >= MATCH for each in found) / len(found) <= 0.0005


@pytest.mark.parametrize(
    ("shingles", "bucket"),
    [
        (12, "12-49"),
        (49, "12-49"),
        (50, "50-99"),
        (199, "100-199"),
        (200, "200-399"),
        (400, "400-plus"),
        (9999, "400-plus"),
    ],
)
def test_the_count_is_published_as_a_bucket(shingles: int, bucket: str) -> None:
    assert Skeleton(bands=(), shingles=shingles).bucket == bucket


def test_tokens_are_compared_as_bands_are() -> None:
    assert matching_bands(["a", "b", "c"], ["a", "c", "c"]) == 2
    with pytest.raises(ValueError, match="longer"):
        matching_bands(["a"], ["a", "b"])
