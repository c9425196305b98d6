"""A member asks about an object, reads what was passed on to it, and answers what it is asked."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from indicators import keyring
from indicators.domain.disclosure import current_policy
from indicators.domain.objects import ReceivedObject
from indicators.domain.screens.removal import cleaned, notes
from indicators.intake.strict_json import StrictJSONError, loads_strict
from indicators.models.collection import Collection
from indicators.models.publication import Publication
from indicators.models.question import Question
from indicators.pipeline import questions
from indicators.pipeline.appeals import GROUNDS
from indicators.pipeline.questions import QuestionError


LONGEST = 2000
"""Characters of a question or an answer."""
LONGEST_BODY = 16_384
MOST_OPEN = 20
"""Questions and answers of one member that staff have not read yet."""


def ask(
    member_id: uuid.UUID, collection: Collection, stix_id: str, text: str, *, now: datetime
) -> Question:
    """Take a question in; the same one again is the first.

    Raises:
        QuestionError: nothing stands there, too many wait already, or the words cannot be taken.
    """
    _check_standing(collection, stix_id)
    about = f"{collection.id} {stix_id}"
    return _write(member_id, collection, stix_id, text, about=about, now=now)


def _check_standing(collection: Collection, stix_id: str) -> None:
    live = Publication.objects.live().filter(collection=collection, stix_id=stix_id)
    if not live.filter(body__isnull=False).exists():
        raise QuestionError(f"Nothing stands under {stix_id[:120]} in {collection.alias}.")


def appeal(
    member_id: uuid.UUID,
    collection: Collection,
    stix_id: str,
    text: str,
    *,
    ground: str,
    now: datetime,
) -> Question:
    """Take in a request to open an appeal, for somebody whom the object concerns.

    Raises:
        QuestionError: as `ask`, or there is no such ground.
    """
    if ground not in GROUNDS:
        raise QuestionError(f"ground: must be one of {', '.join(GROUNDS)}.")
    _check_standing(collection, stix_id)
    about = f"{ground} {collection.id} {stix_id}"
    return _write(member_id, collection, stix_id, text, about=about, ground=ground, now=now)


def answer(
    member_id: uuid.UUID,
    collections: Sequence[Collection],
    question_id: str,
    text: str,
    *,
    now: datetime,
) -> Question | None:
    """Take an answer in; None if this member is asked no such question.

    Raises:
        QuestionError: too many wait already, or the words cannot be taken.
    """
    asked = {str(each.id): each for each in questions.for_contributor(member_id, collections)}
    question = asked.get(question_id.lower())
    if question is None:
        return None
    return _write(
        member_id,
        question.collection,
        question.stix_id,
        text,
        about=str(question.id),
        answers=question,
        now=now,
    )


def _write(
    member_id: uuid.UUID,
    collection: Collection,
    stix_id: str,
    text: str,
    *,
    about: str,
    answers: Question | None = None,
    ground: str = "",
    now: datetime,
) -> Question:
    author_tag = keyring.author_tag(member_id)
    _check(text)
    waiting = Question.objects.filter(author_tag=author_tag, state=Question.State.OPEN)
    if waiting.count() >= MOST_OPEN:
        raise QuestionError(f"{MOST_OPEN} texts of yours wait to be read; wait for them.")
    return questions.write(
        author_tag,
        keyring.question_tag(member_id, about, text),
        text,
        about=(collection, stix_id),
        answers=answers,
        ground=ground,
        policy=current_policy(),
        now=now,
    )


def _check(text: str) -> None:
    if not 0 < len(text.strip()) <= LONGEST:
        raise QuestionError(f"text: must have {LONGEST} characters at most, and some.")
    looked_at = cleaned(ReceivedObject(0, {"type": "note", "content": text}))
    if looked_at.removed:
        raise QuestionError(f"{'; '.join(notes(looked_at))}. Nothing was kept; ask without it.")


def words(raw: bytes, *names: str) -> Mapping[str, str]:
    """The texts of a call's body, of just these names.

    Raises:
        QuestionError: it is no JSON, or holds something else.
    """
    try:
        body = loads_strict(raw)
    except StrictJSONError as error:
        raise QuestionError(f"Not acceptable as JSON: {error}") from error
    found = {name: each for name, each in body.items() if isinstance(each, str) and each}
    if body.keys() != set(names) or found.keys() != set(names):
        raise QuestionError(f"Send {', '.join(names)}, each as a text, and nothing else.")
    return found


def own(member_id: uuid.UUID, collections: Sequence[Collection]) -> dict[str, list[dict[str, Any]]]:
    """What this member asked, with the answers passed on to it, and what it is asked itself."""
    written = Question.objects.filter(author_tag=keyring.author_tag(member_id))
    asked = list(
        written.filter(answers=None, ground="").select_related("collection").order_by("day", "id")
    )
    given = {each.answers_id: each for each in written.exclude(answers=None).order_by("day")}
    back = Question.objects.filter(answers__in=asked, state=Question.State.PASSED)
    answers: dict[uuid.UUID | None, list[str]] = {}
    for each in back.order_by("day", "id"):
        answers.setdefault(each.answers_id, []).append(questions.text_of(each))
    return {
        "asked": [
            {**_told(each), **_decided(each), "answers": answers.get(each.id, [])} for each in asked
        ],
        "for_you": [
            {**_told(each), "answered": _decided(given[each.id]) if each.id in given else None}
            for each in questions.for_contributor(member_id, collections)
        ],
    }


def appeals(member_id: uuid.UUID) -> list[dict[str, Any]]:
    """The appeals that this member asked for, and whether staff opened them."""
    written = Question.objects.filter(author_tag=keyring.author_tag(member_id)).exclude(ground="")
    return [
        {**_told(each), **_decided(each), "ground": each.get_ground_display()}
        for each in written.select_related("collection").order_by("day", "id")
    ]


def _told(question: Question) -> dict[str, Any]:
    return {
        "id": str(question.id),
        "collection": question.collection.alias,
        "object": question.stix_id,
        "text": questions.text_of(question),
    }


def _decided(question: Question) -> dict[str, str]:
    why = {"why": question.why} if question.why else {}
    return {"state": question.state, **why}
