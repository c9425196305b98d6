"""Questions that members ask about published objects; staff pass on what both sides write.

A question goes to whoever stands behind the object, an answer back to whoever asked, each once a
member of the staff has read it and let it pass as it is. Neither side learns who the other is, and
staff read no names either. The journal has each step, and no member beside the object. A request
for an appeal comes the same way and is passed on to nobody: staff open the appeal, or say why not.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from indicators import keyring
from indicators.audit.journal import Act, record
from indicators.domain.disclosure import Policy
from indicators.domain.screens.queue import look
from indicators.domain.terms import current_terms
from indicators.members.registry import Clerk
from indicators.models.collection import Collection
from indicators.models.lineage import Contribution
from indicators.models.question import Question
from indicators.pipeline import appeals
from indicators.pipeline.appeals import AppealError


_State = Question.State
_MADE = {"question": "question asked", "answer": "answer given", "appeal": "appeal requested"}


class QuestionError(ValueError):
    """A question or an answer that cannot be taken or decided; the message says why."""


def write(
    author_tag: bytes,
    tag: bytes,
    text: str,
    *,
    about: tuple[Collection, str],
    answers: Question | None,
    ground: str = "",
    policy: Policy,
    now: datetime,
) -> Question:
    """Store a text that waits for the staff; the same text of the same member is stored once."""
    collection, stix_id = about
    made = uuid.uuid4()
    with transaction.atomic():
        found, is_new = Question.objects.get_or_create(
            tag=tag,
            defaults={
                "id": made,
                "answers": answers,
                "ground": ground,
                "collection": collection,
                "stix_id": stix_id,
                "author_tag": author_tag,
                "text_ct": keyring.seal("question", text.encode(), place=made.bytes),
                "day": now.date(),
            },
        )
        if is_new:
            record(
                [Act("a member", _MADE[found.kind], f"question/{found.id}")], policy=policy, now=now
            )
    return found


def text_of(question: Question) -> str:
    """The words."""
    sealed = bytes(question.text_ct)
    return keyring.unseal("question", sealed, place=question.id.bytes).decode()


def findings(question: Question) -> Sequence[str]:
    """What screens see in the words: for whoever reads them."""
    return look({"content": text_of(question)}, is_whole=False).rule_ids


def for_contributor(member_id: uuid.UUID, collections: Sequence[Collection]) -> list[Question]:
    """Questions that were passed on about what this member stands behind."""
    passed = (
        Question.objects.filter(
            answers=None, ground="", state=_State.PASSED, collection__in=list(collections)
        )
        .exclude(author_tag=keyring.author_tag(member_id))
        .select_related("collection")
    )
    asked = [
        (keyring.contrib_tag(member_id, each.collection_id, each.stix_id), each)
        for each in passed.order_by("day", "id")
    ]
    own = Contribution.objects.filter(
        contrib_tag__in=[tag for tag, _ in asked], state=Contribution.State.ACTIVE
    ).values_list("contrib_tag", flat=True)
    standing = {bytes(tag) for tag in own}
    return [each for tag, each in asked if tag in standing]


@transaction.atomic
def pass_on(clerk: Clerk, question_id: uuid.UUID) -> Question:
    """Let a text pass as it is; a request for an appeal passes by opening it.

    Raises:
        QuestionError: there is none that is open, or the appeal cannot be opened.
    """
    found = _decide(clerk, question_id, _State.PASSED, "")
    if found.ground:
        _open_appeal(clerk, found)
    return found


def _open_appeal(clerk: Clerk, asked: Question) -> None:
    try:
        appeals.open_appeal(
            clerk,
            asked.collection,
            asked.stix_id,
            ground=asked.ground,
            reference=f"question/{asked.id}",
        )
    except AppealError as error:
        raise QuestionError(str(error)) from error


@transaction.atomic
def decline(clerk: Clerk, question_id: uuid.UUID, *, why: str) -> Question:
    """Let a text go no further; its author reads why.

    Raises:
        QuestionError: there is none that is open, or no reason is given.
    """
    if not why.strip():
        raise QuestionError("Say why: its author reads it.")
    return _decide(clerk, question_id, _State.DECLINED, why.strip())


def _decide(clerk: Clerk, question_id: uuid.UUID, state: str, why: str) -> Question:
    found = Question.objects.select_for_update().filter(pk=question_id).first()
    if found is None or found.state != _State.OPEN:
        raise QuestionError("There is no such question or answer that is open.")
    found.state, found.why, found.decided_by = state, why, clerk.by
    found.save(update_fields=["state", "why", "decided_by"])
    what = "appeal request" if found.ground else found.kind
    clerk.note(f"{what} {state}", f"question/{found.id}", object=found.stix_id)
    return found


def find(question_id: str) -> Question:
    """The text of this id, or of the only id that begins so.

    Raises:
        QuestionError: none, or several.
    """
    ids = Question.objects.values_list("id", flat=True)
    found = [each for each in ids if str(each).startswith(question_id.lower())]
    if not question_id or len(found) != 1:
        raise QuestionError(f"{len(found)} texts have an id that begins with {question_id!r}.")
    return Question.objects.select_related("collection").get(pk=found[0])


def forget(*, now: datetime) -> int:
    """Delete what was asked long ago, with its answers; returns how many texts."""
    before = now.date() - timedelta(days=current_terms().statuses)
    return Question.objects.filter(day__lt=before, answers=None).delete()[0]
