"""Payment instruments under normalisation profile v1.

Processors' fingerprints differ from merchant to merchant, so labs can compare only the card number
itself, or the weak mark that a statement shows. A weak mark fits many cards: it supports other
evidence and never stands alone.
"""

from __future__ import annotations

import re

from labkit.refusals import NormaliseError
from labkit.spelling import visible


PAN = re.compile(r"\d{12,19}")  # ISO/IEC 7812-1: 8 to 19 in theory, 12 and more in use
BIN8 = re.compile(r"\d{8}")
LAST4 = re.compile(r"\d{4}")
COUNTRY = re.compile(r"[A-Z]{2}")
EXPIRY = re.compile(r"(0[1-9]|1[0-2])[/\- ]?(?:20)?(\d\d)")
GAPS = re.compile(r"[\s\-\u2010-\u2015\u2212]")


def pan(value: str) -> str:
    """The card number, 12 to 19 digits.

    Raises:
        NormaliseError: other characters, another length, or a wrong check digit (Luhn).
    """
    digits = GAPS.sub("", visible(value, "card number"))
    if not digits.isascii() or not PAN.fullmatch(digits):
        raise NormaliseError("A card number has 12 to 19 digits; send it in full.")
    if not digits.strip("0") or not luhn(digits):
        raise NormaliseError("The check digit of the card number is wrong; look for a slip.")
    return digits


def card_weak(bin8: str, last4: str, exp: str, country: str) -> str:
    """The weak mark of a card, `bin8|last4|MMYY|CC`.

    Args:
        bin8: the first 8 digits of the number.
        last4: its last 4 digits.
        exp: month and year of expiry, as MMYY, MM/YY or MM/YYYY.
        country: of the issuer, ISO 3166-1 alpha-2.

    Raises:
        NormaliseError: naming the part that is not of its form.
    """
    first, last = visible(bin8, "BIN"), visible(last4, "last four digits")
    if not BIN8.fullmatch(first) or not LAST4.fullmatch(last):
        raise NormaliseError("A weak card mark takes the first 8 and the last 4 digits.")
    expiry = EXPIRY.fullmatch(visible(exp, "expiry"))
    if expiry is None:
        raise NormaliseError("The expiry of the card is not of the form MMYY; write 0931.")
    issuer = visible(country, "issuer's country").upper()
    if not COUNTRY.fullmatch(issuer):
        raise NormaliseError("The issuer's country is an ISO 3166-1 code of two letters.")
    return f"{first}|{last}|{expiry[1]}{expiry[2]}|{issuer}"


def luhn(digits: str) -> bool:
    """Whether the check digit is right (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 * (value > 9)  # noqa: PLR2004  the sum of a product's two digits
    return total % 10 == 0
