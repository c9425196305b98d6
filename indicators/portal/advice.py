"""What to do on an indicator by itself, and what not: by its tier."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from indicators.portal.signs import Sign


TIERS: Mapping[str, tuple[str, str]] = {
    "context": (
        "show it to the analyst beside other evidence",
        "alert on it, score it, or count it",
    ),
    "score": (
        "add to a risk score that needs more than this one match to have an effect",
        "challenge, limit or close an account for it alone",
    ),
    "step-up": (
        "ask the account to verify itself again",
        "close it: the holder may be the victim, and who verifies is cleared",
    ),
    "review": (
        "open a case for a person, who looks at the account",
        "act automatically in any way",
    ),
}
"""What a tier supports by itself, and what it does not: the words of docs/siem.md."""


def of_tiers(signs: Iterable[Sign]) -> list[tuple[str, int, str, str]]:
    """Of each tier that occurs: how many indicators, what to do, what not to."""
    tiers = [each.tier for each in signs]
    return [
        (tier, tiers.count(tier), do, do_not)
        for tier, (do, do_not) in TIERS.items()
        if tier in tiers
    ]
