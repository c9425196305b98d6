"""What intake refuses before anything is stored, with the HTTP status that says it."""

from __future__ import annotations


class IntakeError(Exception):
    """A request that was not taken in; the description is for its sender."""

    def __init__(
        self, http_status: int, title: str, description: str, *, retry_after: int | None = None
    ) -> None:
        super().__init__(description)
        self.http_status = http_status
        self.title = title
        self.description = description
        self.retry_after = retry_after
        """Seconds."""
