"""Path and query of a URI in normal form: one text for all spellings, RFC 3986 §5.2.4 and §6.2.2.

Takes any text and refuses none; whether the whole is a URL is for `observables.url` to say.
"""

from __future__ import annotations

import re


_ESCAPED = re.compile(r"%([0-9A-Fa-f]{2})|([^A-Za-z0-9._~!$&'()*+,;=:@/?-])")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def encoded(text: str) -> str:
    """The text with its percent-encoding unified: upper case, and only where it is needed."""
    return _ESCAPED.sub(_encode, text)


def _encode(match: re.Match[str]) -> str:
    if match[1] is None:
        return "".join(f"%{byte:02X}" for byte in match[2].encode("utf-8", "surrogatepass"))
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else match[0].upper()


def without_dot_segments(path: str) -> str:
    """RFC 3986 §5.2.4, for a path that is empty or begins with a slash."""
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            del kept[max(len(kept) - 1, 1) :]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/".join(kept)
