"""Timestamps of STIX 2.1 (§3.2): read, cut down, and written in one form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta


EARLIEST, LATEST = 1970, 2100
"""The years in which the Forum takes a time for real."""
_BEGINNING = datetime(EARLIEST, 1, 1, tzinfo=UTC)


def parse_time(text: str) -> datetime:
    """Read an RFC 3339 timestamp; more than six fraction digits are cut off, not rounded.

    Raises:
        ValueError: not a timestamp.
    """
    main, dot, fraction = text.removesuffix("Z").partition(".")
    moment = datetime.fromisoformat(main).replace(tzinfo=UTC)
    if not dot:
        return moment
    return moment.replace(microsecond=int(fraction[:6].ljust(6, "0")))


def format_time(moment: datetime) -> str:
    """Write with milliseconds, as STIX objects bear them (§3.2), or with microseconds if any."""
    digits = "milliseconds" if moment.microsecond % 1000 == 0 else "microseconds"
    return moment.astimezone(UTC).isoformat(timespec=digits).replace("+00:00", "Z")


def version_of(body: Mapping[str, object]) -> datetime | None:
    """The version of an object: `modified`, else `created`; None without one, or if no time."""
    text = body.get("modified") or body.get("created")
    try:
        return parse_time(text) if isinstance(text, str) else None
    except ValueError:
        return None


def cut_down(moment: datetime, unit: str) -> datetime:
    """The beginning of the hour, day or week (Monday) that the moment lies in, in UTC.

    Not before 1970, whose first day is a Thursday.
    """
    hour = moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    if unit == "hour":
        return hour
    day = hour.replace(hour=0)
    return day if unit == "day" else max(day - timedelta(days=day.weekday()), _BEGINNING)


def round_up(moment: datetime, unit: str) -> datetime:
    """The first beginning of an hour or day that is not before the moment, in UTC."""
    begun = cut_down(moment, unit)
    return begun if begun == moment else begun + timedelta(**{f"{unit}s": 1})
