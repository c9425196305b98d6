"""What became of a submission, for its sender alone: the TAXII status resource (TAXII 2.1 §4.3).

A published object is named by its Forum id, found through keyed tags: no row of the private bank
holds it. Nothing here tells whether another member sent the same.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection as AnyOf
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from indicators import keyring
from indicators.domain.outcomes import Reason
from indicators.domain.stix.times import format_time
from indicators.models.collection import Collection
from indicators.models.feedback import Feedback
from indicators.models.lineage import Contribution
from indicators.models.publication import Publication, ReleaseItem
from indicators.models.submission import Submission, SubmissionObject
from indicators.pipeline import feedback, told


_SUCCESS = frozenset({"published", "echo", "unshared", "withdrawn"})
_PENDING = frozenset({"pending", "held", "waiting"})
_STANDS = _PENDING | {"published"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One object of a submission, in the submitter's own id and version."""

    ordinal: int
    """Its place in the submission."""
    original_id: str
    version: str
    outcome: str
    message: str
    counts: bool = False
    """It is a sighting or an opinion that is counted."""

    @property
    def can_be_taken_back(self) -> bool:
        return self.counts or self.outcome in _STANDS

    def as_taxii(self) -> dict[str, str]:
        return {
            key: value
            for key, value in {
                "id": self.original_id,
                "version": self.version,
                "message": self.message,
            }.items()
            if value
        }


@dataclass(frozen=True, slots=True)
class Status:
    """The state of one submission; counts always add up to the total."""

    id: uuid.UUID
    received_at: datetime
    complete: bool
    entries: tuple[Entry, ...]
    """Of all its objects, unless some alone were asked for."""

    def as_taxii(self) -> dict[str, Any]:
        """The status resource, TAXII 2.1 §4.3."""
        groups: dict[str, list[dict[str, str]]] = {"successes": [], "failures": [], "pendings": []}
        for each in self.entries:
            groups[_group(each.outcome)].append(each.as_taxii())
        return {
            "id": str(self.id),
            "status": "complete" if self.complete else "pending",
            "request_timestamp": format_time(self.received_at),
            "total_count": len(self.entries),
            "success_count": len(groups["successes"]),
            "failure_count": len(groups["failures"]),
            "pending_count": len(groups["pendings"]),
            **{name: found for name, found in groups.items() if found},
        }


def _group(outcome: str) -> str:
    if outcome in _SUCCESS:
        return "successes"
    return "pendings" if outcome in _PENDING else "failures"


def first_status(submission: Submission, objects: Sequence[Mapping[str, Any]]) -> Status:
    """The status at the moment of the 202: everything is pending."""
    entries = _undecided(enumerate(objects))
    return Status(submission.id, submission.received_at, complete=False, entries=entries)


def status_of(*, member_id: uuid.UUID, submission_id: uuid.UUID) -> Status | None:
    """The status of a submission of this member; None if there is none (any more), or another's."""
    submission = _kept(member_id, submission_id)
    return _status(submission, range(submission.n_objects)) if submission else None


def size_of(*, member_id: uuid.UUID, submission_id: uuid.UUID) -> int:
    """How many objects a submission of this member has; none where it has no status."""
    submission = _kept(member_id, submission_id)
    return submission.n_objects if submission else 0


def part_of(*, member_id: uuid.UUID, submission_id: uuid.UUID, ordinals: range) -> Status | None:
    """The status of some objects of a large submission."""
    submission = _kept(member_id, submission_id)
    return _status(submission, ordinals) if submission else None


def _kept(member_id: uuid.UUID, submission_id: uuid.UUID) -> Submission | None:
    own = Submission.objects.filter(pk=submission_id, member_id=member_id, forgotten=False)
    return own.defer("body_ct").first()


def _status(submission: Submission, ordinals: range) -> Status | None:
    rows = SubmissionObject.objects.filter(
        submission=submission, ordinal__gte=ordinals.start, ordinal__lt=ordinals.stop
    )
    decided = {each.ordinal: each for each in rows}
    entries = _decided(submission, decided.values())
    if len(decided) < len(ordinals):
        if submission.body_ct is None:  # set aside, and purged since
            return None
        objects = _body(submission)
        left = [(each, objects[each]) for each in ordinals if each not in decided]
        entries += _undecided(left, message=_failure(submission))
    waits = any(each.outcome in _PENDING for each in entries)
    return Status(submission.id, submission.received_at, complete=not waits, entries=entries)


def _body(submission: Submission) -> Sequence[Mapping[str, Any]]:
    assert submission.body_ct is not None
    raw = keyring.unseal("body", bytes(submission.body_ct), place=submission.id.bytes)
    found: Sequence[Mapping[str, Any]] = json.loads(raw)["objects"]
    return found


def _failure(submission: Submission) -> str:
    """Empty while it is worked on."""
    if submission.state != Submission.State.QUARANTINED:
        return ""
    return f"UNPROCESSABLE: could not be processed; reference {submission.failure_reference}"


def _undecided(
    objects: Iterable[tuple[int, Mapping[str, Any]]], *, message: str = ""
) -> tuple[Entry, ...]:
    outcome = "rejected" if message else "pending"
    return tuple(
        Entry(
            ordinal,
            str(each["id"])[:200],
            str(each.get("modified") or each.get("created") or "")[:40],
            outcome,
            message or "waits for its turn",
        )
        for ordinal, each in objects
    )


@dataclass(frozen=True, slots=True)
class _Today:
    """What is known today of what a submission came to, by the sender's own ids."""

    standing: Mapping[str, Contribution]
    heard: Mapping[tuple[uuid.UUID, str], feedback.Told]
    """What other members say of it, by collection and Forum id."""
    taken_back: AnyOf[str]
    """Sightings and opinions that are not counted any more."""
    queued: AnyOf[tuple[uuid.UUID, str]]
    until: datetime | None
    """When what is queued is out at the latest."""


def _decided(submission: Submission, objects: Iterable[SubmissionObject]) -> tuple[Entry, ...]:
    listed = sorted(objects, key=lambda each: each.ordinal)
    originals = {each.ordinal: told.open_original(each) for each in listed}
    published = [originals[each.ordinal][0] for each in listed if each.outcome == "published"]
    counted = [originals[each.ordinal][0] for each in listed if each.reason == Reason.COUNTED]
    standing = _standing(submission, published)
    queued = _in_queue(standing.values())
    today = _Today(
        standing=standing,
        heard=_heard(standing.values()),
        taken_back=_taken_back(submission, counted) if counted else (),
        queued=queued,
        until=_released_by(submission, standing.values()) if queued else None,
    )
    return tuple(_entry(each, *originals[each.ordinal], today) for each in listed)


def _heard(standing: Iterable[Contribution]) -> dict[tuple[uuid.UUID, str], feedback.Told]:
    own = {
        (each.collection_id, each.stix_id): bytes(each.contrib_tag)
        for each in standing
        if each.state == Contribution.State.ACTIVE
    }
    return feedback.told(own)


def _released_by(submission: Submission, standing: Iterable[Contribution]) -> datetime:
    """When this sender's objects are out at the latest, from its own time of sending.

    Not from the queue: what waits there may have been brought by another member before.
    """
    lanes = Collection.objects.filter(pk__in={each.collection_id for each in standing})
    longest = max(
        timedelta(hours=each.batch_longest_hours, minutes=each.batch_spread_minutes)
        for each in lanes
    )
    return submission.received_at + longest


def _standing(submission: Submission, original_ids: Sequence[str]) -> dict[str, Contribution]:
    tags = {
        keyring.lookup_tag(submission.member_id, submission.collection_id, each): each
        for each in original_ids
    }
    found = Contribution.objects.filter(lookup_tag__in=list(tags))
    return {tags[bytes(each.lookup_tag)]: each for each in found}


def _taken_back(submission: Submission, original_ids: Sequence[str]) -> set[str]:
    """Of these sightings and opinions those that are not counted any more."""
    tags = {
        keyring.lookup_tag(submission.member_id, submission.collection_id, each): each
        for each in original_ids
    }
    found = Feedback.objects.filter(lookup_tag__in=list(tags), state=Feedback.State.ACTIVE)
    active = {tags[bytes(tag)] for tag in found.values_list("lookup_tag", flat=True)}
    return set(original_ids) - active


def _in_queue(standing: Iterable[Contribution]) -> set[tuple[uuid.UUID, str]]:
    """Which of these objects are not on the feed yet: they wait for their release.

    A newer version that waits is nobody's to know: it may be that of another member.
    """
    found = {(each.collection_id, each.stix_id) for each in standing}
    homes, ids = {home for home, _ in found}, {stix_id for _, stix_id in found}
    queued = ReleaseItem.objects.filter(collection__in=homes, stix_id__in=ids)
    out = Publication.objects.filter(collection__in=homes, stix_id__in=ids)
    key = ("collection_id", "stix_id")
    return (found & set(queued.values_list(*key))) - set(out.values_list(*key))


def _entry(each: SubmissionObject, original_id: str, version: str, today: _Today) -> Entry:
    outcome, standing = each.outcome, today.standing.get(original_id)
    place = (standing.collection_id, standing.stix_id) if standing else None
    active = standing is not None and standing.state == Contribution.State.ACTIVE
    if active and place in today.queued and today.until:
        waits = _waits(today.until)
        return Entry(each.ordinal, original_id, version, SubmissionObject.Outcome.WAITING, waits)
    if (standing and not active) or original_id in today.taken_back:
        outcome = SubmissionObject.Outcome.WITHDRAWN
    said = [_headline(outcome, each.reason, standing, original_id), told.open_message(each)]
    if place and place in today.heard:
        said.append(str(today.heard[place]))
    message = "; ".join(part for part in said if part)
    counts = each.reason == Reason.COUNTED and original_id not in today.taken_back
    return Entry(each.ordinal, original_id, version, outcome, message, counts=counts)


def _waits(until: datetime) -> str:
    return (
        f"waiting: {Reason.BATCH}; accepted, and released together with what other members sent, "
        f"by {format_time(until)} at the latest"
    )


def _headline(outcome: str, reason: str, standing: Contribution | None, original_id: str) -> str:
    if outcome == SubmissionObject.Outcome.PUBLISHED:
        return f"published as {standing.stix_id if standing else original_id}"
    if outcome == SubmissionObject.Outcome.WITHDRAWN:
        return "withdrawn"
    if outcome == SubmissionObject.Outcome.PENDING:
        return "is looked at again"
    return f"{outcome}: {reason}"
