"""One at a time, by a lock of the database's session: it ends with whoever held it, however."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from indicators.pipeline import bulk


CORRELATION = 0x636F7272
DEPARTURE = 0x6C656674
"""Any constants: they set the locks of one work apart from those of others."""


@contextmanager
def alone(work: int, over: uuid.UUID) -> Iterator[bool]:
    """Whether nobody else is at this work over this; if so, nobody begins before the block ends."""
    key = [work, over.int & 0x7FFFFFFF]
    ((taken,),) = bulk.rows("SELECT pg_try_advisory_lock(%s, %s)", key)
    try:
        yield taken
    finally:
        if taken and connection.is_usable():
            bulk.rows("SELECT pg_advisory_unlock(%s, %s)", key)
