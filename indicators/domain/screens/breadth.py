"""What a pattern compares, and how much of the world it takes in."""

from __future__ import annotations

import ipaddress

from indicators.domain.disclosure import Policy
from indicators.domain.outcomes import Held, Reason, Rejected
from indicators.domain.stix.patterns import Comparison, Pattern


_NARROW = frozenset({"=", "IN", "ISSUBSET"})


def check_paths(pattern: Pattern, *, policy: Policy, waived: frozenset[str]) -> None:
    """Let through only patterns over listed paths.

    Raises:
        Rejected: a path that is out of scope.
        Held: a personal identifier (never waived), or a path a person looks at first.
    """
    words = {each.path: policy.paths.get(each.path) for each in pattern.comparisons}
    if outside := sorted(path for path, word in words.items() if word is None):
        raise Rejected(
            Reason.OUT_OF_SCOPE,
            f"The pattern compares {outside[0][:120]}, which this hub does not share. "
            "docs/scope.md lists the paths that it does.",
        )
    if personal := sorted(path for path, word in words.items() if word == "personal"):
        raise Held(
            Reason.PERSONAL_IDENTIFIER,
            f"The pattern compares {personal[0]}: personal identifiers leave only as tokens, which "
            "this hub does not make yet.",
        )
    review = sorted(path for path, word in words.items() if word == "review")
    if review and Reason.NEEDS_REVIEW not in waived:
        raise Held(Reason.NEEDS_REVIEW, f"A person looks at patterns over {review[0]} first.")


def check_breadth(pattern: Pattern, *, policy: Policy, waived: frozenset[str]) -> None:
    """Hold what would match many who are not meant.

    Raises:
        Held: with the comparison that is too broad.
    """
    if Reason.BROAD_PATTERN in waived:
        return
    for each in pattern.comparisons:
        if each.negated or each.operator not in _NARROW or _is_wide_network(each, policy=policy):
            raise Held(
                Reason.BROAD_PATTERN,
                f"{'NOT ' if each.negated else ''}{each.operator} on {each.path} may match many "
                "who are not meant; a person looks first. Exact values publish by themselves.",
            )


def _is_wide_network(each: Comparison, *, policy: Policy) -> bool:
    if not each.path.startswith(("ipv4-addr:value", "ipv6-addr:value")):
        return False
    return any(_is_wide(str(value), policy=policy) for value in each.values)


def _is_wide(text: str, *, policy: Policy) -> bool:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return network.prefixlen < policy.limits[f"narrowest_ipv{network.version}"]
