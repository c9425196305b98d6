"""What a member, or one of its keys, sent within a span of time, and what of it still stands.

No row of the lineage names a member. Its submissions do, and hold sealed under which ids it sent
what; from those ids, and keys outside the database, its contributions are found. To look is a
reveal: `recall` asks two people first.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from indicators import keyring
from indicators.domain.stix.references import type_of
from indicators.domain.stix.times import format_time, parse_time
from indicators.domain.tokens import PARTS
from indicators.models.collection import Collection
from indicators.models.submission import Submission, SubmissionObject
from indicators.pipeline import bulk, told
from indicators.pipeline.takedown import parts


_OPEN = (SubmissionObject.Outcome.HELD, SubmissionObject.Outcome.WAITING)


@dataclass(frozen=True, slots=True)
class Source:
    """A member, or one of its keys, from a moment on and up to another, which is not included."""

    member_id: uuid.UUID
    key: str
    """A credential's id; empty for all of the member's."""
    since: datetime
    until: datetime

    def covers(self, submission: Submission) -> bool:
        """Whether this submission is one of its."""
        return (
            submission.member_id == self.member_id
            and self.since <= submission.received_at < self.until
            and self.key in ("", submission.sent_with)
        )

    def sealed(self, place: bytes) -> bytes:
        """For the row of the recall whose id is `place`."""
        plain = {
            "member": str(self.member_id),
            "key": self.key,
            "since": format_time(self.since),
            "until": format_time(self.until),
        }
        return keyring.seal("recall", json.dumps(plain).encode(), place=place)

    @classmethod
    def opened(cls, sealed: bytes, place: bytes) -> Source:
        """What `sealed` closed.

        Raises:
            keyring.SealError: the key is unknown, or the bytes were altered.
        """
        said = json.loads(keyring.unseal("recall", sealed, place=place))
        since, until = parse_time(said["since"]), parse_time(said["until"])
        return cls(uuid.UUID(said["member"]), said["key"], since, until)


@dataclass(frozen=True, slots=True)
class Stands:
    """An object that the source stands behind."""

    collection: str
    stix_id: str
    since: date
    alone: bool
    """Nobody else stands behind it: it falls."""

    @property
    def type(self) -> str:
        return type_of(self.stix_id)


@dataclass(frozen=True, slots=True)
class Found:
    """What a recall of a source would take back, and what it cannot."""

    stands: list[Stands]
    undecided: int
    """Held or waiting: they are dropped."""
    unfinished: int
    """Submissions still worked on: the recall waits for them."""
    retractions: int
    """Sent by the source; what they withdrew does not come back."""
    forgotten: int
    """Submissions whose ids are not kept any longer: what they brought is not found."""
    unnamed: int
    """Submissions from before it was noted which key sent them, and left out for that."""

    @property
    def falls(self) -> int:
        return sum(each.alone for each in self.stands)


def submissions(source: Source) -> QuerySet[Submission]:
    """All that came from the source in its time."""
    found = _of_member(source)
    return found.filter(sent_with=source.key) if source.key else found


def unfinished(source: Source) -> int:
    """How many of its submissions are not finished yet."""
    states = (Submission.State.RECEIVED, Submission.State.WORKING)
    return submissions(source).filter(state__in=states).count()


def sent(source: Source) -> dict[uuid.UUID, list[str]]:
    """The lab's own ids of all that it sent, by collection."""
    rows = (
        SubmissionObject.objects.filter(submission__in=_envelopes(source))
        .order_by("own_tag")
        .distinct("own_tag")
        .select_related("submission")
        .only("submission_id", "ordinal", "original_ct", "submission__collection_id")
    )
    ids: dict[uuid.UUID, list[str]] = defaultdict(list)
    for row in rows.iterator():
        if original_id := told.open_original(row)[0]:
            ids[row.submission.collection_id].append(original_id)
    return dict(ids)


def find(source: Source) -> Found:
    """What stands and what lies; only after two people agreed that it is looked at."""
    kinds = Counter(submissions(source).values_list("kind", flat=True))
    lying = SubmissionObject.objects.filter(submission__in=_envelopes(source), outcome__in=_OPEN)
    return Found(
        stands=sorted(_standing(source), key=lambda each: not each.alone),
        undecided=lying.count(),
        unfinished=unfinished(source),
        retractions=kinds[Submission.Kind.RETRACTION],
        forgotten=_envelopes(source).filter(forgotten=True).count(),
        unnamed=_of_member(source).filter(sent_with="").count() if source.key else 0,
    )


def _of_member(source: Source) -> QuerySet[Submission]:
    return Submission.objects.filter(
        member_id=source.member_id, received_at__gte=source.since, received_at__lt=source.until
    )


def _envelopes(source: Source) -> QuerySet[Submission]:
    return submissions(source).filter(kind=Submission.Kind.ENVELOPE)


def _standing(source: Source) -> Iterator[Stands]:
    aliases = dict(Collection.objects.values_list("pk", "alias"))
    for collection_id, ids in sent(source).items():
        for some in parts(sorted(ids)):
            yield from _stand_in(source, collection_id, some, aliases)


def _stand_in(
    source: Source, collection_id: uuid.UUID, ids: Sequence[str], aliases: Mapping[uuid.UUID, str]
) -> Iterator[Stands]:
    tags = [
        keyring.lookup_tag(source.member_id, collection_id, each, part)
        for each in ids
        for part in PARTS
    ]
    for home, stix_id, first_day, alone in bulk.rows(_STANDING, [tags]):
        yield Stands(aliases[home], stix_id, first_day, alone)


# A lab may stand behind one object under several ids of its own: those are one contributor.
_STANDING = """
SELECT own.collection_id, own.stix_id, min(own.first_day), NOT EXISTS (
    SELECT FROM contribution other
    WHERE other.collection_id = own.collection_id AND other.stix_id = own.stix_id
      AND other.state = 'active' AND other.contrib_tag <> own.contrib_tag)
FROM contribution own
WHERE own.lookup_tag = ANY(%s) AND own.state = 'active'
GROUP BY own.collection_id, own.stix_id, own.contrib_tag
ORDER BY own.collection_id, own.stix_id
"""
