"""What stops a command, in words for the person who typed it: what is wrong, where, what to do.

Refuses to carry secrets or identifiers: these words end in terminals and logs.
"""

from __future__ import annotations


class TroubleError(Exception):
    """Ends a command with status 2."""


class HubError(TroubleError):
    """The hub refused a request.

    All arguments are positional, so that it survives the way from one process to another.
    """

    def __init__(self, message: str, status: int, retry_after: float | None = None) -> None:
        super().__init__(message, status, retry_after)
        self.message = message
        self.status = status
        self.retry_after = retry_after
        """Seconds after which the hub wants to be asked again; None if it did not say."""

    def __str__(self) -> str:
        return self.message


class BudgetSpentError(HubError):
    """No more evaluations of this kind before `retry_after`."""
