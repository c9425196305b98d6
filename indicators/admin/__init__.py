"""Staff screens over the records, in Django's own admin: plain, searchable, one file per family.

Promises: no screen but the reveal leads from a publication to a member, or shows both sides of that
link next to each other; raw bodies and secrets are on no screen; every change goes through the
registry, the review, the reveal or an act of governance and is journalled with it.
"""

from __future__ import annotations

from indicators.admin import (
    appeals,
    audit,
    collections,
    family_proposals,
    held,
    legal_holds,
    members,
    pauses,
    proposals,
    publications,
    questions,
    requests,
    reveals,
    submissions,
)


__all__ = [
    "appeals",
    "audit",
    "collections",
    "family_proposals",
    "held",
    "legal_holds",
    "members",
    "pauses",
    "proposals",
    "publications",
    "questions",
    "requests",
    "reveals",
    "submissions",
]
