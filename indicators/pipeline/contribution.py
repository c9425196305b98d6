"""What a member gives and gets, for itself and for staff alone.

No row of the lineage names a member. Its own submissions do, and hold sealed under which ids it
sent what; from those ids, and keys outside the database, its contributions are found, and only
those. Each id that it sent within the window is unsealed once and makes two tags.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from indicators import keyring
from indicators.domain.accountability import Get, Give, current_accountability, index_of
from indicators.domain.tokens import PARTS
from indicators.models.appeal import Appeal
from indicators.models.submission import SubmissionObject
from indicators.pipeline import bulk, told
from indicators.roles import speaking_for, speaking_for_staff


_AT_ONCE = 5_000
_Place = tuple[uuid.UUID, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """A member's account of give and get."""

    since: datetime
    give: Give
    get: Get
    index: float | None

    def as_json(self) -> dict[str, object]:
        """For the member's own eyes."""
        return {
            "since": f"{self.since:%Y-%m-%d}",
            "give": asdict(self.give),
            "get": asdict(self.get),
            "index": self.index,
            "policy_version": current_accountability().version,
        }


def of(member_id: uuid.UUID, *, now: datetime) -> Standing:
    """The account of one member."""
    rule = current_accountability().index
    since = now - timedelta(days=rule.days)
    with speaking_for(member_id):
        sent = _sent(member_id, since=since)
    stands, withdrawn, corroborated = _contributed(member_id, sent)
    upheld = _upheld(stands | withdrawn)
    give = Give(
        published=len(stands),
        corroborated=len(corroborated),
        withdrawn=len(withdrawn - upheld),
        disputed_upheld=len(upheld),
    )
    get = _get(member_id, since=since, own=stands)
    return Standing(since, give, get, index_of(give, get, rule=rule))


def _sent(member_id: uuid.UUID, *, since: datetime) -> list[_Place]:
    """The member's own ids of what it sent and was published, by collection."""
    rows = (
        SubmissionObject.objects.filter(
            submission__member_id=member_id,
            submission__received_at__gte=since,
            outcome=SubmissionObject.Outcome.PUBLISHED,
        )
        .order_by("own_tag")
        .distinct("own_tag")
        .select_related("submission")
        .only("submission_id", "ordinal", "original_ct", "submission__collection_id")
    )
    opened = ((row.submission.collection_id, told.open_original(row)[0]) for row in rows.iterator())
    return [(collection_id, original_id) for collection_id, original_id in opened if original_id]


def _contributed(
    member_id: uuid.UUID, sent: Sequence[_Place]
) -> tuple[set[_Place], set[_Place], set[_Place]]:
    """Forum objects that it stands behind, those it stood behind, and the corroborated ones."""
    stands, withdrawn, corroborated = set[_Place](), set[_Place](), set[_Place]()
    for tags in _tags(member_id, sent):
        rows = bulk.rows(
            """SELECT c.collection_id, c.stix_id, c.state = 'active',
                      coalesce(o.corroborated, false)
               FROM contribution c LEFT JOIN forum_object o
                 ON o.collection_id = c.collection_id AND o.stix_id = c.stix_id
               WHERE c.lookup_tag = ANY(%s)""",
            [tags],
        )
        for collection_id, stix_id, is_active, is_corroborated in rows:
            place = (collection_id, stix_id)
            (stands if is_active else withdrawn).add(place)
            if is_active and is_corroborated:
                corroborated.add(place)
    return stands, withdrawn - stands, corroborated


def _tags(member_id: uuid.UUID, sent: Sequence[_Place]) -> Iterator[list[bytes]]:
    for start in range(0, len(sent), _AT_ONCE):
        yield [
            keyring.lookup_tag(member_id, collection_id, original_id, part)
            for collection_id, original_id in sent[start : start + _AT_ONCE]
            for part in PARTS
        ]


def _upheld(places: set[_Place]) -> set[_Place]:
    """Those of these that fell because an appeal was upheld: of its own, a member may know it."""
    with speaking_for_staff():
        found = Appeal.objects.filter(
            state=Appeal.State.UPHELD, stix_id__in=[stix_id for _, stix_id in places]
        )
        return places & set(found.values_list("collection_id", "stix_id"))


def _get(member_id: uuid.UUID, *, since: datetime, own: set[_Place]) -> Get:
    """How much it reads of what others give, in the collections where labs share."""
    homes, ids = [home for home, _ in own], [stix_id for _, stix_id in own]
    [(keys, last_read, read, there, others, writers)] = bulk.rows(
        _READ, {"member": member_id, "since": since, "homes": homes, "ids": ids}
    )
    return Get(
        credentials_reading=keys,
        last_read=f"{last_read:%Y-%m-%dT%H:%MZ}" if last_read else None,
        share_read=round(read / there, 3) if there else 0.0,
        objects_of_others=others,
        other_writers=writers,
    )


_READ = """
WITH shared AS (
    SELECT c.id FROM collection c JOIN collection_grant g
      ON g.collection_id = coalesce(c.parent_id, c.id)
    WHERE g.member_id = %(member)s AND g.can_read AND c.kind IN ('sharing', 'tokens')
), marks AS (
    SELECT p.collection_id, p.credential_id, p.last_position, p.last_minute
    FROM poll_mark p JOIN credential k ON k.id = p.credential_id
    WHERE k.member_id = %(member)s AND p.last_minute >= %(since)s
      AND p.collection_id IN (SELECT id FROM shared)
), furthest AS (
    SELECT h.position, least(h.position, coalesce((
        SELECT max(m.last_position) FROM marks m WHERE m.collection_id = h.collection_id), 0)) AS at
    FROM collection_head h WHERE h.collection_id IN (SELECT id FROM shared)
)
SELECT (SELECT count(DISTINCT credential_id) FROM marks),
       (SELECT max(last_minute) FROM marks),
       (SELECT coalesce(sum(at), 0)::bigint FROM furthest),
       (SELECT coalesce(sum(position), 0)::bigint FROM furthest),
       -- On the feed: that something waits for its batch is nobody's to know. And given by members.
       (SELECT count(*) FROM publication p
        WHERE p.collection_id IN (SELECT id FROM shared)
          AND p.superseded_by IS NULL AND p.body IS NOT NULL
          AND EXISTS (SELECT FROM contribution c WHERE c.collection_id = p.collection_id
                      AND c.stix_id = p.stix_id AND c.state = 'active')
          AND (p.collection_id, p.stix_id) NOT IN (
              SELECT * FROM unnest(%(homes)s::uuid[], %(ids)s::text[]))),
       (SELECT count(DISTINCT g.member_id) FROM collection_grant g
        JOIN member m ON m.id = g.member_id
        WHERE g.can_write AND m.state = 'active' AND g.member_id <> %(member)s
          AND g.collection_id IN (SELECT id FROM shared))
"""
