"""What tells a number that means something from any other: check digits and numbering plans.

A proof takes a candidate as it stands in the text, separators included, and says whether it holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import phonenumbers

from labkit.payment import luhn


_ISSUERS = re.compile(
    r"(?:4[0-9]{12}(?:[0-9]{3}(?:[0-9]{3})?)?"  # Visa: 13, 16 or 19
    r"|(?:5[1-5][0-9]{2}|222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}"
    r"|3[47][0-9]{13}"  # American Express
    r"|3(?:0[0-5]|[689][0-9])[0-9]{11}"  # Diners
    r"|(?:6011|64[4-9][0-9]|65[0-9]{2}|62[0-9]{2})[0-9]{12}(?:[0-9]{1,3})?"  # Discover, UnionPay
    r"|35(?:2[89]|[3-8][0-9])[0-9]{12}(?:[0-9]{1,3})?"  # JCB
    r"|(?:5018|5020|5038|6304|6759|676[1-3])[0-9]{8,15}"  # Maestro
    r"|220[0-4][0-9]{12}(?:[0-9]{1,3})?)"  # Mir
)
_LONGEST_CARD = 19
_DIGITS = re.compile(r"[0-9]+")
_NOT_DIGIT = re.compile(r"[^0-9]")
_NOT_LETTER_OR_DIGIT = re.compile(r"[^0-9A-Z]")


def card(text: str) -> bool:
    """Groups of digits that make a payment card number, among others if need be.

    An issuer's range, and the check digit of ISO/IEC 7812 (Luhn).
    """
    groups = _DIGITS.findall(text)
    for first in range(len(groups)):
        digits = ""
        for group in groups[first:]:
            digits += group
            if len(digits) > _LONGEST_CARD:
                break
            if _ISSUERS.fullmatch(digits) and len(set(digits)) > 1 and luhn(digits):
                return True
    return False


def iban(text: str) -> bool:
    """An international bank account number: ISO 13616, remainder 1 of division by 97."""
    value = _NOT_LETTER_OR_DIGIT.sub("", text.upper())
    return 15 <= len(value) <= 34 and int(_lettered(value[4:] + value[:4])) % 97 == 1  # noqa: PLR2004  ISO 13616


def _lettered(text: str) -> str:
    return "".join(str(int(char, 36)) for char in text)


def phone(text: str) -> bool:
    """A telephone number with its country code, of a length that its numbering plan has."""
    digits = _NOT_DIGIT.sub("", text)
    digits = digits.removeprefix("00")
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(f"+{digits}"))
    except phonenumbers.NumberParseException:
        return False


def chinese_identity(text: str) -> bool:
    """A resident identity number: GB 11643, ISO 7064 MOD 11-2 check character."""
    value = text.upper()
    weighed = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(value[:17]))
    return "10X98765432"[weighed % 11] == value[17]


def spanish_identity(text: str) -> bool:
    """A DNI or NIE: its letter is the remainder of division by 23."""
    value = _NOT_LETTER_OR_DIGIT.sub("", text.upper())
    number = int(value[:-1].translate(str.maketrans("XYZ", "012")))
    return "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23] == value[-1]


def indian_identity(text: str) -> bool:
    """An Aadhaar number: twelve digits with a Verhoeff check digit."""
    check = 0
    for place, digit in enumerate(reversed(_NOT_DIGIT.sub("", text))):
        permuted = int(digit)
        for _ in range(place % 8):
            permuted = _PERMUTATION[permuted]
        check = _dihedral(check, permuted)
    return check == 0


def _dihedral(left: int, right: int) -> int:
    """The product in the group of the symmetries of a pentagon."""
    turned = (left + right if left < 5 else left - right) % 5  # noqa: PLR2004  a pentagon's turns
    return turned + 5 * ((left >= 5) != (right >= 5))  # noqa: PLR2004  the same


_PERMUTATION = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def french_identity(text: str) -> bool:
    """An INSEE number: the last two digits are 97 less the remainder of the first thirteen."""
    digits = _NOT_DIGIT.sub("", text)
    return int(digits[13:]) == 97 - int(digits[:13]) % 97


PROOFS: Mapping[str, Callable[[str], bool]] = {
    "card": card,
    "iban": iban,
    "phone": phone,
    "chinese-identity": chinese_identity,
    "spanish-identity": spanish_identity,
    "indian-identity": indian_identity,
    "french-identity": french_identity,
}
"""The proofs that a rule may name."""
