"""Whether a form of e-mail addresses (LIKE, MATCHES, a rule in another language) names one in full.

Who means one mailbox must send the address, of which a token takes the place. Found are spellings
as people write them: escaped or bare dots, anchors, groups, alternatives, classes of one character,
and wildcards in front that may stand for nothing. What hides an address on purpose can pass this
screen, and a person sees each form before it goes out.
"""

from __future__ import annotations

import re


_WILD = "\0"
"""Stands for what may be many: no part of a name."""
_STEPS = (
    (re.compile(r"\\[dDwWsSpPbBAZz]"), _WILD),
    (re.compile(r"\\(.)"), r"\1"),
    (re.compile(r"\[(.)\]"), r"\1"),
    (re.compile(r"\[[^\[\]]*\]"), _WILD),
    (re.compile(r"\(\?[a-zA-Z:=!<]*|[()^$]|\{1\}"), ""),
    (re.compile(r"(^|\||\s)(?:%|\.[*?]+)+"), r"\1"),
    (re.compile(r"%|\.[*+?]+|[^\0][*?]|\0[*+?]|\{[0-9,]*\}"), _WILD),
)
_MAILBOX = re.compile(r"(?<![\w.+\0-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})")


def names_a_mailbox(text: str) -> bool:
    """Whether the text of a form, or a rule that holds one, names an address in full."""
    for form, by in _STEPS:
        text = form.sub(by, text)
    return bool(_MAILBOX.search(text))
