"""Raw identifiers that are sent to be looked for afterwards, wherever a hub keeps things."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping


CANARIES: Mapping[str, bytes] = {
    "heron.canary@kestrelmail.example": rb"heron\.?canary",
    "+12025550147": rb"2025550147",
    "5555555555554444": rb"5555555555554444",
    "heroncanarylogin": rb"heroncanarylogin",
    "203.0.113.147": rb"203\.0\.113\.147",
}
"""Each value, and an expression over its normalised spellings too."""


def leaked(data: bytes) -> list[str]:
    """The canaries that can be read in these bytes: as they are, in hexadecimal or in base64."""
    return [value for value, form in CANARIES.items() if _form(value, form).search(data)]


def _form(value: str, plain: bytes) -> re.Pattern[bytes]:
    encoded = value.encode()
    forms = [plain, encoded.hex().encode(), *map(re.escape, _base64(encoded))]
    return re.compile(b"|".join(forms), re.IGNORECASE)


def _base64(data: bytes) -> Iterator[bytes]:
    """What base64 of any text around it has of it, at each of the three places it may begin."""
    for before, cut in ((0, 0), (1, 2), (2, 3)):
        whole = base64.b64encode(b"\0" * before + data).rstrip(b"=")
        ends_within = (before + len(data)) % 3
        yield whole[cut : -1 if ends_within else None]
