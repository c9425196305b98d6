"""Release, propose and confirm, reject, undo: what a person decides over a held item.

What `policy/review.toml` reserves for two people is released only when a second, different person
confirms exactly what the first proposed; the database refuses the same person twice.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from indicators.audit.journal import record
from indicators.domain.disclosure import Policy
from indicators.domain.outcomes import NEVER_WAIVED, WHY_NEVER_WAIVED
from indicators.domain.review_policy import current_review_policy
from indicators.domain.review_templates import TemplateError, current_templates
from indicators.models.submission import HeldObject, SubmissionObject
from indicators.models.two_people import same_person
from indicators.pipeline import bulk
from indicators.pipeline.review import effects
from indicators.pipeline.review.item import (
    Decision,
    ReviewError,
    State,
    act,
    content,
    lock,
    lock_to_decide,
    seal_terms,
    standing,
    terms_of,
)
from indicators.pipeline.review.personal import NOTHING, PersonalData, judge


@dataclass(frozen=True, slots=True)
class _Choice:
    """A decision and its terms; `journal` is what the journal is told of them."""

    decision: HeldObject.Decision
    journal: Mapping[str, object]
    parts: Mapping[str, str] | None = None
    message: str = ""

    @property
    def terms(self) -> Mapping[str, object]:
        return {"journal": self.journal, "parts": self.parts, "message": self.message}


@dataclass(frozen=True, slots=True)
class _Person:
    """Who decides, under what policy and when."""

    by: str
    policy: Policy
    now: datetime

    def note(self, held: HeldObject, name: str, **body: object) -> None:
        record([act(held, name, self.by, **body)], policy=self.policy, now=self.now)


@transaction.atomic
def release(
    held_id: uuid.UUID,
    *,
    by: str,
    policy: Policy,
    now: datetime,
    personal: PersonalData = NOTHING,
) -> HeldObject:
    """Let a held object, or held properties of a published one, go on in the lab's words.

    Raises:
        ReviewError: it is decided, claimed or proposed already, its raw body is purged, nobody may
            waive what it is held for, or personal data in it is not accounted for.
    """
    held = _lock_to_release(held_id, by=by)
    journal = {"personal": judge(held, personal)}
    return _let_go(held, _Choice(Decision.RELEASE, journal), _Person(by, policy, now))


@transaction.atomic
def release_with_template(
    held_id: uuid.UUID,
    *,
    by: str,
    policy: Policy,
    now: datetime,
    template: str,
    choices: Mapping[str, str],
    in_place_of: str = "",
) -> HeldObject:
    """Let a text of the Forum's take the place of one held property; the other ones fall away.

    Raises:
        ReviewError: as `release`; the template, a choice or the property does not fit, or the whole
            object is held.
    """
    held = _lock_to_release(held_id, by=by)
    if held.part == HeldObject.Part.OBJECT:
        raise ReviewError(
            "The whole object is held, and its text goes with it. Release it as it is, or reject "
            "it and say what to change."
        )
    templates = current_templates()
    try:
        chosen = templates.for_release(template)
        text = chosen.fill(choices)
    except TemplateError as error:
        raise ReviewError(str(error)) from error
    place = _place(held, chosen.properties, in_place_of)
    journal = {"template": template, "choices": dict(choices), "templates": templates.version}
    choice = _Choice(Decision.TEMPLATE, journal, parts={place: text})
    return _let_go(held, choice, _Person(by, policy, now))


def _place(held: HeldObject, properties: tuple[str, ...], wanted: str) -> str:
    """The held property that the text takes the place of."""
    possible = [name for name in properties if name in content(held)]
    if wanted:
        possible = [name for name in possible if name == wanted]
    if not possible:
        raise ReviewError(
            f"This text may stand in {', '.join(properties)}; held here is "
            f"{', '.join(sorted(content(held)))}."
        )
    return possible[0]


@transaction.atomic
def confirm(held_id: uuid.UUID, *, by: str, policy: Policy, now: datetime) -> HeldObject:
    """Be the second person: release what the first proposed, exactly as it was proposed.

    Raises:
        ReviewError: nobody proposed it, or this person did.
    """
    held = lock_to_decide(held_id, by=by)
    if not held.first_by:
        raise ReviewError("Nobody has proposed to release this, so there is nothing to confirm.")
    _refuse_the_first(held, by)
    _may_pass(held)
    held.second_by = by
    return _decide(held, terms_of(held)["journal"], _Person(by, policy, now))


@transaction.atomic
def reject(
    held_id: uuid.UUID,
    *,
    by: str,
    policy: Policy,
    now: datetime,
    code: str = "",
    message: str = "",
) -> HeldObject:
    """Refuse a held object, or held properties; text of the code and message go to the lab.

    Raises:
        ReviewError: it is decided or claimed already, the code is unknown, or nothing says why.
    """
    held = lock_to_decide(held_id, by=by)
    try:
        told = current_templates().for_rejection(code) if code else ""
    except TemplateError as error:
        raise ReviewError(str(error)) from error
    said = " ".join(each for each in (told, message.strip()) if each)
    if not said:
        raise ReviewError("Say why: the lab needs a reason it can act on.")
    choice = _Choice(Decision.REJECT, {"code": code}, message=f"{code}: {said}" if code else said)
    _set(held, choice)
    return _decide(held, choice.journal, _Person(by, policy, now))


@transaction.atomic
def undo(held_id: uuid.UUID, *, by: str, policy: Policy, now: datetime) -> HeldObject:
    """Take back a decision before it takes effect, or a proposal; the item is open again.

    Raises:
        ReviewError: there is nothing to undo, or it is too late; says what to do instead.
    """
    held = lock(held_id)
    is_proposal = held.state == State.OPEN and held.first_by
    in_time = held.state == State.DECIDED and held.undo_until and bulk.clock() < held.undo_until
    if not (is_proposal or in_time):
        raise ReviewError(_too_late(held))
    undone = {"decision": held.decision, "decided_by": held.decided_by or held.first_by}
    effects.reopen(held)
    name = "proposal undone" if is_proposal else "decision undone"
    _Person(by, policy, now).note(held, name, **undone)
    return held


def _too_late(held: HeldObject) -> str:
    match held.state, held.decision:
        case State.OPEN, _:
            return "Nothing has been decided here, so there is nothing to undo."
        case State.SUPERSEDED, _:
            return standing(held)
        case _, Decision.REJECT:
            return (
                "Too late to undo: the rejection has taken effect. The lab can send it again with "
                "a newer `modified`, and it is held anew; tell it so."
            )
        case _:
            return (
                "Too late to undo: the release has taken effect, and readers may have it. Its lab "
                "can take it back at any time (DELETE, or revoked: true); ask it to."
            )


def needs_two(held: HeldObject) -> bool:
    """Whether its release needs a second person.

    What an object was let pass for counts too: texts of a named entity name it.
    """
    waived = SubmissionObject.objects.filter(
        submission_id=held.submission_id, ordinal=held.ordinal
    ).values_list("waived", flat=True)
    return current_review_policy().needs_two({*held.reasons, *(waived.first() or [])})


def _lock_to_release(held_id: uuid.UUID, *, by: str) -> HeldObject:
    held = lock_to_decide(held_id, by=by)
    if held.first_by:
        _refuse_the_first(held, by)
        raise ReviewError(
            f"{standing(held)} Confirm exactly that, or undo it before you propose something else."
        )
    _may_pass(held)
    return held


def _refuse_the_first(held: HeldObject, by: str) -> None:
    if same_person(held.first_by, by):
        raise ReviewError("You proposed this yourself; a second, different person must confirm it.")


def _may_pass(held: HeldObject) -> None:
    if never := NEVER_WAIVED.intersection(held.reasons):
        why = "; ".join(f"{each}: {WHY_NEVER_WAIVED[each]}" for each in sorted(never))
        raise ReviewError(f"Nobody can release this as it is. {why}.")
    effects.check_alive(held)


def _let_go(held: HeldObject, choice: _Choice, person: _Person) -> HeldObject:
    _set(held, choice)
    if not needs_two(held):
        return _decide(held, choice.journal, person)
    held.needs_two, held.first_by = True, person.by
    held.claimed_by, held.claimed_until = "", None  # free for the second person
    held.save()
    person.note(held, "release proposed", decision=choice.decision, **choice.journal)
    return held


def _set(held: HeldObject, choice: _Choice) -> None:
    held.decision, held.decision_ct = choice.decision, seal_terms(held, choice.terms)


def _decide(held: HeldObject, journal: Mapping[str, object], person: _Person) -> HeldObject:
    """Write the decision down; without a time to undo it, it takes effect in this transaction."""
    held.state, held.decided_by, held.decided_at = State.DECIDED, person.by, person.now
    held.undo_until = _takes_effect(held)
    held.claimed_by, held.claimed_until = "", None
    held.save()
    name = "held rejected" if held.decision == Decision.REJECT else "held released"
    people = {"proposed_by": held.first_by} if held.second_by else {}
    person.note(held, name, decision=held.decision, **people, **journal)
    if held.undo_until <= bulk.clock():
        effects.take(held, policy=person.policy, now=person.now)
    return held


def _takes_effect(held: HeldObject) -> datetime:
    """When a decision does: what moves with a lab's release waits until that tells no longer."""
    undone = bulk.clock() + timedelta(seconds=settings.REVIEW_UNDO_SECONDS)
    rules = current_review_policy()
    if held.decision == Decision.REJECT or not rules.is_linked(content(held)):
        return undone
    return max(undone, held.held_at + rules.linked_delay)
