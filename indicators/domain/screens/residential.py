"""Addresses of households: what one object of an envelope says about an address holds for all.

A residential address leaves only as a token. An observable has no slot to say that it is one, so
an object that speaks of it does. Behind an IPv6 address stands the household's whole /64, which is
what its token stands for; an IPv4 address in one of IPv6's notations is the address itself.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

from indicators.domain.screens.addresses import Network, addresses_in, in_ipv4, named_by
from indicators.domain.statements import Body, class_of, spoken_of, states_nexus


_HOUSEHOLD = "residential-proxy"
_LINE = 64
"""Bits of an IPv6 address that tell one household's line from another's."""
_BEYOND_IPV6 = 1 << 128
"""Where IPv4 is counted: within IPv6's numbers the line ::/64 would hold all of it."""


@dataclass(frozen=True, slots=True)
class Residential:
    """Addresses as numbers: ranges in order that do not overlap."""

    firsts: tuple[int, ...] = ()
    lasts: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.firsts)

    @classmethod
    def of(cls, networks: Iterable[Network]) -> Residential:
        """These networks, an IPv6 address as its /64."""
        merged: list[tuple[int, int]] = []
        for first, last in sorted(map(_range, networks)):
            if merged and first <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
            else:
                merged.append((first, last))
        return cls(tuple(each[0] for each in merged), tuple(each[1] for each in merged))

    def meets(self, network: Network) -> bool:
        """Whether an address of the network is among them."""
        first, last = _range(network)
        place = bisect_right(self.firsts, last)
        return place > 0 and self.lasts[place - 1] >= first

    def named_in(self, text: str, *, limits: Mapping[str, int]) -> bool:
        """Whether a text names one of them; a whole /24 or /48 (`limits`) is nobody's."""
        return bool(self) and self._meets_any(addresses_in(text), limits)

    def mentioned_in(self, body: Body, *, limits: Mapping[str, int]) -> bool:
        """Whether an object, as received, does so where objects name addresses."""
        return bool(self) and self._meets_any(named_by(body), limits)

    def _meets_any(self, networks: Iterable[Network], limits: Mapping[str, int]) -> bool:
        return any(self.meets(each) for each in networks if not _is_wide(each, limits))


NOWHERE = Residential()
"""Of a submission that calls no address residential."""


def _range(network: Network) -> tuple[int, int]:
    if isinstance(network, IPv6Network):
        network = in_ipv4(network) or _line(network)
    base = _BEYOND_IPV6 if isinstance(network, IPv4Network) else 0
    return base + int(network.network_address), base + int(network.broadcast_address)


def _line(network: IPv6Network) -> IPv6Network:
    return network.supernet(new_prefix=_LINE) if network.prefixlen > _LINE else network


def _is_wide(network: Network, limits: Mapping[str, int]) -> bool:
    shown = in_ipv4(network) if isinstance(network, IPv6Network) else None
    network = shown or network
    return network.prefixlen <= limits[f"narrowest_ipv{network.version}"]


def residential(envelope: Iterable[Body]) -> Residential:
    """The addresses that the objects of an envelope call residential.

    Whether such an object is accepted does not matter: it has said so. One that says itself what it
    is of is not spoken for by its neighbours.
    """
    objects = list(envelope)
    speaking = [each for each in objects if class_of(each) == _HOUSEHOLD]
    if not speaking:
        return NOWHERE
    named = spoken_of(objects, speaking)
    own = {str(each.get("id")) for each in speaking}
    return Residential.of(
        network
        for each in objects
        if str(each.get("id")) in own or (str(each.get("id")) in named and not class_of(each))
        for network in named_by(each)
    )


def stated_by_value(envelope: Iterable[Body], *, limits: Mapping[str, int]) -> frozenset[str]:
    """Ids of address observables that an indicator of households names, and states a nexus for."""
    objects = list(envelope)
    stating = Residential.of(
        network
        for each in objects
        if class_of(each) == _HOUSEHOLD and states_nexus(each)
        for network in named_by(each)
    )
    return frozenset(
        str(each.get("id"))
        for each in objects
        if each.get("type") != "indicator" and stating.mentioned_in(each, limits=limits)
    )
