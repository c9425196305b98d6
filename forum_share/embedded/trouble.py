"""What stops a start, in words that tell the reader what to do."""

from __future__ import annotations


class TroubleError(Exception):
    """Printed as it is, without a traceback; the command then ends with status 2."""
