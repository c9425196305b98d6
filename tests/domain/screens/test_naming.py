"""A name is found as whole words, in whatever spelling and behind the usual disguises."""

from __future__ import annotations

import pytest

from indicators.domain.screens.naming import named_in


NAMES = ("alder", "Birch Research", "cedar-labs")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("What ALDER sent.", ["alder"]),
        ("It was Alder's.", ["alder"]),
        ("birch  research, and birchresearch", ["Birch Research"]),
        ("Birch-Research", ["Birch Research"]),
        ("cedar labs", ["cedar-labs"]),
        ("CedarLabs", ["cedar-labs"]),
        ("al\u200bder", ["alder"]),
        ("\u0430lder", ["alder"]),  # the first letter is Cyrillic
        ("&#97;lder", ["alder"]),
        ("YWxkZXIgc2VudCB0aGlzIGxpc3Qu", ["alder"]),  # base64 of "alder sent this list."
        ("alder and cedar labs", ["alder", "cedar-labs"]),
    ],
)
def test_it_is_found(text: str, named: list[str]) -> None:
    assert named_in(text, NAMES) == named


@pytest.mark.parametrize("text", ["", "balder, alders, research", "birch wood", "cedar", "labs"])
def test_a_part_of_another_word_or_of_a_name_is_none(text: str) -> None:
    assert named_in(text, NAMES) == []


def test_a_name_without_letters_names_nobody() -> None:
    assert named_in("...", ["...", ""]) == []
