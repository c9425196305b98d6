"""In which order a reviewer sees what waits, and what the screens found in it.

Whole objects come before texts: nothing of them is out. Within each, what is hot comes first,
hottest on top, because it must not lie around; then what is probably harmless, most harmless first,
because it can be let go at a glance; what nobody can tell by looking at it quickly comes last.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from indicators.domain.screens.detectors import Finding, findings
from indicators.domain.screens.triage import score
from indicators.domain.screens.views import LONGEST


_TEXTS = 1000
_HARMLESS, _UNSURE = 200, 400
_HOT_FROM, _HARMLESS_TO = 0.7, 0.4
_TRUST = 0.9
"""How far a rule's score is believed; the rest is left to the model."""
_STRUCTURE = frozenset({"id", "type", "spec_version", "created", "modified", "created_by_ref"})


@dataclass(frozen=True, slots=True)
class Look:
    """What the screens say about something that waits."""

    rank: int
    """Lower ranks are shown first; 0 to 1,599."""
    rule_ids: tuple[str, ...]


def look(content: object, *, is_whole: bool) -> Look:
    """Look at the properties that wait, or at the whole object."""
    text = "\n".join(_texts(content))[:LONGEST]
    found = findings(text)
    likely = _likelihood(text, found)
    rank = (0 if is_whole else _TEXTS) + _within(likely)
    return Look(rank, tuple(each.rule_id for each in found))


def _likelihood(text: str, found: tuple[Finding, ...]) -> float:
    """That it is sensitive: the surest rule and the model, each by itself."""
    surest = found[0].score / 100 if found else 0.0
    return 1 - (1 - _TRUST * surest) * (1 - score(text))


def _within(likely: float) -> int:
    if likely >= _HOT_FROM:
        return round(100 * (1 - likely))
    if likely <= _HARMLESS_TO:
        return _HARMLESS + round(100 * likely)
    return _UNSURE + round(100 * (1 - likely))


def _texts(content: object) -> Iterator[str]:
    if isinstance(content, dict):
        for name, value in content.items():
            if name not in _STRUCTURE and not name.endswith(("_ref", "_refs")):
                yield from _texts(value)
    elif isinstance(content, list):
        for value in content:
            yield from _texts(value)
    elif isinstance(content, str):
        yield content
