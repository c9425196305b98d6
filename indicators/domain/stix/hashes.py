"""Hash values: well-formed for the algorithm they are filed under.

Algorithms are told from their names as python-stix2 does, without regard to case and hyphens;
names it does not know are custom and their values are not looked at.
Source: STIX 2.1 §2.7, §10.6 (hash-algorithm-ov), §2.5.2 (external references).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from indicators.domain.stix.problem import Problem, selector


_HEX_LENGTHS = {
    "MD5": (32,),
    "MD6": (32, 40, 56, 64, 96, 128),
    "RIPEMD160": (40,),
    "SHA1": (40,),
    "SHA224": (56,),
    "SHA256": (64,),
    "SHA384": (96,),
    "SHA512": (128,),
    "SHA3224": (56,),
    "SHA3256": (64,),
    "SHA3384": (96,),
    "SHA3512": (128,),
    "WHIRLPOOL": (128,),
    "TLSH": (70,),
}
_HEX = re.compile(r"[0-9A-Fa-f]+")
_SSDEEP = re.compile(r"[A-Za-z0-9/+:.]{1,128}")
STANDARD_NAMES: Mapping[str, str] = {
    name.replace("-", ""): name
    for name in ["MD5", "SHA-1", "SHA-256", "SHA-512", "SHA3-256", "SHA3-512", "SSDEEP", "TLSH"]
}
"""The spelling of the hash algorithm vocabulary, by the name without hyphens."""

_PLACES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "artifact": (("hashes",),),
    "file": (
        ("hashes",),
        ("extensions", "ntfs-ext", "alternate_data_streams", "hashes"),
        ("extensions", "windows-pebinary-ext", "file_header_hashes"),
        ("extensions", "windows-pebinary-ext", "optional_header", "hashes"),
        ("extensions", "windows-pebinary-ext", "sections", "hashes"),
    ),
    "x509-certificate": (("hashes",),),
}


def folded(algorithm: str) -> str:
    """The algorithm's name without hyphens and in upper case: `sha-256` becomes `SHA256`."""
    return algorithm.replace("-", "").upper()


def is_known(algorithm: str) -> bool:
    """Whether the form of the algorithm's values is known here."""
    return folded(algorithm) == "SSDEEP" or folded(algorithm) in _HEX_LENGTHS


def is_well_formed(algorithm: str, value: str) -> bool:
    """Whether the value can be a hash by this algorithm; true for algorithms not known here."""
    name = folded(algorithm)
    if name == "SSDEEP":
        return _SSDEEP.fullmatch(value) is not None
    lengths = _HEX_LENGTHS.get(name)
    return lengths is None or (len(value) in lengths and _HEX.fullmatch(value) is not None)


def check(obj: Mapping[str, object], type_: str) -> Iterator[Problem]:
    """Yield what is wrong with the object's hashes: HASH."""
    for place in _PLACES.get(type_, ()):
        for path, hashes in _found(obj, place, ()):
            yield from _check_values(path, hashes)
    for path, hashes in _found(obj, ("external_references", "hashes"), ()):
        yield from _check_values(path, hashes)
        if any(name not in STANDARD_NAMES.values() for name in hashes):
            message = f"only these algorithms: {', '.join(STANDARD_NAMES.values())}"
            yield Problem(selector([*path]), message, "HASH")


def _check_values(path: tuple[str | int, ...], hashes: Mapping[str, object]) -> Iterator[Problem]:
    for name, value in hashes.items():
        if not isinstance(value, str) or not is_well_formed(name, value):
            yield Problem(selector([*path, name]), "not a hash value of this algorithm", "HASH")


def _found(
    value: object, place: tuple[str, ...], path: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, object]]]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _found(item, place, (*path, index))
    elif isinstance(value, Mapping):
        if not place:
            yield path, value
        elif place[0] in value:
            yield from _found(value[place[0]], place[1:], (*path, place[0]))
