"""What can become of an object, and the stable codes that say why.

    Verdict
    ├── Rejected   it will not be shared; the lab can send a corrected one
    ├── Held       a person decides
    ├── Waiting    it needs another object of the same lab, which is not here yet
    ├── Echo       it is the Forum's own object, posted back: it counts for nothing
    ├── Unchanged  the lab has sent it before, in this version or a newer one
    └── Unshared   it was read (author, marking) or counted (feedback); never shared by itself

Stages raise verdicts; whatever passes without one is published. Codes are a promise to clients:
they are only ever added. Each has its entry in `docs/reasons.md` (a test compares).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Reason(StrEnum):
    """Stable reason codes; the value is what a lab sees."""

    # rejected
    INVALID_STIX = "INVALID_STIX"
    INVALID_PATTERN = "INVALID_PATTERN"
    UNKNOWN_TYPE = "UNKNOWN_TYPE"
    TOO_LARGE = "TOO_LARGE"
    OUT_OF_SCOPE = "OUT_OF_SCOPE"
    NOTHING_TO_SHARE = "NOTHING_TO_SHARE"
    PURPOSE = "PURPOSE"
    THREAT_NEXUS = "THREAT_NEXUS"
    EXPIRED = "EXPIRED"
    TOO_EARLY = "TOO_EARLY"
    EPOCH_OVER = "EPOCH_OVER"
    FUTURE_VERSION = "FUTURE_VERSION"
    VERSION_CONFLICT = "VERSION_CONFLICT"
    RESERVED_RANGE = "RESERVED_RANGE"
    EXERCISE_CONTENT = "EXERCISE_CONTENT"
    RAW_REFUSED = "RAW_REFUSED"
    BUDGET_SPENT = "BUDGET_SPENT"
    SECRET_REMOVED = "SECRET_REMOVED"  # noqa: S105  a reason code
    CARD_REMOVED = "CARD_REMOVED"
    PERSONAL_REMOVED = "PERSONAL_REMOVED"
    REFERENCE_REFUSED = "REFERENCE_REFUSED"
    REFERENCE_MISSING = "REFERENCE_MISSING"
    REVIEW_REJECTED = "REVIEW_REJECTED"
    NOT_YOURS = "NOT_YOURS"
    GRANT_ENDED = "GRANT_ENDED"
    HELD_TOO_LONG = "HELD_TOO_LONG"
    APPEAL_UPHELD = "APPEAL_UPHELD"
    UNPROCESSABLE = "UNPROCESSABLE"
    # held
    FREE_TEXT = "FREE_TEXT"
    BEHAVIOUR_PROFILE = "BEHAVIOUR_PROFILE"
    PERSONAL_IDENTIFIER = "PERSONAL_IDENTIFIER"
    ATTRIBUTION = "ATTRIBUTION"
    NAMED_ENTITY = "NAMED_ENTITY"
    FEEDBACK = "FEEDBACK"
    NEEDS_REVIEW = "NEEDS_REVIEW"
    BROAD_PATTERN = "BROAD_PATTERN"
    WARNING_LIST = "WARNING_LIST"
    PATTERN_LANGUAGE = "PATTERN_LANGUAGE"
    UNKNOWN_LANGUAGE = "UNKNOWN_LANGUAGE"
    NOT_IN_CATALOGUE = "NOT_IN_CATALOGUE"
    STRICTER_MARKING = "STRICTER_MARKING"
    FIRST_OBJECTS = "FIRST_OBJECTS"
    DISPUTED = "DISPUTED"
    PAUSED = "PAUSED"
    INTERNAL_ERROR = "INTERNAL_ERROR"
    # waiting
    REFERENCE_WAITING = "REFERENCE_WAITING"
    BATCH = "BATCH"
    # neither good nor bad
    UNCHANGED = "UNCHANGED"
    OLDER_VERSION = "OLDER_VERSION"
    ECHO = "ECHO"
    AUTHOR_OR_MARKING = "AUTHOR_OR_MARKING"
    COUNTED = "COUNTED"
    WITHDRAWN = "WITHDRAWN"


WHY_NEVER_WAIVED: Mapping[Reason, str] = {
    Reason.PERSONAL_IDENTIFIER: "a token must take its place",
    Reason.FEEDBACK: "an aggregate must take its place",
    Reason.UNKNOWN_LANGUAGE: "no list says what its patterns may hold",
    Reason.NOT_IN_CATALOGUE: "it must stand in a reference collection first",
    Reason.PAUSED: "it goes on by itself once the pause is lifted",
}
NEVER_WAIVED = frozenset(WHY_NEVER_WAIVED)
"""Held for these, nobody can let it pass as it is."""


class Verdict(Exception):  # noqa: N818  a verdict is not an error
    """Ends an object's way down the river; the message is written for its submitter."""

    def __init__(self, reason: Reason, message: str, *, rule_ids: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.rule_ids = rule_ids


class Rejected(Verdict):
    """Not shared; a corrected object may be sent."""


class Held(Verdict):
    """A person decides."""


class Waiting(Verdict):
    """Needs other objects of the same lab first; `needs` are their keyed tags."""

    def __init__(self, reason: Reason, message: str, *, needs: tuple[bytes, ...]) -> None:
        super().__init__(reason, message)
        self.needs = needs


class Echo(Verdict):
    """The Forum's own, posted back."""


class Unchanged(Verdict):
    """The lab has sent it before; what came of that stands."""


class Unshared(Verdict):
    """Read or counted, and never shared by itself."""
