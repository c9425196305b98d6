"""Letters that are drawn alike, folded into one, and characters that are not drawn at all.

For fingerprints of text alone: the fold joins what a reader cannot tell apart and is never shown.
It is a selection from the confusables of Unicode Technical Standard 39, lower case, after NFKD.
"""

from __future__ import annotations

import unicodedata


# Latin letters and what passes for them. Greek and Cyrillic first, then Latin letters of phonetic
# and other alphabets, Armenian and Cherokee.
ALIKE = {
    "a": "аαɑ",
    "b": "ƅьᏼ",
    "c": "сϲᴄⲥ",
    "d": "ԁɗժ",
    "e": "еҽєε℮",
    "f": "ғƒք",
    "g": "ɡցԍ",
    "h": "һհᏂ",
    "i": "іıιɩӏ",
    "j": "јϳ",
    "k": "кκĸ",
    "l": "ⅼłŀ",
    "m": "мᴍ",
    "n": "пոηռ",
    "o": "оοσօ০øⲟ",
    "p": "рρϱⲣ",
    "q": "ԛզ",
    "r": "гᴦⲅ",
    "s": "ѕꜱ",
    "t": "тτŧ",
    "u": "υսʋ",
    "v": "ѵνᴠ",
    "w": "ԝѡɯա",
    "x": "хχ×",
    "y": "уүγყ",
    "z": "ᴢ",
}
FOLD = str.maketrans({other: letter for letter, others in ALIKE.items() for other in others})
# Marks on letters, and characters that only format.
DROPPED = {"Mn", "Me", "Cf"}
# Letters by category that are drawn as nothing: fillers of Hangul and Khmer.
BLANK = set("\u115f\u1160\u3164\uffa0\u17b4\u17b5")


def plain(text: str) -> str:
    """The text caseless, without marks and invisible characters, lookalikes folded to Latin."""
    if text.isascii():
        return text.lower()
    drawn = "".join(
        each
        for each in unicodedata.normalize("NFKD", text)
        if unicodedata.category(each) not in DROPPED and each not in BLANK
    )
    return drawn.casefold().translate(FOLD)
