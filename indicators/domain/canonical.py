"""Canonical JSON: one sequence of bytes for equal content, RFC 8785 (JCS)."""

from __future__ import annotations

import rfc8785


class NotCanonicalError(ValueError):
    """The value has no canonical form: a number beyond ±(2^53-1), NaN, infinity, a surrogate."""


def canonical_bytes(value: object) -> bytes:
    """The canonical bytes of a JSON value made of dict, list, str, int, float, bool and None.

    Raises:
        NotCanonicalError: naming what in the value has no canonical form.
    """
    try:
        return rfc8785.dumps(value)  # type: ignore[arg-type]  # its own type has a private name
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise NotCanonicalError(str(error)) from error


def indicator_content(pattern_type: str, pattern: str) -> str:
    """What equal indicators have in common, whoever sends them."""
    return _content("indicator", pattern_type, pattern)


def relationship_content(verb: str, source: str, target: str) -> str:
    """What equal relationships have in common; source and target as the key names them."""
    return _content("relationship", verb, source, target)


def _content(*parts: str) -> str:
    return canonical_bytes(list(parts)).decode()
