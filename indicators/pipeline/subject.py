"""What a person may ask: what is shared about a value of theirs, to have it disputed, or erased.

The value is normalised and made into the tokens of every epoch that lives, as labs make them; what
is published over these tokens is found, and, for an address, what is published over it in clear.
Refuses: to keep or journal the value. The request keeps a keyed tag of it; its case file lies
elsewhere. What labs sent lies sealed and goes with its retention; what of it is not decided yet is
refused when it is, since an erased value is barred.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from indicators.matching import tokenise
from indicators.matching.errors import TokensUnavailable
from indicators.members.registry import Clerk
from indicators.models.appeal import Appeal
from indicators.models.collection import Collection
from indicators.models.subject_request import SubjectRequest
from indicators.pipeline import appeals, barred, bulk, disputes
from indicators.pipeline.asked import Asked, SubjectError
from indicators.pipeline.standing import SAID
from indicators.pipeline.takedown import take_down


@dataclass(frozen=True, slots=True)
class Found:
    """A published object that speaks of the value."""

    collection: Collection
    stix_id: str

    def __str__(self) -> str:
        return f"{self.collection.alias}/{self.stix_id}"


def find(clerk: Clerk, asked: Asked) -> list[Found]:
    """What is published, or waits for its release, over this value.

    Raises:
        SubjectError: tokens cannot be made now.
    """
    place = {
        "tokens": _tokens(clerk, asked),
        "form": asked.form,
        "kinds": ["sharing", "tokens"],
    }
    collections = {each.id: each for each in Collection.objects.all()}
    found = {
        (collection_id, stix_id): Found(collections[collection_id], stix_id)
        for collection_id, stix_id, body, is_over_token in bulk.rows(_SPEAKING, place)
        if is_over_token or asked.is_named_in(body, limits=clerk.policy.limits)
    }
    return list(found.values())


def answer(clerk: Clerk, asked: Asked, *, act: str, reference: str) -> Sequence[Found]:
    """Record a request and carry it out: find, dispute or erase. Returns what was found.

    Erased is withdrawn in every collection, and may not come again; disputed is flagged, and staff
    decide over each appeal. Safe to run again after a failure.

    Raises:
        SubjectError: no reference, or tokens cannot be made now; nothing is recorded.
    """
    if not reference.strip():
        raise SubjectError("Give the reference of the case file.")
    found = find(clerk, asked)
    request = _recorded(clerk, asked, act=act, reference=reference.strip(), found=len(found))
    if act == SubjectRequest.Act.ERASE:
        found = _erase(clerk, request, asked)
    elif act == SubjectRequest.Act.DISPUTE:
        _dispute(clerk, request, found)
    SubjectRequest.objects.filter(pk=request.id).update(done_at=clerk.now)
    return found


@transaction.atomic
def _recorded(
    clerk: Clerk, asked: Asked, *, act: str, reference: str, found: int
) -> SubjectRequest:
    request = SubjectRequest.objects.create(
        id=uuid.uuid4(),
        kind=asked.kind,
        value_tag=asked.tag,
        act=act,
        reference=reference,
        found=found,
        asked_by=clerk.by,
        asked_at=clerk.now,
    )
    clerk.note(
        "subject request", f"subject-request/{request.id}",
        kind=asked.kind, tag=asked.tag.hex(), wish=act, found=found,
    )  # fmt: skip
    return request


def _erase(clerk: Clerk, request: SubjectRequest, asked: Asked) -> list[Found]:
    """Bar it first: what is on its way meanwhile is refused, or found after that."""
    tags = barred.value_tags(asked.identifiers) | barred.token_tags(_tokens(clerk, asked))
    barred.bar(tags, since=clerk.now.date(), appeal=None, request=request.id)
    found = find(clerk, asked)
    contents: set[bytes] = set()
    for each in found:
        body = disputes.newest(each.collection, each.stix_id)
        contents.update(barred.tags_of_published(each.collection, body) if body else ())
    barred.bar(contents, since=clerk.now.date(), appeal=None, request=request.id)
    for collection, ids in _by_collection(found).items():
        take_down(collection, ids, act="object erased", policy=clerk.policy, now=clerk.now)
    return found


def _dispute(clerk: Clerk, request: SubjectRequest, found: Sequence[Found]) -> None:
    for each in found:
        still = Appeal.objects.filter(
            collection=each.collection, stix_id=each.stix_id, state=Appeal.State.OPEN
        )
        if still.exists():
            continue
        appeal = appeals.open_appeal(
            clerk,
            each.collection,
            each.stix_id,
            ground=Appeal.Ground.DATA_SUBJECT,
            reference=request.reference,
        )
        appeals.apply(appeal.id, policy=clerk.policy, now=clerk.now)


def _by_collection(found: Sequence[Found]) -> dict[Collection, list[str]]:
    grouped: dict[Collection, list[str]] = {}
    for each in found:
        grouped.setdefault(each.collection, []).append(each.stix_id)
    return grouped


def _tokens(clerk: Clerk, asked: Asked) -> list[str]:
    """The tokens of the value in every epoch that lives."""
    try:
        return [
            token.value
            for kind, value in asked.identifiers
            for token in tokenise.of_every_epoch(kind, value, now=clerk.now)
        ]
    except TokensUnavailable as error:
        raise SubjectError(f"Tokens cannot be made now: {error}") from error


_SPEAKING = f"""
WITH said AS ({SAID})
SELECT said.collection_id, said.stix_id, said.body, over.token FROM said
JOIN collection c ON c.id = said.collection_id
CROSS JOIN LATERAL (
    SELECT EXISTS (SELECT FROM unnest(%(tokens)s::text[]) AS t WHERE strpos(said.body, t) > 0)
) AS over (token)
WHERE c.kind = ANY(%(kinds)s)
  AND (over.token OR (%(form)s <> '' AND lower(said.body) ~ %(form)s))
ORDER BY said.collection_id, said.stix_id
"""  # noqa: S608  our own text
