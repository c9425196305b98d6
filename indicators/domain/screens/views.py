"""One text as a reader could see it: what hides from a plain search is undone first.

`views` gives the text itself and then each different way to read it: folded (compatibility forms,
invisible characters, look-alike letters, digits of other scripts, HTML entities, percent codes,
`[at]`, `[.]` and `hxxp`), and what base64 in it decodes to. Work and size are linear in the text
and bounded: at most three views, none longer than twice the text. Nothing here leaves the hub.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote


LONGEST = 1_000_000
"""Characters that are looked at; an object of more is refused (`domain.sizes`)."""
_SHOWN = 0.9
"""Share of printable characters from which on decoded bytes are taken for a text."""

Kind = Literal["plain", "folded", "decoded"]


@dataclass(frozen=True, slots=True)
class View:
    """One way to read a text; positions of a `plain` one are those of the text."""

    kind: Kind
    text: str


def views(text: str) -> tuple[View, ...]:
    """The text and every other way to read it, each once."""
    plain = text[:LONGEST]
    seen = {plain: View("plain", plain)}
    folded = fold(plain)
    seen.setdefault(folded, View("folded", folded))
    decoded = fold("\n".join(_decoded(folded)))
    seen.setdefault(decoded, View("decoded", decoded))
    return tuple(seen.values())


def fold(text: str) -> str:
    """The text without its disguises."""
    if "%" in text:
        text = unquote(unquote(text, errors="replace"), errors="replace")
    if "&" in text:
        text = html.unescape(text)
    if not text.isascii():
        longest = 2 * len(text)
        # Marks on letters hide words, and putting many of them in order takes quadratic time.
        text = "".join(char for char in text if not unicodedata.combining(char))
        text = "".join(_plain(char) for char in unicodedata.normalize("NFKC", text)[:longest])
    for form, plain in _DEFANGED if _DEFANGING.search(text) else ():
        text = form.sub(plain, text)
    return text


def _plain(char: str) -> str:
    if char.isascii():
        return char
    category = unicodedata.category(char)
    if category in _INVISIBLE:
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category == "Zs":
        return " "
    return _LOOK_ALIKES.get(char, char)


def _decoded(text: str) -> Iterator[str]:
    """What each run of base64 (or base64url) says that is text."""
    for found in _BASE64.finditer(text):
        standard = found[0].rstrip("=").translate(_STANDARD)
        standard = standard[: len(standard) - (len(standard) % 4 == 1)]
        try:
            decoded = base64.b64decode(standard + "=" * (-len(standard) % 4)).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
        if sum(map(_is_shown, decoded)) >= _SHOWN * len(decoded):
            yield decoded


def _is_shown(char: str) -> bool:
    return char.isprintable() or char.isspace()


_INVISIBLE = frozenset({"Cf", "Cc", "Mn", "Me", "Cs", "Co"})
"""Formatting characters (zero widths, soft hyphens, directions) and marks on top of letters."""
_LOOK_ALIKES = dict(
    zip(
        "АВЕЅІЈКМНОРСТУХаеѕіјкорсухԁԛԝһӏ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοανρτυκι" + "ıℓ‐‑‒–—−․‚‘’“”＿",  # noqa: RUF001  look-alikes are the point
        "ABESIJKMHOPCTYXaesijkopcyxdqwhl" + "ABEZHIKMNOPTYXoavptuki" + "il------.,''\"\"_",
        strict=True,
    )
)
"""Letters of other alphabets that pass for Latin ones. Source: Unicode TS 39, the common ones."""
_DEFANGING = re.compile(r"[\[({]\s?(?:at|@|dot|\.|:)|hxxp|h\*\*p|meow", re.IGNORECASE)
_DEFANGED = (
    (re.compile(r"\s?[\[({]\s?(?:at|@)\s?[\])}]\s?", re.IGNORECASE), "@"),
    (re.compile(r"\s?[\[({]\s?(?:dot|\.)\s?[\])}]\s?", re.IGNORECASE), "."),
    (re.compile(r"[\[({]\s?:(?://)?\s?[\])}]"), ":"),
    (re.compile(r"\b(?:hxxp|h\*\*p|meow)(s?)\b", re.IGNORECASE), r"http\1"),
)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_STANDARD = str.maketrans("-_", "+/")
