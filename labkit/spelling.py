"""How text is folded before a rule of its kind looks at it.

Promises: folding is idempotent. Refuses what a reader cannot see, since two values that look the
same must not differ.
"""

from __future__ import annotations

import unicodedata

from labkit.refusals import NormaliseError


# NFKC of a case-folded text may need folding again (Unicode 3.13, D146); it settles in three
# rounds for every code point.
ROUNDS = 4
LONGEST = 1_000  # characters; putting a longer text into normal form can take quadratic time
# Control, format, surrogate, private use, unassigned; line and paragraph separators.
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def visible(value: str, what: str) -> str:
    """The text in NFKC without spaces at its ends.

    Raises:
        NormaliseError: it is empty, too long, or holds a character that cannot be seen.
    """
    if not isinstance(value, str):
        raise NormaliseError(f"The {what} is not text; pass a string.")
    if len(value) > LONGEST:
        raise NormaliseError(f"The {what} is longer than {LONGEST} characters; it is none.")
    text = unicodedata.normalize("NFKC", value).strip()
    if not text:
        raise NormaliseError(f"The {what} is empty; leave the record out.")
    if not text.isascii() and any(unicodedata.category(each) in UNSEEN for each in text):
        raise NormaliseError(
            f"The {what} holds a character that cannot be seen, such as a control character or a"
            " zero-width space; remove it."
        )
    if text.isascii() and not text.isprintable():
        raise NormaliseError(f"The {what} holds a control character; remove it.")
    return text


def caseless(text: str) -> str:
    """The text for caseless comparison: lower case in ASCII, Unicode case folding beyond it."""
    if text.isascii():
        return text.lower()
    for _ in range(ROUNDS):
        folded = unicodedata.normalize("NFKC", text.casefold())
        if folded == text:
            break
        text = folded
    return text
