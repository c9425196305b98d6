"""Timestamps are checked: real dates in UTC, in a sane range, in the right order.

The official schemas let 30 February, the leap second and the year 9999 pass, and any number of
fraction digits; python-stix2 reads at most six. Source: STIX 2.1 §3.2 (timestamp), §4 to §6 for
what must not be earlier than what.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from indicators.domain.stix.problem import Problem, selector
from indicators.domain.stix.times import EARLIEST, LATEST


_TIMESTAMP = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"(?:\.[0-9]{1,6})?Z"
)

_VERSION = ("created", "modified")
_SEEN = ("first_seen", "last_seen")
TIMES: Mapping[str, tuple[str, ...]] = {
    "campaign": _SEEN,
    "directory": ("ctime", "mtime", "atime"),
    "email-message": ("date",),
    "file": ("ctime", "mtime", "atime"),
    "indicator": ("valid_from", "valid_until"),
    "infrastructure": _SEEN,
    "intrusion-set": _SEEN,
    "language-content": ("object_modified",),
    "malware": _SEEN,
    "malware-analysis": ("submitted", "analysis_started", "analysis_ended"),
    "network-traffic": ("start", "end"),
    "observed-data": ("first_observed", "last_observed"),
    "process": ("created_time",),
    "relationship": ("start_time", "stop_time"),
    "report": ("published",),
    "sighting": _SEEN,
    "threat-actor": _SEEN,
    "user-account": (
        "account_created",
        "account_expires",
        "credential_last_changed",
        "account_first_login",
        "account_last_login",
    ),
    "windows-registry-key": ("modified_time",),
    "x509-certificate": ("validity_not_before", "validity_not_after"),
}
"""The timestamps of each type beyond `created` and `modified`."""

NESTED_TIMES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "file": (("extensions", "windows-pebinary-ext", "time_date_stamp"),),
    "x509-certificate": (
        ("x509_v3_extensions", "private_key_usage_period_not_before"),
        ("x509_v3_extensions", "private_key_usage_period_not_after"),
    ),
}
_ANY_YEAR = frozenset({"validity_not_before", "validity_not_after"})
"""RFC 5280 §4.1.2.5 gives certificates without an end the year 9999."""

_NOT_BEFORE: Mapping[str, tuple[str, str]] = {
    "campaign": _SEEN,
    "infrastructure": _SEEN,
    "intrusion-set": _SEEN,
    "malware": _SEEN,
    "malware-analysis": ("analysis_started", "analysis_ended"),
    "network-traffic": ("start", "end"),
    "observed-data": ("first_observed", "last_observed"),
    "sighting": _SEEN,
    "threat-actor": _SEEN,
}
_LATER: Mapping[str, tuple[str, str]] = {
    "indicator": ("valid_from", "valid_until"),
    "relationship": ("start_time", "stop_time"),
}


def check(obj: Mapping[str, object], type_: str, *, in_order: bool = True) -> Iterator[Problem]:
    """Yield what is wrong with the object's timestamps: TIMESTAMP, ORDER.

    `in_order` is whether `modified` must not precede `created`.
    """
    for name in (*_VERSION, *TIMES.get(type_, ())):
        value = obj.get(name)
        if value is not None and not _is_real(value, any_year=name in _ANY_YEAR):
            yield _bad_time((name,))
    for path in NESTED_TIMES.get(type_, ()):
        value = _at(obj, path)
        if value is not None and not _is_real(value, any_year=True):
            yield _bad_time(path)
    if in_order and _compare(obj, _VERSION) > 0:
        yield Problem("modified", "modified must not be earlier than created", "ORDER")
    yield from _check_order(obj, type_)


def _check_order(obj: Mapping[str, object], type_: str) -> Iterator[Problem]:
    if type_ in _NOT_BEFORE and _compare(obj, _NOT_BEFORE[type_]) > 0:
        first, second = _NOT_BEFORE[type_]
        yield Problem(second, f"{second} must not be earlier than {first}", "ORDER")
    if type_ in _LATER and _compare(obj, _LATER[type_]) >= 0:
        first, second = _LATER[type_]
        yield Problem(second, f"{second} must be later than {first}", "ORDER")


def _compare(obj: Mapping[str, object], pair: tuple[str, str]) -> int:
    """-1, 0 or 1 as the first is earlier, equal or later; -1 too when one of them is missing."""
    earlier, later = obj.get(pair[0]), obj.get(pair[1])
    if not isinstance(earlier, str) or not isinstance(later, str):
        return -1
    if len(earlier) != len(later):  # of equal length they sort as they are
        earlier, later = _sortable(earlier), _sortable(later)
    return (earlier > later) - (earlier < later)


def _sortable(text: str) -> str:
    """The timestamp with six fraction digits, so that texts sort as times."""
    return f"{text[:19]}.{text[20:-1]:0<6}"


def _is_real(value: object, *, any_year: bool) -> bool:
    match = _TIMESTAMP.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return False
    year, month, day = int(match[1]), int(match[2]), int(match[3])
    if not any_year and not EARLIEST <= year <= LATEST:
        return False
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _at(obj: Mapping[str, object], path: tuple[str, ...]) -> object:
    value: object = obj
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _bad_time(path: tuple[str, ...]) -> Problem:
    return Problem(
        selector([*path]),
        f"not a real UTC time: write YYYY-MM-DDTHH:MM:SS[.ffffff]Z, {EARLIEST} to {LATEST}, at"
        " most six fraction digits, no leap second",
        "TIMESTAMP",
    )
