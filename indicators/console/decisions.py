"""What is sent from the screens of held items, as one step of review each.

The item is locked before the right to decide it is looked at: a step that passes it on to counsel
comes before or after, never between.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict

from indicators.domain.outcomes import NEVER_WAIVED
from indicators.domain.review_policy import current_review_policy
from indicators.domain.review_templates import ReleaseTemplate, current_templates
from indicators.models.submission import HeldObject
from indicators.pipeline import review
from indicators.pipeline.review import PersonalData, ReviewError
from indicators.ui.person import clerk_of, may


def decide(request: HttpRequest, held_id: uuid.UUID, step: str) -> HeldObject:
    """Take one step over one item, in the name of the person at the screen.

    Raises:
        ReviewError: the step is unknown, not theirs to take, or cannot be taken; says why.
    """
    held = review.lock(held_id)
    if not may_decide(request, held):
        raise ReviewError(f"Your role does not decide what is with {held.escalated_to}.")
    if step not in _STEPS:
        raise ReviewError("Choose what to do with it.")
    clerk = clerk_of(request)
    who = {"by": clerk.by, "policy": clerk.policy, "now": clerk.now}
    return _STEPS[step](held, request.POST, who)


def may_decide(request: HttpRequest, held: HeldObject) -> bool:
    """Whether this person's role decides over this item."""
    return may(request, review.right_to_decide(held))


def step_of(sent: QueryDict) -> str:
    """The step whose button was pressed."""
    return next((name for name in _STEPS if name in sent), "")


def _release(held: HeldObject, sent: QueryDict, who: Mapping[str, Any]) -> HeldObject:
    chosen = {rule: sent.get(f"personal-{rule}") for rule in review.personal_findings(held)}
    personal = PersonalData(
        directly_related=frozenset(
            [*(rule for rule, said in chosen.items() if said == "related"), *sent.getlist("kind")]
        ),
        absent=frozenset(rule for rule, said in chosen.items() if said == "absent"),
    )
    return review.release(held.id, personal=personal, **who)


def _release_with_template(held: HeldObject, sent: QueryDict, who: Mapping[str, Any]) -> HeldObject:
    name = sent.get("template", "")
    offered = current_templates().release.get(name)
    parameters = offered.parameters if offered else ()
    choices = {each: sent.get(f"{name}-{each}", "") for each in parameters}
    return review.release_with_template(held.id, template=name, choices=choices, **who)


def _reject(held: HeldObject, sent: QueryDict, who: Mapping[str, Any]) -> HeldObject:
    code, message = sent.get("code", ""), sent.get("reason", "")
    return review.reject(held.id, code=code, message=message, **who)


def _escalate(held: HeldObject, sent: QueryDict, who: Mapping[str, Any]) -> HeldObject:
    to, why = sent.get("line", ""), sent.get("why") or sent.get("reason", "")
    return review.escalate(held.id, to=to, why=why, **who)


_STEPS: Mapping[str, Callable[[HeldObject, QueryDict, Mapping[str, Any]], HeldObject]] = {
    "claim": lambda held, _, who: review.claim(held.id, **who),
    "give_back": lambda held, _, who: review.give_back(held.id, **who),
    "release": _release,
    "template": _release_with_template,
    "confirm": lambda held, _, who: review.confirm(held.id, **who),
    "reject": _reject,
    "escalate": _escalate,
    "undo": lambda held, _, who: review.undo(held.id, **who),
}


@dataclass(frozen=True, slots=True)
class Panel:
    """What the page of one item offers the person before it."""

    held: HeldObject
    login: str
    claimed_by: str

    @property
    def standing(self) -> str:
        return review.standing(self.held)

    @property
    def is_open(self) -> bool:
        return self.held.state == HeldObject.State.OPEN

    @property
    def can_undo(self) -> bool:
        return self.held.state == HeldObject.State.DECIDED or self.is_proposed

    @property
    def is_proposed(self) -> bool:
        return self.is_open and bool(self.held.first_by)

    @property
    def is_mine(self) -> bool:
        return self.claimed_by == self.login

    @property
    def needs_two(self) -> bool:
        return review.needs_two(self.held)

    @property
    def never_waived(self) -> str:
        return ", ".join(sorted(NEVER_WAIVED.intersection(self.held.reasons)))

    @property
    def findings(self) -> Mapping[str, str]:
        return review.personal_findings(self.held)

    @property
    def kinds(self) -> list[str]:
        return sorted(current_review_policy().personal_kinds)

    @property
    def templates(self) -> list[ReleaseTemplate]:
        """Texts that may stand where something is held."""
        if self.held.part == HeldObject.Part.OBJECT:
            return []
        held_here = set(review.content(self.held))
        offered = current_templates().release.values()
        return [each for each in offered if not held_here.isdisjoint(each.properties)]

    @property
    def codes(self) -> Mapping[str, str]:
        return current_templates().reject

    @property
    def lines(self) -> Mapping[str, str]:
        return current_review_policy().lines
