"""Things that labs see, each with the many ways in which tools and people write it.

A thing is made of parts; two are the same just when their parts are. What canonical form the hub
has for it plays no role here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from random import Random


Parts = tuple[object, ...]
Properties = Mapping[str, object]


@dataclass(frozen=True)
class Sort:
    """A type of observable: how to draw one, to draw one that differs a little, and to write it."""

    type: str
    draw: Sequence[Callable[[Random], object]]
    """One function for each part."""
    write: Callable[[Random, Parts], Properties]

    def one(self, random: Random) -> Parts:
        return tuple(part(random) for part in self.draw)

    def like(self, parts: Parts, random: Random) -> Parts:
        """The same but for one part, which may come out the same too."""
        at = random.randrange(len(parts))
        return (*parts[:at], self.draw[at](random), *parts[at + 1 :])


def _any_case(random: Random, text: str) -> str:
    return "".join(random.choice([each.lower(), each.upper()]) for each in text)


def _of(*choices: object) -> Callable[[Random], object]:
    return lambda random: random.choice(choices)


def _value(write: Callable[..., str]) -> Callable[[Random, Parts], Properties]:
    return lambda random, parts: {"value": write(random, *parts)}


def _ipv4(random: Random, host: int, prefix: int) -> str:
    """Host bits as they come; a whole address with its prefix or without."""
    network = IPv4Network((host, prefix), strict=False)
    any_host = network.network_address + random.randrange(network.num_addresses)
    slash = "" if prefix == 32 and random.random() < 0.5 else f"/{prefix}"
    return f"{any_host}{slash}"


def _ipv6(random: Random, host: int, prefix: int) -> str:
    network = IPv6Network((host, prefix), strict=False)
    any_host = network.network_address + random.randrange(network.num_addresses)
    slash = "" if prefix == 128 and random.random() < 0.5 else f"/{prefix}"
    last = int(any_host) & 0xFFFFFFFF
    dotted = ".".join(str(last >> shift & 0xFF) for shift in (24, 16, 8, 0))
    forms = [any_host.compressed, any_host.exploded, f"{any_host.exploded[:30]}{dotted}"]
    return _any_case(random, random.choice(forms)) + slash


def _domain(random: Random, *labels: str) -> str:
    """Letters in any case, A-labels or U-labels, dots of other scripts, one at the end or not."""
    written = [
        _any_case(random, label.encode("idna").decode()) if random.random() < 0.5 else label.upper()
        for label in labels
    ]
    dot = "." if all(map(str.isascii, written)) else random.choice([".", "\u3002", "\uff0e"])
    return dot.join(written) + random.choice(["", "."])


def _escaped(random: Random, text: str) -> str:
    """Percent-encoded where it means nothing, in either case: not what separates."""
    return "".join(
        _any_case(random, "".join(f"%{byte:02x}" for byte in each.encode()))
        if each != "=" and random.random() < 0.3
        else each
        for each in text
    )


def _url(random: Random, *parts: str) -> str:
    """With needless port, dot segments, user name and fragment; path and query keep their case."""
    scheme, host, port, path, query = parts
    is_default = port == {"http": "80", "https": "443"}[scheme]
    shown = "" if is_default and random.random() < 0.5 else f":{port}"
    segments = [
        random.choice(["", "./", f"{random.choice(['x', 'Y'])}/../"]) + _escaped(random, segment)
        for segment in path.split("/")
    ]
    asked = f"?{_escaped(random, query)}" if query else ""
    return (
        f"{_any_case(random, scheme)}://{random.choice(['', 'user@', 'a:b@'])}"
        f"{_domain(random, *host.split('.'))}{shown}/{'/'.join(segments)}{asked}"
        f"{random.choice(['', '#', '#top'])}"
    )


def _email(random: Random, local: str, *labels: str) -> str:
    at = random.choice(["@", "\uff20"])
    return f"{_any_case(random, local)}{at}{_domain(random, *labels)}"


def _mac(random: Random, number: int) -> str:
    digits = f"{number:012x}"
    pairs = [digits[at : at + 2] for at in range(0, 12, 2)]
    cisco = [digits[at : at + 4] for at in range(0, 12, 4)]
    return _any_case(random, random.choice([":".join(pairs), "-".join(pairs), ".".join(cisco)]))


def _asn(random: Random, parts: Parts) -> Properties:
    return {"number": random.choice([parts[0], f"AS{parts[0]}", f"as{parts[0]}", f"{parts[0]}"])}


def _file(random: Random, parts: Parts) -> Properties:
    algorithm, digits = str(parts[0]), int(str(parts[1]))
    length = {"MD5": 32, "SHA-256": 64}[algorithm]
    name = random.choice([algorithm, algorithm.lower(), algorithm.replace("-", "")])
    return {"hashes": {name: _any_case(random, f"{digits:0{length}x}")}}


def _certificate(random: Random, parts: Parts) -> Properties:
    digits = f"{parts[0]:x}"
    digits = digits.zfill(len(digits) + len(digits) % 2)
    pairs = ["00"] * random.randrange(2) + [digits[at : at + 2] for at in range(0, len(digits), 2)]
    return {"serial_number": _any_case(random, random.choice(["", ":"]).join(pairs))}


def _fingerprint(random: Random, parts: Parts) -> Properties:
    return {"scheme": "ja3", "value": _any_case(random, f"{parts[0]:032x}")}


_V4 = 0xC6336400  # 198.51.100.0
_V6 = 0x20010DB8 << 96
_LABEL = _of("gw-2", "bücher", "meadow", "_dmarc")
_NAME = _of("birch", "straße-2", "cedar")
_TOP = _of("example")
SORTS = [
    Sort("ipv4-addr", (lambda r: _V4 + r.randrange(4), lambda _: 32), _value(_ipv4)),
    Sort("ipv4-addr", (_of(_V4, _V4 + 128), _of(24, 25)), _value(_ipv4)),
    Sort("ipv6-addr", (lambda r: _V6 + r.randrange(4), lambda _: 128), _value(_ipv6)),
    Sort("ipv6-addr", (_of(_V6, _V6 + (1 << 80)), _of(47, 48)), _value(_ipv6)),
    Sort("domain-name", (_LABEL, _NAME, _TOP), _value(_domain)),
    Sort(
        "url",
        (
            _of("http", "https"),
            _of("birch.example", "cedar.example"),
            _of("80", "443", "8080"),
            _of("", "a", "A", "a/b~", "a/B"),
            _of("", "x=1", "X=1"),
        ),
        _value(_url),
    ),
    Sort("email-addr", (_of("some.one", "someone"), _NAME, _TOP), _value(_email)),
    Sort("mac-addr", (lambda r: 0x00005E005300 + r.randrange(4),), _value(_mac)),
    Sort("autonomous-system", (lambda r: 64496 + r.randrange(4),), _asn),
    Sort("file", (_of("MD5", "SHA-256"), lambda r: 10**30 + r.randrange(3)), _file),
    Sort("x509-certificate", (lambda r: 0xABCDEF0 + r.randrange(4),), _certificate),
    Sort("tls-client-fingerprint", (lambda r: 10**30 + r.randrange(4),), _fingerprint),
]
