"""Feedback by a plain call, and what others say of the caller's own objects.

A call becomes the sighting or opinion that a TAXII client would have pushed and goes the same way:
there is one path into the table. Without an id of the caller's own, one is made of what it is
about, so that the same call again takes the place of the first.
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from indicators import keyring
from indicators.domain.feedback import (
    NOT_SIGHTED,
    OPINIONS,
    SIGHTED,
    SIGHTINGS,
    TYPES,
    feedback_policy,
)
from indicators.domain.stix.extensions import BY_NAME
from indicators.domain.stix.references import IDENTIFIER
from indicators.domain.stix.times import format_time
from indicators.domain.stix.types import SCO_TYPES
from indicators.intake.receive import receive
from indicators.intake.status import Status
from indicators.intake.strict_json import StrictJSONError, loads_strict
from indicators.members.authenticate import Principal
from indicators.models.collection import Collection
from indicators.models.lineage import Contribution
from indicators.pipeline import feedback


LONGEST_BODY = 1_048_576
MOST = 1000
"""Words in one call."""
_KEYS = {"collection", "object", "verdict", "count", "basis", "id"}
_BASES = Contribution.Basis.values
_HIGHEST = 999_999_999
"""STIX 2.1 §5.2: of a sighting's count."""
_PLACE = "feedback-place"
_LOOKS = 4
"""Of 500 objects that somebody speaks of: what a page costs at most."""
_NAMES = uuid.UUID("d5a0e1a3-7c52-4b0e-a1cb-2f6f4fdab0de")


class FeedbackError(ValueError):
    """A call that cannot be read; the message says where and what to send."""


@dataclass(frozen=True, slots=True)
class Word:
    """One thing that a member says of one object."""

    collection: str
    about: str
    verdict: str
    count: int | None
    basis: str
    own_id: str
    """Empty: one is made of what it is about."""

    def as_stix(
        self, member_id: uuid.UUID, collection: Collection, now: datetime
    ) -> dict[str, Any]:
        """The object as it would come over TAXII."""
        type_ = _type_of(self.verdict)
        name = f"{member_id} {collection.id} {self.about}"
        body: dict[str, Any] = {
            "type": type_,
            "spec_version": "2.1",
            "id": self.own_id or f"{type_}--{uuid.uuid5(_NAMES, name)}",
            "created": format_time(now),
            "modified": format_time(now),
        }
        body |= self._seen() if type_ == "sighting" else self._opinion()
        return body | {"extensions": dict(self._extensions())}

    def _seen(self) -> dict[str, Any]:
        count = 0 if self.verdict == NOT_SIGHTED else self.count
        return {"sighting_of_ref": self.about, **({} if count is None else {"count": count})}

    def _opinion(self) -> dict[str, Any]:
        step = feedback_policy().opinions.get(self.verdict, "neutral")
        return {"opinion": step, "object_refs": [self.about]}

    def _extensions(self) -> Iterator[tuple[str, dict[str, str]]]:
        yield (
            BY_NAME["share-governance"].id,
            {
                "extension_type": "property-extension",
                "basis": self.basis,
            },
        )
        if self.verdict in OPINIONS:
            yield (
                BY_NAME["feedback-verdict"].id,
                {
                    "extension_type": "property-extension",
                    "verdict": self.verdict,
                },
            )


def words(raw: bytes) -> list[Word]:
    """Read the body of a call: one word, or `{"feedback": […]}` with several.

    Raises:
        FeedbackError: it is no JSON, or a word in it says what nobody can say.
    """
    try:
        body = loads_strict(raw)
    except StrictJSONError as error:
        raise FeedbackError(f"Not acceptable as JSON: {error}") from error
    listed = body["feedback"] if body.keys() == {"feedback"} else [body]
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST:
        raise FeedbackError(f"feedback: must be a list of one word at least and {MOST} at most.")
    return [_word(each, f"feedback[{place}]") for place, each in enumerate(listed)]


def _word(said: object, where: str) -> Word:
    if not isinstance(said, dict):
        raise FeedbackError(f"{where}: must be an object with collection, object and verdict.")
    if unknown := said.keys() - _KEYS:
        known = ", ".join(sorted(_KEYS))
        raise FeedbackError(f"{where}: {min(unknown)[:60]} is not known; the keys are {known}.")
    verdict = _one_of(said, "verdict", (*SIGHTINGS, *OPINIONS), where)
    return Word(
        collection=_text(said, "collection", where),
        about=_about(_text(said, "object", where), verdict, where),
        verdict=verdict,
        count=_count(said["count"], verdict, where) if "count" in said else None,
        basis=_one_of({"basis": _BASES[0], **said}, "basis", _BASES, where),
        own_id=_own_id(_text(said, "id", where), verdict, where) if "id" in said else "",
    )


def _text(said: Mapping[str, object], name: str, where: str) -> str:
    found = said.get(name)
    if not isinstance(found, str) or not found:
        raise FeedbackError(f"{where}.{name}: must be a text.")
    return found


def _one_of(said: Mapping[str, object], name: str, known: Sequence[str], where: str) -> str:
    found = said.get(name)
    if not isinstance(found, str) or found not in known:
        raise FeedbackError(f"{where}.{name}: must be one of {', '.join(known)}.")
    return found


def _about(stix_id: str, verdict: str, where: str) -> str:
    found = IDENTIFIER.fullmatch(stix_id)
    if found is None:
        raise FeedbackError(f"{where}.object: must be the id of an object, the Forum's or yours.")
    if verdict in SIGHTINGS and found[1] in SCO_TYPES:
        raise FeedbackError(
            f"{where}.verdict: STIX knows no sighting of an observable. Sight an indicator over "
            "it, or give an opinion such as already-known."
        )
    return stix_id


def _count(found: object, verdict: str, where: str) -> int:
    whole = isinstance(found, int) and not isinstance(found, bool)
    if verdict != SIGHTED or not whole or not 1 <= int(str(found)) <= _HIGHEST:
        raise FeedbackError(
            f"{where}.count: goes with the verdict sighted, as a whole number from 1 to "
            f"{_HIGHEST}; who looked in vain says not-sighted."
        )
    return int(str(found))


def _own_id(own_id: str, verdict: str, where: str) -> str:
    found, type_ = IDENTIFIER.fullmatch(own_id), _type_of(verdict)
    if found is None or found[1] != type_:
        raise FeedbackError(f"{where}.id: must be {type_}-- and a lower-case UUID, or left out.")
    return own_id


def _type_of(verdict: str) -> str:
    return "sighting" if verdict in SIGHTINGS else "opinion"


def give(
    principal: Principal,
    collections: Mapping[str, Collection],
    said: Sequence[Word],
    *,
    now: datetime,
) -> dict[str, tuple[Status, list[str]]]:
    """Take these words in; by collection as named, the status and the ids under which they count.

    Raises:
        IntakeError: they cannot be stored now.
    """
    taken: dict[str, tuple[Status, list[str]]] = {}
    for name, collection in collections.items():
        objects = [
            each.as_stix(principal.member_id, collection, now)
            for each in said
            if each.collection == name
        ]
        raw = json.dumps({"objects": objects}).encode()
        status = receive(principal=principal, collection=collection, raw=raw, now=now)
        taken[name] = status, [each["id"] for each in objects]
    return taken


def is_own_id(text: str) -> bool:
    """Whether it can be the id of a sighting or an opinion."""
    found = IDENTIFIER.fullmatch(text)
    return found is not None and found[1] in TYPES


def place(member_id: uuid.UUID, after: str) -> str:
    """The id after which a page begins; empty for the first.

    Raises:
        FeedbackError: this is not what a page said to this member.
    """
    if not after:
        return ""
    try:
        sealed = base64.b64decode(after, altchars=b"-_", validate=True)
        return keyring.unseal(_PLACE, sealed, place=member_id.bytes).decode()
    except (ValueError, IndexError, keyring.SealError):
        raise FeedbackError("after: give what a page said under `next`, or leave it out.") from None


def _sealed_place(member_id: uuid.UUID, stix_id: str) -> str:
    """A place that tells nothing: the object may be another lab's, of which somebody speaks."""
    sealed = keyring.seal(_PLACE, stix_id.encode(), place=member_id.bytes)
    return base64.urlsafe_b64encode(sealed).decode()


@dataclass(frozen=True, slots=True)
class Heard:
    """What others say of one object of the caller's."""

    collection: str
    stix_id: str
    told: feedback.Told


def heard(
    member_id: uuid.UUID, collections: Sequence[Collection], *, after: str, most: int
) -> tuple[list[Heard], str]:
    """What others say of what this member stands behind, by Forum id; and where to go on.

    A page ends early where much is said of objects of others.
    """
    aliases = {each.id: each.alias for each in collections}
    found: list[Heard] = []
    for _ in range(_LOOKS):
        ids = feedback.spoken_of(list(aliases), after=after)
        if not ids:
            return found, ""
        after = ids[-1]
        tags = {
            (home, each): keyring.contrib_tag(member_id, home, each)
            for home in aliases
            for each in ids
        }
        own = set(
            Contribution.objects.filter(
                contrib_tag__in=list(tags.values()), state=Contribution.State.ACTIVE
            ).values_list("collection_id", "stix_id")
        )
        told = feedback.told({place: tag for place, tag in tags.items() if place in own})
        found += [
            Heard(aliases[home], stix_id, said)
            for (home, stix_id), said in sorted(told.items(), key=lambda each: each[0][1])
        ]
        if len(found) >= most:
            break
    return found, _sealed_place(member_id, after)
