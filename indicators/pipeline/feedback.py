"""What members said of what stands: written, taken back, counted. Tags only, as in the lineage."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from indicators import keyring
from indicators.domain.feedback import floor_of
from indicators.domain.objects import ReceivedObject, Said
from indicators.domain.stix.times import version_of
from indicators.domain.surroundings import Past
from indicators.models.feedback import Feedback
from indicators.pipeline import bulk
from indicators.pipeline.lookups import Sender, mac_of
from indicators.pipeline.verdicts import version_text


_COLUMNS = (
    "lookup_tag", "collection_id", "stix_id", "contrib_tag", "original_version", "content_mac",
    "verdict", "basis", "count_bucket", "first_day", "last_day", "heard", "state", "member_ct",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heard:
    """One sighting or opinion on its way into the table."""

    received: ReceivedObject
    said: Said
    targets: tuple[tuple[uuid.UUID, str], ...]
    """The Forum objects that it is about, by collection and id."""


def past(sender: Sender, chunk: Sequence[ReceivedObject]) -> Mapping[str, Past]:
    """What the member said under these ids before."""
    by_tag = {sender.lookup_tag(each.id): each for each in chunk}
    found: dict[str, Past] = {}
    for each in Feedback.objects.filter(lookup_tag__in=list(by_tag)).order_by("state"):
        received = by_tag[bytes(each.lookup_tag)]
        # Of an opinion over several, what is left decides: the active rows come first.
        found.setdefault(
            received.id,
            Past(
                version=version_of({"modified": each.original_version}),
                same_content=bytes(each.content_mac) == mac_of(sender, received.body),
                withdrawn=each.state == Feedback.State.WITHDRAWN,
            ),
        )
    return found


def write(sender: Sender, heard: Sequence[Heard]) -> None:
    """Write what a member says now; what it said under the same ids before is over."""
    tags = {each.received.ordinal: sender.lookup_tag(each.received.id) for each in heard}
    bulk.run(
        "UPDATE feedback SET state = 'withdrawn' WHERE lookup_tag = ANY(%s) AND state = 'active'",
        [list(tags.values())],
    )
    bulk.insert(
        "feedback",
        _COLUMNS,
        (
            _row(sender, tags[each.received.ordinal], each, target)
            for each in heard
            for target in dict.fromkeys(each.targets)
        ),
        # What was heard once stays heard.
        tail="""ON CONFLICT (lookup_tag, collection_id, stix_id) DO UPDATE SET
                contrib_tag = excluded.contrib_tag, original_version = excluded.original_version,
                content_mac = excluded.content_mac, verdict = excluded.verdict,
                basis = excluded.basis, count_bucket = excluded.count_bucket,
                first_day = excluded.first_day, last_day = excluded.last_day,
                state = excluded.state, member_ct = excluded.member_ct""",
    )


def _row(
    sender: Sender, tag: bytes, heard: Heard, target: tuple[uuid.UUID, str]
) -> tuple[object, ...]:
    said, member_id = heard.said, sender.member.id
    return (
        tag,
        *target,
        keyring.contrib_tag(member_id, *target),
        version_text(heard.received),
        mac_of(sender, heard.received.body),
        said.verdict,
        said.basis,
        said.count,
        said.first_day,
        said.last_day,
        False,
        "active",
        keyring.seal("link", member_id.bytes, place=tag),
    )


def take_back(sender: Sender, ids: Iterable[str], *, now: datetime) -> set[str]:
    """Withdraw what the member said under these ids of its own; return those that it had."""
    tags = {sender.lookup_tag(each): each for each in ids}
    rows = bulk.rows(
        "UPDATE feedback SET state = 'withdrawn', last_day = greatest(last_day, %s) "
        "WHERE lookup_tag = ANY(%s) AND state = 'active' RETURNING lookup_tag",
        [now.date(), list(tags)],
    )
    return {tags[bytes(row[0])] for row in rows}


def close(collection_id: uuid.UUID, stix_ids: Iterable[str]) -> None:
    """End what was said of objects that fell: an observable may come again under the same id."""
    bulk.run(
        "UPDATE feedback SET state = 'withdrawn' WHERE collection_id = %s AND stix_id = ANY(%s) "
        "AND state = 'active'",
        [collection_id, list(stix_ids)],
    )


def settle(collection_id: uuid.UUID, stix_id: str, *, verdicts: Iterable[str]) -> None:
    """Somebody decided over what these verdicts dispute: none of them suspends it again."""
    bulk.run(
        "UPDATE feedback SET heard = true WHERE collection_id = %s AND stix_id = %s "
        "AND verdict = ANY(%s)",
        [collection_id, stix_id, list(verdicts)],
    )


def disputed(
    targets: Sequence[tuple[uuid.UUID, str]], *, verdicts: Iterable[str]
) -> list[tuple[uuid.UUID, str]]:
    """Those of these objects that k independent members dispute, and nobody decided over it.

    Who stands behind an object does not dispute it, it takes it back; who read elsewhere that it is
    wrong saw nothing itself; and whom somebody has heard over it is heard once.
    """
    if not targets:
        return []
    return bulk.rows(
        """SELECT said.collection_id, said.stix_id FROM (
               SELECT f.collection_id, f.stix_id, f.contrib_tag FROM feedback f
               WHERE f.collection_id = ANY(%(collections)s) AND f.stix_id = ANY(%(ids)s)
               GROUP BY f.collection_id, f.stix_id, f.contrib_tag
               HAVING bool_or(f.state = 'active' AND f.verdict = ANY(%(verdicts)s)
                              AND f.basis <> 'from-feed') AND NOT bool_or(f.heard)
           ) AS said JOIN collection c ON c.id = said.collection_id
           WHERE NOT EXISTS (SELECT FROM contribution b
                             WHERE b.contrib_tag = said.contrib_tag AND b.state = 'active')
           GROUP BY said.collection_id, said.stix_id, c.k
           HAVING count(*) >= c.k""",
        {
            "collections": [each for each, _ in targets],
            "ids": [each for _, each in targets],
            "verdicts": list(verdicts),
        },
    )


def tally(collection_id: uuid.UUID, stix_id: str) -> dict[str, int]:
    """How many members say what of an object now: for staff alone."""
    rows = bulk.rows(
        "SELECT verdict, count(DISTINCT contrib_tag) FROM feedback WHERE collection_id = %s "
        "AND stix_id = %s AND state = 'active' GROUP BY verdict ORDER BY verdict",
        [collection_id, stix_id],
    )
    return dict(rows)


def spoken_of(collection_ids: Sequence[uuid.UUID], *, after: str) -> list[str]:
    """The next objects by id of which something is said in one of these collections."""
    rows = bulk.rows(
        "SELECT DISTINCT stix_id FROM feedback WHERE collection_id = ANY(%s) AND stix_id > %s "
        "AND state = 'active' ORDER BY stix_id LIMIT 500",
        [list(collection_ids), after],
    )
    return [row[0] for row in rows]


@dataclass(frozen=True, slots=True)
class Told:
    """What a contributor may know of what others say of its object: never who, nor how many."""

    members: Mapping[str, int | None]
    """Verdict → at least so many members; None until k of them say so."""
    suspended: bool

    def __str__(self) -> str:
        said = [
            f"{verdict} (at least {least} members)" if least else verdict
            for verdict, least in self.members.items()
        ]
        words = [f"members say: {', '.join(said)}"] if said else []
        if self.suspended:
            words.append("suspended, because enough of them dispute it; the Forum looks into it")
        return "; ".join(words)


def told(own: Mapping[tuple[uuid.UUID, str], bytes]) -> dict[tuple[uuid.UUID, str], Told]:
    """What others say of these objects; `own` has, by object, the contrib tag of who asks."""
    if not own:
        return {}
    rows = bulk.rows(
        """SELECT o.collection_id, o.stix_id, o.state = 'suspended', f.verdict, c.k,
                  count(DISTINCT f.contrib_tag)
           FROM forum_object o JOIN collection c ON c.id = o.collection_id
           LEFT JOIN feedback f ON f.collection_id = o.collection_id AND f.stix_id = o.stix_id
             AND f.state = 'active' AND f.contrib_tag <> ALL(%(own)s)
           WHERE o.collection_id = ANY(%(collections)s) AND o.stix_id = ANY(%(ids)s)
             AND (f.verdict IS NOT NULL OR o.state = 'suspended')
           GROUP BY o.collection_id, o.stix_id, o.state, f.verdict, c.k ORDER BY f.verdict""",
        {
            "own": list(own.values()),
            "collections": [each for each, _ in own],
            "ids": [each for _, each in own],
        },
    )
    found: dict[tuple[uuid.UUID, str], Told] = {}
    for collection_id, stix_id, suspended, verdict, k, members in rows:
        place = (collection_id, stix_id)
        before = found[place].members if place in found else {}
        least = max(k, floor_of(members)) if members >= k else None
        found[place] = Told({**before, verdict: least} if verdict else before, suspended)
    return {place: each for place, each in found.items() if place in own}
