"""Addresses of households: what one object of an envelope says about an address holds for all.

A residential address leaves only as a token. An observable has no slot to say that it is one, so
an object that speaks of it does. Behind an IPv6 address stands the household's whole /64, which is
what its token stands for; an IPv4 address in IPv6's notation is the address itself.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from urllib.parse import urlsplit

from indicators.domain import observables
from indicators.domain.observables import ObservableError
from indicators.domain.statements import Body, spoken_of, terms_of
from indicators.domain.stix.patterns import PatternError, parse_pattern


Network = IPv4Network | IPv6Network
_ADDRESSED = frozenset({"ipv4-addr", "ipv6-addr", "url"})
_CLASS = "infrastructure_class"
_LINE = 64
"""Bits of an IPv6 address that tell one household's line from another's."""
_MAPPED = 0xFFFF << 32
"""Where IPv4 lies in IPv6's numbers, RFC 4291 §2.5.5.2."""


@dataclass(frozen=True, slots=True)
class Residential:
    """Addresses, as numbers of IPv6: ranges in order that do not overlap."""

    firsts: tuple[int, ...] = ()
    lasts: tuple[int, ...] = ()

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

    def mentioned_in(self, body: Body) -> bool:
        """Whether an observable or an indicator, as received, names one of them."""
        return bool(self.firsts) and any(map(self.meets, _networks(body)))


NOWHERE = Residential()
"""Of a submission that calls no address residential."""


def network_of(text: str) -> Network | None:
    """The network of an address, a CIDR block or a URL's host; None for other texts."""
    try:
        return ip_network(observables.network(_host(text) if "://" in text else text))
    except ObservableError:
        return None


def _host(url: str) -> str:
    return urlsplit(observables.url(url)).hostname or ""


def _range(network: Network) -> tuple[int, int]:
    if isinstance(network, IPv4Network):
        base = _MAPPED
    else:
        base = 0
        if network.prefixlen > _LINE and not _is_mapped(network):
            network = network.supernet(new_prefix=_LINE)
    return base + int(network.network_address), base + int(network.broadcast_address)


def _is_mapped(network: IPv6Network) -> bool:
    return network.network_address.ipv4_mapped is not None


def residential(envelope: Iterable[Body]) -> Residential:
    """The addresses that the objects of an envelope call residential.

    An object that says itself what it is of is not spoken for by its neighbours.
    """
    objects = list(envelope)
    speaking = [each for each in objects if terms_of(each).get(_CLASS) == "residential-proxy"]
    if not speaking:
        return NOWHERE
    named = spoken_of(objects, speaking)
    own = {str(each.get("id")) for each in speaking}
    return Residential.of(
        network
        for each in objects
        if str(each.get("id")) in own
        or (str(each.get("id")) in named and _CLASS not in terms_of(each))
        for network in _networks(each)
    )


def _networks(body: Body) -> Iterator[Network]:
    for text in _texts(body):
        if network := network_of(text):
            yield network


def _texts(body: Body) -> Iterator[str]:
    if str(body.get("type")) in _ADDRESSED:
        yield str(body.get("value"))
    elif body.get("type") == "indicator":
        try:
            comparisons = parse_pattern(str(body.get("pattern"))).comparisons
        except PatternError:
            return  # the indicator itself will be refused for it
        yield from (str(value) for each in comparisons for value in each.values)
