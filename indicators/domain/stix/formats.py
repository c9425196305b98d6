"""The three string formats that the official schemas name.

Each accepts no more than stix2-validator does, so that what the hub publishes passes there too:
`uri` is RFC 3986 §3, `email` is one address without display name, `idn-hostname` is RFC 5890.
All run in linear time.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping

import idna


_PCHAR = r"(?:[A-Za-z0-9._~\-!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})"
_REG_NAME = r"(?:[A-Za-z0-9._~\-!$&'()*+,;=]|%[0-9A-Fa-f]{2})*"
_URI = re.compile(
    rf"""[A-Za-z][A-Za-z0-9+.-]*:
    (?://(?:(?:[A-Za-z0-9._~\-!$&'()*+,;=:]|%[0-9A-Fa-f]{{2}})*@)?
        (?:\[(?P<literal>[0-9A-Fa-f:.]+)\]|{_REG_NAME})(?::[0-9]*)?(?:/{_PCHAR}*)*
      |/(?:{_PCHAR}+(?:/{_PCHAR}*)*)?
      |{_PCHAR}+(?:/{_PCHAR}*)*
      |)
    (?:\?(?:{_PCHAR}|[/?])*)?(?:\#(?:{_PCHAR}|[/?])*)?""",
    re.VERBOSE,
)
_EMAIL = re.compile(r"[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+\.[A-Za-z0-9.-]+")


def is_uri(text: str) -> bool:
    """Whether the text is an absolute URI, RFC 3986 §3 (ASCII, percent-encoded)."""
    match = _URI.fullmatch(text)
    if match is None:
        return False
    literal = match["literal"]
    return literal is None or _is_ipv6(literal)


def is_email(text: str) -> bool:
    """Whether the text is one plain e-mail address, STIX 2.1 §6.5."""
    return _EMAIL.fullmatch(text) is not None


def is_hostname(text: str) -> bool:
    """Whether the text is a host name, in Unicode or as A-labels, RFC 5890."""
    try:
        idna.encode(text)
    except UnicodeError:  # idna.IDNAError is one
        return False
    return True


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True


FORMATS: Mapping[str, Callable[[str], bool]] = {
    "uri": is_uri,
    "email": is_email,
    "idn-hostname": is_hostname,
}
