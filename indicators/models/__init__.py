"""All tables, for Django to find. Code imports them by leaf module, never from here."""

from __future__ import annotations

from indicators.models.audit import AuditEntry
from indicators.models.collection import Collection, CollectionHead
from indicators.models.lineage import Contribution
from indicators.models.listing import FeedEntry, PublicationListing
from indicators.models.member import Credential, Grant, Member, MemberUser, PollMark
from indicators.models.publication import Edge, ForumObject, Publication, ReleaseItem, Spoken
from indicators.models.submission import (
    HeldObject,
    Idempotency,
    Submission,
    SubmissionObject,
    WaitingEdge,
)


__all__ = [
    "AuditEntry",
    "Collection",
    "CollectionHead",
    "Contribution",
    "Credential",
    "Edge",
    "FeedEntry",
    "ForumObject",
    "Grant",
    "HeldObject",
    "Idempotency",
    "Member",
    "MemberUser",
    "PollMark",
    "Publication",
    "PublicationListing",
    "ReleaseItem",
    "Spoken",
    "Submission",
    "SubmissionObject",
    "WaitingEdge",
]
