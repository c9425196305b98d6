"""How many requests of one member are worked on at a time, over all processes and hosts.

A slot is an advisory lock of PostgreSQL's session, so a process that dies gives its slot back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection

from indicators.matching.errors import BusyError


_CLASS = 0x736C6F74  # any constant: sets these locks apart from others
_SLOTS_EACH = 16


@contextmanager
def slot(member_id: UUID, most: int) -> Iterator[None]:
    """Hold one of the member's slots (16 at most).

    Raises:
        BusyError: all are taken.
    """
    # Two members may share slots once in half a billion times; then they wait for each other.
    first = (member_id.int & 0x7FFFFFF) * _SLOTS_EACH
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"class": _CLASS, "first": first, "last": first + most - 1})
        taken = cursor.fetchone()
    if taken is None:
        raise BusyError(
            f"{most} requests of this member are being worked on; send the next when one has "
            "been answered."
        )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_CLASS, taken[0]])


# Rows are tried one after the other, and LIMIT ends it with the first lock that was free.
_TAKE = """
SELECT slot FROM generate_series(%(first)s::int, %(last)s::int) AS slot
WHERE pg_try_advisory_lock(%(class)s, slot) LIMIT 1
"""
