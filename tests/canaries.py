"""Raw identifiers that are sent to be looked for afterwards, wherever a hub keeps things."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.forum import HOUSEHOLD, STATES_NEXUS, indicator, stix


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


def objects() -> list[dict[str, Any]]:
    """What a lab pushes: five that become tokens, one refused, one held, one with text that is."""
    mail, phone, card, login, home = CANARIES
    provider = "user-account:account_type = 'github'"
    return [
        indicator(f"[email-addr:value = '{mail}']", extensions=STATES_NEXUS),
        indicator(f"[phone-number:value = '{phone}']", extensions=STATES_NEXUS),
        indicator(f"[payment-card:value = '{card}']", extensions=STATES_NEXUS),
        indicator(
            f"[{provider} AND user-account:account_login = '{login}']", extensions=STATES_NEXUS
        ),
        indicator(f"[ipv4-addr:value = '{home}']", extensions=HOUSEHOLD),
        indicator(f"[phone-number:value LIKE '{phone}%']", extensions=STATES_NEXUS),
        stix("url", value=f"http://{home}/login"),
        indicator(
            "[domain-name:value = 'gw-2.meadowexit.example']",
            description=f"Ask {mail} or {phone}, card {card}, from {home}; {login}.",
        ),
    ]
