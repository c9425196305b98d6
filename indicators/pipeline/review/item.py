"""One held item: find it, lock it, read it, say where it stands.

Whoever decides locks the row first and its submission after it. Deadlines are counted by the
database's clock alone, as the queue's leases are.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from indicators import keyring
from indicators.audit.journal import Act
from indicators.domain.outcomes import Reason
from indicators.domain.review_policy import current_review_policy
from indicators.models.submission import HeldObject
from indicators.models.two_people import same_person
from indicators.pipeline import bulk


COUNSEL = "counsel"
"""The line of `policy/review.toml` whose items counsel decides, and not a reviewer."""
_HIDDEN = frozenset({Reason.PERSONAL_IDENTIFIER, Reason.FEEDBACK, Reason.PAUSED})
State, Decision = HeldObject.State, HeldObject.Decision


class ReviewError(Exception):
    """A decision that cannot be taken; the message says why and what to do."""


def find(held_id: uuid.UUID) -> HeldObject:
    """Read the item, not locked; raises ReviewError if there is none."""
    held = HeldObject.objects.filter(pk=held_id).first()
    if held is None:
        raise ReviewError(f"There is no held item {held_id}.")
    return held


def lock(held_id: uuid.UUID) -> HeldObject:
    """Lock the item until the transaction ends; raises ReviewError if there is none."""
    held = HeldObject.objects.select_for_update().filter(pk=held_id).first()
    if held is None:
        raise ReviewError(f"There is no held item {held_id}.")
    return held


def lock_open(held_id: uuid.UUID, *, by: str) -> HeldObject:
    """Lock an item that is undecided and that nobody else has claimed.

    Raises:
        ReviewError: it is decided already, or another person has it.
    """
    held = lock(held_id)
    if held.state != State.OPEN:
        raise ReviewError(f"This has been decided already. {standing(held)}")
    if held.claimed_by not in ("", by) and held.claimed_until and held.claimed_until > bulk.clock():
        raise ReviewError(
            f"{held.claimed_by} has claimed this until {at(held.claimed_until)}. "
            "Ask them to give it back, or wait."
        )
    return held


def lock_to_decide(held_id: uuid.UUID, *, by: str) -> HeldObject:
    """The same, for somebody who did not pass it on to another.

    Raises:
        ReviewError: as `lock_open`, or this person escalated it.
    """
    held = lock_open(held_id, by=by)
    if any(same_person(each, by) for each in escalated_by(held)):
        raise ReviewError(f"You passed this on to {held.escalated_to}; somebody else decides it.")
    return held


def at(moment: datetime) -> str:
    """A deadline as people read it."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def right_to_decide(held: HeldObject) -> str:
    """The permission that a person needs to decide over this item."""
    return "counsel_heldobject" if held.escalated_to == COUNSEL else "change_heldobject"


def escalated_by(held: HeldObject) -> list[str]:
    """Who passed it on, from the first to the last."""
    return held.escalated_by.split(", ") if held.escalated_by else []


def content(held: HeldObject) -> Mapping[str, Any]:
    """What is held: the object as the lab sent it, or its held properties by name."""
    found: Mapping[str, Any] = _opened(held)["content"]
    return found


def shown(held: HeldObject) -> Mapping[str, Any]:
    """What of it a person needs to see: all but its author, which is no part of the decision."""
    return {name: value for name, value in content(held).items() if name != "created_by_ref"}


def is_hidden(held: HeldObject) -> bool:
    """Personal identifiers and feedback are read by nobody; labs were told so."""
    return not _HIDDEN.isdisjoint(held.reasons)


def original_id(held: HeldObject) -> str:
    """The lab's own id of the object."""
    return str(_opened(held)["original_id"])


def _opened(held: HeldObject) -> Mapping[str, Any]:
    raw = keyring.unseal("held", bytes(held.projected_ct), place=held.id.bytes)
    found: Mapping[str, Any] = json.loads(raw)
    return found


def seal_terms(held: HeldObject, terms: Mapping[str, object]) -> bytes:
    """The terms of a decision: texts for the feed or for the lab, and what the journal is told."""
    return keyring.seal("decision", json.dumps(terms).encode(), place=held.id.bytes)


def terms_of(held: HeldObject) -> Mapping[str, Any]:
    """The terms of the decision, or of the release that was proposed."""
    assert held.decision_ct is not None
    raw = keyring.unseal("decision", bytes(held.decision_ct), place=held.id.bytes)
    found: Mapping[str, Any] = json.loads(raw)
    return found


def parts_to_publish(held: HeldObject) -> Mapping[str, Any]:
    """What becomes of the published object: the lab's words, or the Forum's in their place."""
    if held.decision == Decision.TEMPLATE:
        parts: Mapping[str, Any] = terms_of(held)["parts"]
        return parts
    return content(held)


def proposal(held: HeldObject) -> Mapping[str, Any] | None:
    """What the first person proposed to publish, while it waits for a second; else None."""
    if held.state != State.OPEN or not held.first_by:
        return None
    return parts_to_publish(held)


def standing(held: HeldObject) -> str:
    """Where it stands and what comes next, in a sentence for staff."""
    if held.state == State.OPEN and held.first_by:
        return f"{held.first_by} proposes to release it; a second person must confirm that."
    if held.state == State.OPEN:
        return f"With {held.escalated_to}." if held.escalated_to else "Open."
    if held.state == State.DECIDED and held.undo_until:
        return (
            f"{held.decided_by} decided ({held.decision}); it takes effect at "
            f"{at(held.undo_until)} and can be undone until then."
        )
    return _ENDED[held.state]


_ENDED: Mapping[str, str] = {
    State.RELEASED: "Released: it goes on down the river.",
    State.APPLIED: "Released, and done.",
    State.REJECTED: "Rejected: the lab sees the reason in the status of its submission.",
    State.SUPERSEDED: "Its lab has sent a newer one, or taken it back.",
}


def act(held: HeldObject, name: str, by: str, **body: object) -> Act:
    """An entry of the journal over this item; never a word of its content."""
    return Act(
        by,
        name,
        f"{held.submission_id}#{held.ordinal}",
        {
            "held": str(held.id),
            "part": held.part,
            "reasons": list(held.reasons),
            "review_policy": current_review_policy().version,
            **body,
        },
    )
