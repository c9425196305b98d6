"""Secrets' formats that detect-secrets maintains, as rules of our own engine.

Taken over are the expressions of its plugins, run by RE2 and never by Python's `re`. Not taken: the
plugins that measure entropy (hashes and fingerprints are what is shared here), that look for a
keyword alone, and the one for public addresses. A plugin that a newer release adds comes along.
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module

import detect_secrets.plugins
from detect_secrets.plugins.base import RegexBasedDetector

from indicators.domain.screens.linear import Form
from indicators.domain.screens.packs import Rule


NOT_TAKEN = frozenset({"base", "high_entropy_strings", "keyword", "ip_public"})
_SCORE = 90
_REWRITTEN = (
    ("(?:(?<=\\W)|(?<=^))", "(?:^|\\W)"),
    ("(?!\\w)", "(?:\\W|$)"),
    ("(?![a-zA-Z0-9_\\-])", "(?:[^a-zA-Z0-9_\\-]|$)"),
    ("(?![a-f0-9])", "(?:[^a-f0-9]|$)"),
    ("{50,1024}", "{50,1000}"),
)
"""What RE2 cannot say, and what says the same of a text: a match may take in a neighbour."""


def borrowed_rules() -> Iterator[Rule]:
    """One rule for each expression.

    Raises:
        FormError: a newer release has one that RE2 cannot run; it must be put into other words.
    """
    for found in pkgutil.iter_modules(detect_secrets.plugins.__path__):
        if found.name not in NOT_TAKEN:
            yield from _of_module(found.name)


def _of_module(name: str) -> Iterator[Rule]:
    module = import_module(f"detect_secrets.plugins.{name}")
    for plugin in vars(module).values():
        own = isinstance(plugin, type) and plugin.__module__ == module.__name__
        if own and issubclass(plugin, RegexBasedDetector):
            for number, expression in enumerate(plugin.denylist):
                yield _rule(f"{name}-{number}", str(plugin.secret_type), expression)


def _rule(name: str, secret_type: str, expression: re.Pattern[str]) -> Rule:
    return Rule(
        id=f"detect-secrets.{name}",
        kind=f"a credential ({secret_type})",
        form=Form(_for_re2(expression)),
        action="block",
        category="secret",
        basis="credential-format",
        score=_SCORE,
        proof="",
        rationale="The form in which this service issues its credentials.",
        owner="detect-secrets",
        positive=(),
        negative=(),
    )


def _for_re2(expression: re.Pattern[str]) -> str:
    pattern = expression.pattern
    for written, same in _REWRITTEN:
        pattern = pattern.replace(written, same)
    flags = "".join(
        letter
        for letter, flag in (("i", re.IGNORECASE), ("m", re.MULTILINE), ("s", re.DOTALL))
        if expression.flags & flag
    )
    return f"(?{flags}){pattern}" if flags else pattern
