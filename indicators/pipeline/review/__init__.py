"""What people decide over held items. This is the whole of it, for doors and for the worker.

A decision takes effect when its time to be undone is over (`effects`); a release publishes nothing
by itself, it lets the object, or its held properties, go on down the same river. Each step is one
act in the journal, in the same transaction.
"""

from __future__ import annotations

from indicators.pipeline.review.claims import claim, claim_next, give_back
from indicators.pipeline.review.decisions import (
    confirm,
    needs_two,
    reject,
    release,
    release_with_template,
    undo,
)
from indicators.pipeline.review.effects import take_effect
from indicators.pipeline.review.escalation import escalate, why_escalated
from indicators.pipeline.review.handover import LONGEST, Note, hand_over, mark_read, unread
from indicators.pipeline.review.item import (
    COUNSEL,
    ReviewError,
    content,
    find,
    is_hidden,
    lock,
    original_id,
    parts_to_publish,
    proposal,
    right_to_decide,
    shown,
    standing,
)
from indicators.pipeline.review.listing import Counts, Entry, counts, entry, waiting_list
from indicators.pipeline.review.personal import ALL, PersonalData, personal_findings
from indicators.pipeline.review.workload import Load, load


__all__ = [
    "ALL",
    "COUNSEL",
    "LONGEST",
    "Counts",
    "Entry",
    "Load",
    "Note",
    "PersonalData",
    "ReviewError",
    "claim",
    "claim_next",
    "confirm",
    "content",
    "counts",
    "entry",
    "escalate",
    "find",
    "give_back",
    "hand_over",
    "is_hidden",
    "load",
    "lock",
    "mark_read",
    "needs_two",
    "original_id",
    "parts_to_publish",
    "personal_findings",
    "proposal",
    "reject",
    "release",
    "release_with_template",
    "right_to_decide",
    "shown",
    "standing",
    "take_effect",
    "undo",
    "unread",
    "waiting_list",
    "why_escalated",
]
