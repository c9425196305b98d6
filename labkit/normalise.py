"""Normalisation profile v1: one spelling for each value, so that equal values have equal tokens.

Promises: pure and deterministic; a normal form is its own normal form; every accepted spelling of
a value gives the same. A refusal says what is wrong and what to do, and repeats nothing of the
value. Any change to what this module returns changes tokens and needs a new profile and scheme:
tests/labkit/golden_normalise.json holds it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from labkit.accounts import account_handle, device_id
from labkit.addresses import ipv4, ipv6_64
from labkit.emails import email, email_canon
from labkit.payment import card_weak, pan
from labkit.phones import phone, phone_prefix, phone_prefixes
from labkit.refusals import NormaliseError
from labkit.spelling import visible


__all__ = [
    "KINDS",
    "PROFILE",
    "NormaliseError",
    "account_handle",
    "card_weak",
    "device_id",
    "email",
    "email_canon",
    "ipv4",
    "ipv6_64",
    "normalise",
    "pan",
    "phone",
    "phone_prefix",
    "phone_prefixes",
    "prompt_band",
]

PROFILE = "v1"
BANDS = 32  # of a skeleton
BAND_BYTES = 16  # four 32-bit minima
BAND = re.compile(rf"(\d{{1,2}}):([0-9a-f]{{{2 * BAND_BYTES}}})")
CARD_PARTS = 4


def normalise(kind: str, value: str) -> str:
    """The normal form of a value that is spelled as one string.

    Args:
        kind: one of KINDS.
        value: as its kind is written; `provider:handle` for account-handle, `bin8|last4|MMYY|CC`
            for card-weak, `index:32 hexadecimal digits` for prompt-band.

    Raises:
        NormaliseError: the kind is unknown or the value has no normal form.
    """
    rule = RULES.get(kind)
    if rule is None:
        raise NormaliseError(f"There is no such kind of value; the kinds are {', '.join(KINDS)}.")
    return rule(value)


def prompt_band(value: str) -> str:
    """One band of a skeleton as `index:32 hexadecimal digits`; see labkit.skeleton.

    Raises:
        NormaliseError: not of that form, or an index beyond 31.
    """
    found = BAND.fullmatch(visible(value, "prompt band").lower())
    if found is None or int(found[1]) >= BANDS:
        raise NormaliseError(
            "A prompt band is an index from 0 to 31, a colon and 32 hexadecimal digits; take it"
            " from `labkit skeleton`."
        )
    return f"{int(found[1])}:{found[2]}"


def _handle(value: str) -> str:
    provider, colon, handle = visible(value, "account handle").partition(":")
    if not colon:
        raise NormaliseError("An account handle needs its provider; write provider:handle.")
    return account_handle(provider, handle)


def _card(value: str) -> str:
    parts = visible(value, "weak card mark").split("|")
    if len(parts) != CARD_PARTS:
        raise NormaliseError("A weak card mark has four parts; write bin8|last4|MMYY|CC.")
    return card_weak(*parts)


RULES: Mapping[str, Callable[[str], str]] = {
    "email-addr": email,
    "email-canon": email_canon,
    "phone": phone,
    "phone-prefix": phone_prefix,
    "account-handle": _handle,
    "device-id": device_id,
    "pan": pan,
    "card-weak": _card,
    "prompt-band": prompt_band,
    "ipv4": ipv4,
    "ipv6-64": ipv6_64,
}
KINDS: tuple[str, ...] = tuple(RULES)
