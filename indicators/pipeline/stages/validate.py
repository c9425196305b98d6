"""Is it STIX 2.1? Shape, rules, times and the pattern; nothing about whether it may be shared."""

from __future__ import annotations

from datetime import timedelta

from indicators.domain.disclosure import Policy
from indicators.domain.objects import ReceivedObject, ValidObject
from indicators.domain.outcomes import Held, Reason, Rejected
from indicators.domain.sizes import oversize
from indicators.domain.stix.check import problems
from indicators.domain.stix.patterns import Pattern, PatternError, parse_pattern
from indicators.domain.stix.times import version_of
from indicators.domain.surroundings import Surroundings


_SHOWN = 3


def validate(received: ReceivedObject, *, policy: Policy, around: Surroundings) -> ValidObject:
    """Check one object.

    Raises:
        Rejected: too large, not STIX 2.1, of a type this hub does not know, or from the future.
        Held: its pattern is in a language only a person can read here.
    """
    if large := oversize(received.body):
        raise Rejected(Reason.TOO_LARGE, f"{large.path}: {large.message}")
    if received.type not in policy.types:
        raise Rejected(
            Reason.UNKNOWN_TYPE,
            f"The type {received.type[:80]!r} is not one this hub shares; see docs/scope.md.",
        )
    if found := problems(received.body, check_pattern=False):
        text = "; ".join(f"{each.path}: {each.message}" for each in found[:_SHOWN])
        more = f" (and {len(found) - _SHOWN} more)" if len(found) > _SHOWN else ""
        raise Rejected(Reason.INVALID_STIX, text[:1000] + more)
    version = version_of(received.body)
    if version and version > around.now + timedelta(minutes=policy.limits["future_minutes"]):
        raise Rejected(
            Reason.FUTURE_VERSION,
            f"`modified` lies in the future ({version.isoformat()}); it would block every later "
            "correction. Check the clock of the sender.",
        )
    pattern = _pattern(received) if received.type == "indicator" else None
    return ValidObject(received, received.type, received.id, version, pattern)


def _pattern(received: ReceivedObject) -> Pattern:
    language = received.body.get("pattern_type")
    if language != "stix":
        raise Held(
            Reason.PATTERN_LANGUAGE,
            f"A person reads patterns in the language {str(language)[:40]!r}; STIX patterns "
            "publish by themselves.",
        )
    try:
        return parse_pattern(str(received.body["pattern"]))
    except PatternError as error:
        raise Rejected(Reason.INVALID_PATTERN, f"pattern: {error}") from error
