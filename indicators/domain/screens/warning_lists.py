"""Values that many innocent people use: a person looks before one of them is shared.

The lists in `policy/warninglists/*.txt` are data, each with its source, licence and version:
public mail, clouds and content delivery, resolvers, relays, universities, top sites, large
networks. A name is listed with everything below it, an address with every listed network it
touches. Being listed says nothing against a value; it is held, never refused. No reserved value
stands on a list.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from urllib.parse import urlsplit

from indicators.domain import observables
from indicators.domain.objects import ValidObject
from indicators.domain.observables import ObservableError
from indicators.domain.outcomes import Held, Reason
from indicators.domain.screens.addresses import in_ipv4, network_of


class WarningListError(ValueError):
    """A list is malformed; the message names it and says what is wrong."""


@dataclass(frozen=True, slots=True)
class Range:
    """Addresses from first to last, of IP version 4 or 6."""

    version: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class WarningList:
    """One list: where it comes from, and its values."""

    name: str
    title: str
    source: str
    licence: str
    version: str
    names: frozenset[str]
    second_levels: frozenset[str]
    """Labels that stand right below a country's domain, as `ac` in `ac.*`."""
    ranges: tuple[Range, ...]
    asns: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Disjoint ranges of one list and IP version, in ascending order."""

    of: WarningList
    first: tuple[int, ...]
    last: tuple[int, ...]


class Lists:
    """Several lists, ready to be asked."""

    def __init__(self, lists: Iterable[WarningList]) -> None:
        # of two lists that have a value the smaller says more about it, so it is put in last
        self.all = tuple(sorted(lists, key=lambda each: -len(each.names)))
        self._names = {name: each for each in self.all for name in each.names}
        self._second = {label: each for each in self.all for label in each.second_levels}
        self._asns = {number: each for each in self.all for number in each.asns}
        self._ranges: Mapping[int, tuple[_Sorted, ...]] = {
            version: tuple(_sorted(each, version) for each in self.all) for version in (4, 6)
        }

    def with_name(self, domain: str) -> WarningList | None:
        """The list that has a canonical name, or one above it."""
        below, dot, _ = domain.rpartition(".")
        if dot and (found := self._second.get(below.rpartition(".")[2])):
            return found
        while domain:
            if found := self._names.get(domain):
                return found
            domain = domain.partition(".")[2]
        return None

    def with_addresses(self, wanted: Range) -> WarningList | None:
        """A list that has any of these addresses."""
        for each in self._ranges[wanted.version]:
            place = bisect_left(each.last, wanted.first)
            if place < len(each.last) and each.first[place] <= wanted.last:
                return each.of
        return None

    def with_asn(self, number: int) -> WarningList | None:
        """The list that has the number of an autonomous system."""
        return self._asns.get(number)


def _sorted(each: WarningList, version: int) -> _Sorted:
    first: list[int] = []
    last: list[int] = []
    own = [found for found in each.ranges if found.version == version]
    for found in sorted(own, key=lambda found: found.first):
        if last and found.first <= last[-1] + 1:
            last[-1] = max(last[-1], found.last)
        else:
            first.append(found.first)
            last.append(found.last)
    return _Sorted(each, tuple(first), tuple(last))


@cache
def current_lists() -> Lists:
    """The lists that the package carries.

    Raises:
        WarningListError: one of them is malformed.
    """
    folder = resources.files("indicators.policy").joinpath("warninglists")
    names = sorted(each.name for each in folder.iterdir() if each.name.endswith(".txt"))
    return Lists(
        read_list(name.removesuffix(".txt"), folder.joinpath(name).read_text("utf-8"))
        for name in names
    )


_HEAD = ("title", "source", "licence", "version")


def read_list(name: str, text: str) -> WarningList:
    """A list from its text: lines `# key: value`, then one value a line.

    Raises:
        WarningListError: its head lacks a line, or a network is malformed.
    """
    lines = text.split("\n")
    heads = [line[1:].partition(":") for line in lines if line.startswith("#")]
    head = {key.strip(): value.strip() for key, _, value in heads}
    if missing := [key for key in _HEAD if not head.get(key)]:
        raise WarningListError(f"{name}: the head lacks {', '.join(missing)}")
    values = {line for line in lines if line and not line.startswith("#")}
    asns = {line for line in values if line.startswith("AS")}
    networks = {line for line in values if _is_network(line)}
    wide = {line for line in values if line.endswith(".*")}
    return WarningList(
        name=name,
        **{key: head[key] for key in _HEAD},
        names=frozenset(values - asns - networks - wide),
        second_levels=frozenset(each[:-2] for each in wide),
        ranges=tuple(_range(name, each) for each in networks),
        asns=frozenset(int(each[2:]) for each in asns),
    )


def _is_network(line: str) -> bool:
    numbers = line[-1].isdigit() and line[0].isdigit() and "." in line
    return numbers or ":" in line or "/" in line


def _range(name: str, line: str) -> Range:
    """A network; quicker than `ip_network`, of which thousands take a while."""
    text, _, length = line.partition("/")
    try:
        address = IPv6Address(text) if ":" in text else IPv4Address(text)
        first, bits = int(address), address.max_prefixlen
        size = 1 << (bits - int(length or bits))
    except ValueError as error:
        raise WarningListError(f"{name}: {line!r} is not a network") from error
    if first % size:
        raise WarningListError(f"{name}: {line!r} has host bits set")
    return Range(address.version, first, first + size - 1)


def check_warning_lists(valid: ValidObject, *, waived: frozenset[str]) -> None:
    """Hold what is about a listed value.

    Raises:
        Held: naming the property or path, and the list.
    """
    if Reason.WARNING_LIST in waived:
        return
    for where, value in _values(valid):
        if found := listed(value):
            raise Held(
                Reason.WARNING_LIST,
                f"{where} has a value on the list “{found.title}”: many who are not meant use it, "
                "so a person looks first.",
                rule_ids=(f"warning-list.{found.name}",),
            )


def listed(value: object) -> WarningList | None:
    """A list that has an address, network, name, URL (by its host) or AS number."""
    lists = current_lists()
    if isinstance(value, int):
        return lists.with_asn(value)
    host = _host(str(value))
    addresses = _addresses(host)
    return lists.with_addresses(addresses) if addresses else lists.with_name(host)


_VALUES = {
    "domain-name": "value", "url": "value", "ipv4-addr": "value", "ipv6-addr": "value",
    "autonomous-system": "number",
}  # fmt: skip


def _values(valid: ValidObject) -> Iterator[tuple[str, object]]:
    """The values that may be listed, with where they stand."""
    if name := _VALUES.get(valid.type):
        yield name, valid.received.body.get(name)
    for each in valid.pattern.comparisons if valid.pattern else ():
        if each.path.partition(":")[0] in _VALUES or each.path.endswith("_ref.value"):
            yield from ((each.path, value) for value in each.values)


def _host(text: str) -> str:
    """The host of a URL, the canonical form of a name, and what is neither as it is."""
    try:
        if "://" in text:
            return (urlsplit(observables.url(text)).hostname or "").rstrip(".")
        return text if _is_network(text) else observables.domain(text)
    except (ObservableError, IndexError):
        return text  # refused where it is put into canonical form


def _addresses(host: str) -> Range | None:
    if not host or not _is_network(host):
        return None
    network = network_of(host)
    if isinstance(network, IPv6Network):
        network = in_ipv4(network) or network
    if network is None:
        return None
    return Range(network.version, int(network.network_address), int(network.broadcast_address))
