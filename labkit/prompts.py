"""Prompts of one family, from JSON Lines, and their bands as values to tokenise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from labkit.feed_tokens import BAND
from labkit.nesting import parsed
from labkit.trouble import TroubleError


__all__ = ["BAND", "band_values", "texts_of"]


def texts_of(lines: Iterable[str], where: str) -> list[str]:
    """The texts of lines {"text": …}; other keys are ignored, empty lines skipped.

    Raises:
        TroubleError: a line is not of that form.
    """
    return [
        _text(line, f"{where}, line {number}")
        for number, line in enumerate(lines, 1)
        if line.strip()
    ]


def _text(line: str, where: str) -> str:
    try:
        found = parsed(line)
    except ValueError as error:
        raise TroubleError(f'{where} is no JSON ({error}): write {{"text": "…"}}.') from error
    text = found.get("text") if isinstance(found, dict) else None
    if not isinstance(text, str):
        raise TroubleError(f'{where} has no text: write {{"text": "…"}}.')
    return text


def band_values(bands: Sequence[bytes]) -> list[tuple[str, str]]:
    """The bands of a skeleton as a record's values (labkit.normalise.prompt_band)."""
    return [(BAND, f"{place}:{band.hex()}") for place, band in enumerate(bands)]
