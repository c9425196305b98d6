"""Phone numbers under normalisation profile v1: E.164, and prefixes that stand for ranges.

Promises: one number has one spelling. Refuses what could be dialled in more than one way: a
national number without its country, letters, an extension.
"""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberType

from labkit.refusals import NormaliseError
from labkit.spelling import visible


WRITE = "write it with + and the country code, as in +1 202 555 0100"
# Digits and what people put between them; letters and extensions are not among them.
SPELLED = re.compile(r"\+?[\d\s()./\-\u2010-\u2015\u2212]+")
PREFIX = re.compile(r"\+[1-9][0-9 .\-]*")
# Central office code 555, line numbers 0100 to 0199: set aside for fiction in the whole North
# American plan (ATIS-0300115), which the metadata need not count as valid in each area.
FICTION = re.compile(r"\+1[2-9]\d\d55501\d\d")
# A prefix of fewer digits is a country or a region; a range of fewer numbers may be one person.
SHORTEST_PREFIX = 6
DIGITS_LEFT_OPEN = 3  # 1,000 numbers


def phone(value: str, region: str | None = None) -> str:
    """The number in E.164, for example +12025550100.

    Args:
        value: with + and country code, or as dialled within the region.
        region: ISO 3166-1 alpha-2 code of the country the number was written in.

    Raises:
        NormaliseError: it lacks a country or is not a number of the country's plan.
    """
    text = visible(value, "phone number").removeprefix("tel:")
    if not SPELLED.fullmatch(text):
        raise NormaliseError(
            f"The phone number holds more than digits and separators; {WRITE}, no extension."
        )
    number = _parsed(text, _known(region))
    if number is None:
        raise NormaliseError(f"The phone number has no country, or is no number; {WRITE}.")
    spelled = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if not phonenumbers.is_valid_number(number) and not FICTION.fullmatch(spelled):
        raise NormaliseError(f"No such phone number exists in its country's plan; {WRITE}.")
    return spelled


def phone_prefix(value: str) -> str:
    """The prefix that a range of at least 1,000 numbers shares, for example +1202555.

    Raises:
        NormaliseError: fewer than 6 digits, an unknown country, or a range of under 1,000.
    """
    text = visible(value, "phone prefix")
    if not PREFIX.fullmatch(text):
        raise NormaliseError("A phone prefix is + and digits from the country code on.")
    digits = re.sub(r"[^0-9]", "", text)
    if len(digits) < SHORTEST_PREFIX:
        raise NormaliseError(
            f"A phone prefix needs at least {SHORTEST_PREFIX} digits, country code included."
        )
    length = _usual_length(digits)
    if length is None:
        raise NormaliseError("The phone prefix begins with no country code; begin with one.")
    if len(digits) > length - DIGITS_LEFT_OPEN:
        raise NormaliseError(
            f"The phone prefix leaves fewer than {DIGITS_LEFT_OPEN} digits open, under 1,000"
            " numbers; send the numbers themselves as kind phone."
        )
    return f"+{digits}"


def phone_prefixes(number: str) -> tuple[str, ...]:
    """Every prefix under which a number in E.164 may have been shared, shortest first."""
    longest = len(number) - DIGITS_LEFT_OPEN
    return tuple(number[:end] for end in range(SHORTEST_PREFIX + 1, longest + 1))


def _known(region: str | None) -> str | None:
    if region is None:
        return None
    code = region.strip().upper()
    if code not in phonenumbers.SUPPORTED_REGIONS:
        raise NormaliseError(
            "The region of the phone number is unknown; give an ISO 3166-1 code of two letters."
        )
    return code


def _parsed(text: str, region: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None  # not raised from here, so that no error carries the number


def _usual_length(digits: str) -> int | None:
    """How many digits, country code included, an ordinary number of this country has."""
    for end in (1, 2, 3):
        region = phonenumbers.region_code_for_country_code(int(digits[:end]))
        if region != phonenumbers.UNKNOWN_REGION:
            return _example_length(int(digits[:end]), region)
    return None


def _example_length(country_code: int, region: str) -> int:
    if region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY:
        examples = [phonenumbers.example_number_for_non_geo_entity(country_code)]
    else:
        examples = [
            phonenumbers.example_number_for_type(region, kind)
            for kind in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE)
        ]
    return max(len(str(country_code)) + _length(each) for each in examples if each is not None)


def _length(number: PhoneNumber) -> int:
    return len(phonenumbers.national_significant_number(number))
