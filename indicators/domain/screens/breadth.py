"""What a pattern compares, and how much of the world it or an address takes in."""

from __future__ import annotations

import re
from ipaddress import IPv6Network, ip_network

from indicators.domain.disclosure import Policy
from indicators.domain.objects import ValidObject
from indicators.domain.outcomes import Held, Reason, Rejected
from indicators.domain.screens.addresses import EMBEDDING
from indicators.domain.stix.patterns import Comparison, Pattern


_NARROW = frozenset({"=", "IN", "ISSUBSET"})
"""Operators that match what they name; their constants are those that `screens.values` checks."""
_ADDRESSES = frozenset({"ipv4-addr", "ipv6-addr"})
_EMBEDDED_AT = 96
_PLAIN = re.compile(r"[a-z0-9-]{1,40}:[\w.*'\[\]-]{1,80}", re.ASCII)
"""A path that is told to its author; quoted steps can hold anything."""


def check_paths(pattern: Pattern, *, policy: Policy, waived: frozenset[str]) -> None:
    """Let through only patterns over listed paths.

    Raises:
        Rejected: a path that is out of scope.
        Held: a path a person looks at first.
    """
    words = {each.path: policy.paths.get(each.path) for each in pattern.comparisons}
    if outside := sorted(path for path, word in words.items() if word is None):
        raise Rejected(
            Reason.OUT_OF_SCOPE,
            f"The pattern compares {outside[0] if _PLAIN.fullmatch(outside[0]) else 'a path'}, "
            "which this hub does not share. docs/scope.md lists the paths that it does.",
        )
    review = sorted(path for path, word in words.items() if word == "review")
    if review and Reason.NEEDS_REVIEW not in waived:
        raise Held(Reason.NEEDS_REVIEW, f"A person looks at patterns over {review[0]} first.")


def check_time(pattern: Pattern, *, waived: frozenset[str]) -> None:
    """Hold patterns of times, counts and order: these are a lab's own observation, told exactly.

    Raises:
        Held: the pattern asks for times or an order.
    """
    if not pattern.is_timeless and Reason.NEEDS_REVIEW not in waived:
        raise Held(
            Reason.NEEDS_REVIEW,
            "A person looks at patterns with START, WITHIN, REPEATS or FOLLOWEDBY first. Patterns "
            "without them publish by themselves.",
        )


def check_breadth(valid: ValidObject, *, policy: Policy, waived: frozenset[str]) -> None:
    """Hold what would match many who are not meant, as a pattern or as an address by itself.

    Raises:
        Held: naming the path that is too broad.
    """
    if Reason.BROAD_PATTERN in waived:
        return
    for each in valid.pattern.comparisons if valid.pattern else ():
        if _is_broad(each, policy=policy):
            raise Held(
                Reason.BROAD_PATTERN,
                f"{'NOT ' if each.negated else ''}{each.operator} on {each.path} may match many "
                "who are not meant; a person looks first. Exact values publish by themselves.",
            )
    if valid.type in _ADDRESSES and _is_wide(valid.received.body.get("value"), policy=policy):
        raise Held(
            Reason.BROAD_PATTERN,
            "value is a network in which many are who are not meant; a person looks first.",
        )


def _is_broad(each: Comparison, *, policy: Policy) -> bool:
    if each.negated or each.operator not in _NARROW:
        return True
    return any(_is_wide(value, policy=policy) for value in each.values)


def _is_wide(value: object, *, policy: Policy) -> bool:
    """Whether the value is a wide network, on whatever path it stands."""
    try:
        network = ip_network(str(value).strip(), strict=False)
    except ValueError:
        return False
    narrowest = policy.limits[f"narrowest_ipv{network.version}"]
    if isinstance(network, IPv6Network) and any(map(network.overlaps, EMBEDDING)):
        narrowest = _EMBEDDED_AT + policy.limits["narrowest_ipv4"]
    return network.prefixlen < narrowest
