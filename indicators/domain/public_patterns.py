"""Whether an indicator names bands of a public template: pure."""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable, Mapping

from indicators.domain.families import TOKEN
from indicators.domain.stix.pattern_tree import tests_of, write_path
from indicators.domain.stix.patterns import PatternError, parse_pattern
from labkit.feed_tokens import MATCH


_BANDS = "prompt-family:bands[*]"


def bands_of(body: Mapping[str, object]) -> frozenset[bytes]:
    """The tokens of bands that an indicator's pattern names, wherever in it."""
    if body.get("pattern_type") != "stix":
        return frozenset()
    try:
        tree = parse_pattern(str(body["pattern"])).tree
    except PatternError:  # a withdrawn one, or one that an older hub let pass
        return frozenset()
    return frozenset(
        base64.urlsafe_b64decode(f"{literal.value}=")
        for test in tests_of(tree)
        if write_path(test.path) == _BANDS
        for literal in test.literals
    )


def names_one_of(bands: Collection[bytes], templates: Iterable[bytes]) -> bool:
    """Whether it names as many bands of one template as make a match, or all that it names.

    `templates` has the tokens of each, one after the other.
    """
    least = min(MATCH, len(bands))
    return bool(bands) and any(
        sum(tokens[at : at + TOKEN] in bands for at in range(0, len(tokens), TOKEN)) >= least
        for tokens in templates
    )
