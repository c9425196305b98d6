"""What the evaluator refuses. Each message is for the lab or the operator who meets it.

No message holds an element, a value or a secret.
"""

from __future__ import annotations

from datetime import datetime


class MatchingError(Exception):
    """Base of all of them."""


class UnknownKeyError(MatchingError):
    """No such kind or epoch here: the two are not told apart, since a lab has the list of both."""


class KeyOverError(MatchingError):
    """The epoch has ended, was revoked, or its seed was destroyed."""


class SeedMissingError(MatchingError):
    """The key is listed but its seed is not where this process looks for it."""


class BadElementsError(MatchingError):
    """A body that is no batch of elements."""


class TooManyElementsError(MatchingError):
    """A batch over the limit."""


class KeyReusedError(MatchingError):
    """An Idempotency-Key that came before, with another number of elements."""


class BusyError(MatchingError):
    """As many requests of this member as are allowed are being worked on."""


class BudgetSpentError(MatchingError):
    """The day's budget of a kind does not cover the batch."""

    def __init__(
        self, kind: str, *, used: int, cap: int, resets_at: datetime, now: datetime
    ) -> None:
        super().__init__(
            f"{used} of {cap} evaluations of {kind} are used today; the count begins anew at "
            f"{resets_at:%Y-%m-%dT%H:%M:%SZ}. To match a whole user base once, ask the Forum for a "
            "population grant."
        )
        self.kind = kind
        self.used = used
        self.cap = cap
        self.resets_at = resets_at
        self.retry_after = max(1, int((resets_at - now).total_seconds()) + 1)
        """Seconds."""


class TokenKeysError(MatchingError):
    """Seeds, signing key and key list do not fit together; the message says what to do."""


class TokensUnavailable(MatchingError):  # noqa: N818  reads as the sentence it is
    """Tokens cannot be made now: no key, no seed, or another evaluator does not answer."""
