"""Account handles and device ids under normalisation profile v1.

Promises: one account at a provider has one spelling, whatever its case and whether or not an @
stands before it. Refuses ids that many devices share, and ids that may be a person's name.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from labkit.refusals import NormaliseError
from labkit.spelling import caseless, visible


PROVIDER = re.compile(r"[a-z0-9][a-z0-9.\-]{0,62}")
LONGEST_HANDLE = 256
DEVICE = re.compile(r"[0-9a-f]{12,128}")  # from a MAC address to SHA-512
DEVICE_GAPS = re.compile(r"[\s:.{}\-]")


def account_handle(provider: str, handle: str) -> str:
    """`provider:handle`, both caseless, the provider by its one name of data/accounts.toml.

    Raises:
        NormaliseError: the provider is no name or domain, or the handle is empty or too long.
    """
    home = caseless(visible(provider, "account's provider"))
    if not PROVIDER.fullmatch(home):
        raise NormaliseError(
            "The account's provider is not a plain name or domain; write github or github.com."
        )
    name = " ".join(caseless(visible(handle, "account handle")).split()).lstrip("@ ")
    if not name or len(name) > LONGEST_HANDLE:
        raise NormaliseError(
            f"The account handle has to have 1 to {LONGEST_HANDLE} characters besides a leading @."
        )
    return f"{_names().get(home, home)}:{name}"


def device_id(value: str) -> str:
    """The id in lower-case hexadecimal digits, without separators.

    Raises:
        NormaliseError: not 12 to 128 hexadecimal digits, or the same digit throughout.
    """
    digits = DEVICE_GAPS.sub("", caseless(visible(value, "device id")))
    if not DEVICE.fullmatch(digits):
        raise NormaliseError(
            "A device id has 12 to 128 hexadecimal digits; send the SHA-256 of any other id."
        )
    if len(set(digits)) == 1:
        raise NormaliseError(
            "The device id repeats one digit, as devices that hide their id do; leave it out."
        )
    return digits


@cache
def _names() -> Mapping[str, str]:
    text = files("labkit").joinpath("data", "accounts.toml").read_text(encoding="utf-8")
    names: dict[str, list[str]] = tomllib.loads(text)["names"]
    return {other: name for name, others in names.items() for other in others}
