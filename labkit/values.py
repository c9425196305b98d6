"""What a column or line holds, and the identifiers in normal form that it stands for.

An e-mail address is looked for in both its forms; a telephone number under every prefix that may
have been shared too, where prefixes are wanted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from labkit import normalise
from labkit.normalise import KINDS, NormaliseError


EMAIL = ("email-addr", "email-canon")
_SHORT: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("email", *EMAIL), EMAIL),
    "phone": ("phone", "phone-prefix"),
    "ip": ("ipv4", "ipv6-64"),
}
NAMES = ("email", "ip", *(kind for kind in KINDS if kind not in {*EMAIL, "prompt-band"}), *EMAIL)
"""What a column may be said to hold; prompts have a command of their own."""

Identifier = tuple[str, str]
"""Kind and value in normal form."""


@dataclass(frozen=True, slots=True)
class Reader:
    """How raw values are read."""

    kinds: Collection[str]
    """Identifiers of other kinds are left out."""
    region: str | None = None
    """The country that telephone numbers without one are taken to be in (ISO 3166-1)."""
    provider: str | None = None
    """The provider that account handles without one are taken to be of."""
    prefixes: bool = True
    """A telephone number stands for the ranges that it lies in too."""

    def identifiers(self, name: str, raw: str) -> Iterator[Identifier]:
        """The identifiers of the wanted kinds that a raw value stands for.

        Raises:
            NormaliseError: it is not what it is said to be; the message holds none of it.
        """
        wanted = [kind for kind in _SHORT.get(name, (name,)) if kind in self.kinds]
        if name == "ip" and wanted:
            yield from (each for each in [_address(raw)] if each[0] in wanted)
            return
        for kind in wanted:
            yield from ((kind, value) for value in self._values(name, kind, raw))

    def _values(self, name: str, kind: str, raw: str) -> Iterator[str]:
        if name == "phone":
            number = normalise.phone(raw, self.region)
            if kind == "phone":
                yield number
            elif self.prefixes:
                yield from normalise.phone_prefixes(number)
        elif name == "account-handle" and self.provider:
            yield normalise.account_handle(self.provider, raw)
        else:
            yield normalise.normalise(kind, raw)


def _address(raw: str) -> Identifier:
    try:
        return "ipv4", normalise.ipv4(raw)
    except NormaliseError:
        if ":" not in raw:
            raise
    return "ipv6-64", normalise.ipv6_64(raw)
