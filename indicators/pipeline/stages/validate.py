"""Is it STIX 2.1? Shape, rules, times and the pattern; nothing about whether it may be shared."""

from __future__ import annotations

from datetime import timedelta

from indicators.domain.disclosure import Policy
from indicators.domain.identifiers import check_no_household
from indicators.domain.objects import ReceivedObject, ValidObject
from indicators.domain.outcomes import Held, Reason, Rejected
from indicators.domain.screens.mail_forms import names_a_mailbox
from indicators.domain.sizes import oversize
from indicators.domain.stix.check import problems
from indicators.domain.stix.patterns import Pattern, PatternError, parse_pattern
from indicators.domain.stix.times import version_of
from indicators.domain.surroundings import Surroundings


_SHOWN = 3


def validate(received: ReceivedObject, *, policy: Policy, around: Surroundings) -> ValidObject:
    """Check one object.

    Raises:
        Rejected: too large, not STIX 2.1, of a type this hub does not know, from the future, or
            nothing without the secret or card number that was removed from it.
        Held: its pattern is in a language that only a person can read here, or nobody.
    """
    if large := oversize(received.body):
        raise Rejected(Reason.TOO_LARGE, f"{large.path}: {large.message}")
    if lost := next((each for each in received.removed if each.is_essential), None):
        raise Rejected(
            lost.reason,
            f"{lost.where} held {lost.kind}, which is never kept: it was removed unread, and "
            "without it the object says nothing. If it is a credential, revoke it.",
        )
    if received.type not in policy.types:
        raise Rejected(
            Reason.UNKNOWN_TYPE,
            "Objects of this type are not shared on this hub; see docs/scope.md.",
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
    pattern = _pattern(received, policy=policy, around=around)
    return ValidObject(received, received.type, received.id, version, pattern)


def _pattern(received: ReceivedObject, *, policy: Policy, around: Surroundings) -> Pattern | None:
    if received.type != "indicator":
        return None
    language = received.body.get("pattern_type")
    if language != "stix":
        check_no_household(
            "pattern", str(received.body["pattern"]), policy=policy, residential=around.residential
        )
        _check_language(received, language, listed=policy.vocabularies["pattern-type"])
        return None
    try:
        return parse_pattern(str(received.body["pattern"]))
    except PatternError as error:
        raise Rejected(Reason.INVALID_PATTERN, f"pattern: {error}") from error


def _check_language(received: ReceivedObject, language: object, *, listed: frozenset[str]) -> None:
    if language not in listed:
        raise Held(
            Reason.UNKNOWN_LANGUAGE,
            f"Patterns are taken in {', '.join(sorted(listed))}; nobody can release others.",
        )
    if names_a_mailbox(str(received.body["pattern"])):
        raise Rejected(
            Reason.INVALID_PATTERN,
            "pattern: it names an e-mail address, of which a token must take the place. Send the "
            "address in a STIX pattern, and the rule without it.",
        )
    if Reason.PATTERN_LANGUAGE not in received.waived:
        raise Held(
            Reason.PATTERN_LANGUAGE,
            f"A person reads patterns in {language}; STIX patterns publish by themselves.",
        )
