"""Whether a text names somebody: their name as whole words, however it is written or disguised."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from indicators.domain.screens.views import views


_WORD = re.compile(r"[^\W_]+")


def named_in(text: str, names: Iterable[str]) -> Sequence[str]:
    """Those of the names that the text has in one of its views, in alphabetical order."""
    seen = [_flat(view.text) for view in views(text)]
    return sorted(
        name
        for name in set(names)
        if any(f" {form} " in view for form in _forms(name) for view in seen)
    )


def _forms(name: str) -> set[str]:
    """As separate words, and as one: `alder-labs` is Alder Labs and AlderLabs."""
    words = _WORD.findall(name.casefold())
    return {" ".join(words), "".join(words)} - {""}


def _flat(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.casefold()))} "
