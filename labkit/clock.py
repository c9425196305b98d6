"""The one place where labkit reads the clock; commands pass what it says on."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)  # noqa: TID251  the edge


def stamp(moment: datetime) -> str:
    """A moment as STIX writes it, with milliseconds (STIX 2.1 §2.16)."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
