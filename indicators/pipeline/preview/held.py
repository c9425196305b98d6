"""What a held item would be published as, for the staff who decide over it.

Its references lead to placeholders, not to the Forum's objects: those would tell which of them one
lab stands behind, and that takes two people and a reason (`reveal`). Its author is not shown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from indicators import keyring
from indicators.domain import render
from indicators.domain.disclosure import Policy
from indicators.domain.stix.references import references_of
from indicators.domain.stix.types import SCO_TYPES
from indicators.models.submission import HeldObject, Submission, SubmissionObject
from indicators.pipeline import review
from indicators.pipeline.chunks import as_received
from indicators.pipeline.enrich import still_shared
from indicators.pipeline.preview.envelope import Run
from indicators.pipeline.preview.shown import Fate, Previewed, Property, Shown
from indicators.pipeline.preview.words import LET_GO, OWN_TEXT
from indicators.roles import only_looking_for, speaking_for_staff


Body = Mapping[str, Any]


def preview_of_held(held: HeldObject, *, policy: Policy, now: datetime) -> Previewed | None:
    """As it would be published if a reviewer let it go; None for what nobody may read.

    Also None for held properties whose object is not kept any more. Two of its reasons cannot be
    waived; then the verdict says so, and nothing is shown.

    Raises:
        TokensUnavailable: personal identifiers are in it, and there is no key for tokens.
    """
    if review.is_hidden(held):
        return None
    with speaking_for_staff():
        submission = Submission.objects.select_related("collection").get(pk=held.submission_id)
    is_whole = held.part == HeldObject.Part.OBJECT
    envelope = _envelope(submission)
    if envelope is None:
        if not is_whole:
            return None
        envelope = {held.ordinal: review.content(held)}
    elif is_whole:
        envelope = {**envelope, held.ordinal: review.content(held)}
    with only_looking_for(submission.member_id):
        run = Run.of(
            list(envelope.values()),
            submission.member_id,
            submission.collection,
            policy=policy,
            now=now,
            is_alone=True,
            echoing=_near(envelope[held.ordinal], list(envelope.values())),
        )
        others = {n for n, ordinal in enumerate(envelope) if ordinal != held.ordinal}
        [one] = as_received(list(envelope.values()), waived={}, decided=others)
        run.decide([replace(one, ordinal=held.ordinal, waived=_waived(held))])
        found = _without_author(run.previewed(held.ordinal))
    return found if is_whole else _enriched(found, held, policy=policy, now=now)


def _envelope(submission: Submission) -> dict[int, Body] | None:
    """What the object came with, by ordinal: it says of which addresses somebody lives behind."""
    if submission.body_ct is None:
        return None
    raw = keyring.unseal("body", bytes(submission.body_ct), place=submission.id.bytes)
    objects: Sequence[Body] = json.loads(raw)["objects"]
    return dict(enumerate(objects))


def _near(body: Body, envelope: Sequence[Body]) -> Sequence[Body]:
    """What decides whether an object is an echo: itself and what it refers to.

    Of an observable it is who in the envelope refers to it.
    """
    if body.get("type") in SCO_TYPES:
        return envelope
    refs = set(references_of(body))
    return [each for each in envelope if each is body or each.get("id") in refs]


def _waived(held: HeldObject) -> frozenset[str]:
    """What a reviewer waived before, and what this release would."""
    place = {"submission_id": held.submission_id, "ordinal": held.ordinal}
    before = SubmissionObject.objects.filter(**place).values_list("waived", flat=True).first()
    reasons = held.reasons if held.part == HeldObject.Part.OBJECT else ()
    return frozenset({*(before or ()), *reasons})


def _without_author(found: Previewed) -> Previewed:
    kept = tuple(each for each in found.properties if each.name != "created_by_ref")
    return replace(found, properties=kept)


def _enriched(found: Previewed, held: HeldObject, *, policy: Policy, now: datetime) -> Previewed:
    """The published object with its held properties, as `enrich` adds them."""
    if not found.objects:
        return found
    parts = still_shared(review.parts_to_publish(held), policy.types[found.type])
    shown = found.objects[0]  # what becomes several has no words of its own
    body = json.loads(render.enrich(shown.body, parts, modified=now))
    return replace(
        found,
        withheld={name: why for name, why in found.withheld.items() if name not in parts},
        objects=(Shown(shown.collection, shown.waits_for_batch, body),),
        properties=tuple(_let_go(each, parts) for each in found.properties),
    )


def _let_go(each: Property, parts: Mapping[str, object]) -> Property:
    if each.fate is not Fate.WITHHELD or each.name not in parts:
        return each
    after = parts[each.name]
    fate, why = (Fate.KEPT, LET_GO) if after == each.before else (Fate.REPLACED, OWN_TEXT)
    return replace(each, fate=fate, why=why, after=after)
