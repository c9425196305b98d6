"""Prompt families: variants of one template that several labs saw are said to be variants.

Reads a collection's feed as a poller does, by position after a mark, so that nothing comes of it
that a reader could not have found; what waits for its batch is not there yet. Variants of one
family are tied by `variant-of` relationships of the Forum's own, which fall with their ends.

Two transactions: `_take_in` keeps the skeletons of what has appeared, `_group` puts what has no
family into one. What stops in between is taken up by the next turn. Objects are locked before the
rows that hang on them, in the order in which all lock them, and the heads last.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection as AnyOf
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction

from indicators.domain.disclosure import Policy
from indicators.domain.families import Grouped, Match, Public, accept, join, regroup
from indicators.models.collection import Collection
from indicators.pipeline import bands, bulk, family_proposals, public_matches, skeletons
from indicators.pipeline.family_mark import has_read, take_turn
from indicators.pipeline.publish import Own, Publisher, speak
from indicators.pipeline.skeletons import New, Row
from indicators.pipeline.standing import lock_live, lock_standing
from indicators.pipeline.verdicts import journal
from indicators.roles import publishing


logger = logging.getLogger(__name__)
_AT_ONCE = 500
VARIANT = "variant-of"


_HERE = """SELECT id FROM collection
           WHERE id = %(id)s OR (parent_id = %(id)s AND kind = 'tokens')"""


def representatives(collection: Collection) -> Mapping[str, str]:
    """Each prompt family of a sharing collection and the first of its family that stands.

    Of the collection and of that of its tokens. What has appeared within the last seconds is not
    among them yet, and stands for itself; so does what is suspended, which stands for no other.
    """
    rows = bulk.rows(
        "SELECT stix_id, first_value(stix_id) OVER (PARTITION BY family ORDER BY id) "  # noqa: S608  our own text
        f"FROM skeleton s WHERE family IS NOT NULL AND collection_id IN ({_HERE}) "
        "AND NOT EXISTS (SELECT FROM forum_object o WHERE o.state = 'suspended' "
        "AND (o.collection_id, o.stix_id) = (s.collection_id, s.stix_id))",
        {"id": collection.id},
    )
    return dict(rows)


def public_families(collection: Collection) -> frozenset[str]:
    """Prompt families that match a public template, and all that are of one family with those.

    Of the collection and of that of its tokens. That two reports show one proves nothing.
    """
    rows = bulk.rows(
        "SELECT stix_id FROM skeleton WHERE family IN "  # noqa: S608  our own text
        f"(SELECT family FROM skeleton WHERE public_id IS NOT NULL AND collection_id IN ({_HERE}))",
        {"id": collection.id},
    )
    return frozenset(row[0] for row in rows)


def run(*, policy: Policy, now: datetime) -> int:
    """Put what has appeared on the feeds into families; returns how many objects were said."""
    found = Collection.objects.filter(kind=Collection.Kind.TOKENS).order_by("id")
    return sum(_try(Publisher(each, policy, now)) for each in found)


def _try(publisher: Publisher) -> int:
    try:
        return _catch_up(publisher)
    except Exception:
        # Whatever it is, the other collections must have their turn.
        logger.exception("families of %s are not up to date", publisher.collection.alias)
        if not connection.is_usable():
            connection.close()  # the next collection gets a new one
        return 0


def _catch_up(publisher: Publisher) -> int:
    if not _refill(publisher.collection):
        return 0
    while _take_in(publisher):
        pass
    # Before anything joins: what matches the list joins otherwise.
    said = public_matches.compare(publisher)
    while (found := _group(publisher)) is not None:
        said += found
    return said


def _refill(collection: Collection) -> bool:
    """Bring up to date where bands are looked for; False if another has the turn.

    All of it before the first look-up, which would take a family that is not found for none.
    """
    is_stale = True
    while is_stale:
        with transaction.atomic(), publishing():
            if take_turn(collection) is None:
                return False
            is_stale = bands.refill(collection)
    return True


class _Appeared(NamedTuple):
    position: int
    stix_id: str
    body: Mapping[str, Any]

    @property
    def is_family(self) -> bool:
        return bool(self.body["type"] == "prompt-family")


@transaction.atomic
def _take_in(publisher: Publisher) -> bool:
    """Keep the skeletons of the next objects on the feed; False if there are no more.

    Indicators that name bands of a public template are told so.
    """
    collection = publisher.collection
    with publishing():
        mark = take_turn(collection)
        if mark is None:
            return False
        # Read before the rows: all that is published up to it is to be seen.
        ((head,),) = bulk.rows(
            "SELECT position FROM collection_head WHERE collection_id = %s", [collection.id]
        )
        found = _after(collection, mark.position, head)
        new, naming = _lock_appeared(collection, found)
        skeletons.keep(_new(collection, each) for each in new)
        is_more = len(found) == _AT_ONCE
        has_read(collection, found[-1].position if is_more else head)
    public_matches.say_of_indicators(publisher, naming)
    return is_more


def _lock_appeared(
    collection: Collection, found: Sequence[_Appeared]
) -> tuple[list[_Appeared], list[str]]:
    """Lock all of these; returns the families that stand, and ids of the indicators that are live.

    Nothing is said of a suspended family otherwise than over it, so it is taken in: it appears only
    once. A suspended indicator keeps its terms, and appears again when somebody has decided.
    """
    ids = [each.stix_id for each in found]
    standing, live = set(lock_standing(collection, ids)), set(lock_live(collection, ids))
    return (
        [each for each in found if each.is_family and each.stix_id in standing],
        [each.stix_id for each in found if not each.is_family and each.stix_id in live],
    )


def _after(collection: Collection, position: int, head: int) -> list[_Appeared]:
    rows = bulk.rows(
        "SELECT position, stix_id, body FROM publication WHERE collection_id = %s "
        "AND (type = 'prompt-family' OR (type = 'indicator' AND strpos(body, %s) > 0)) "
        "AND position > %s AND position <= %s AND body IS NOT NULL "
        "AND superseded_by IS NULL ORDER BY position LIMIT %s",
        [collection.id, public_matches.NAMES_BANDS, position, head, _AT_ONCE],
    )
    return [_Appeared(at, stix_id, json.loads(body)) for at, stix_id, body in rows]


def _new(collection: Collection, appeared: _Appeared) -> New:
    tokens = skeletons.raw_tokens(appeared.body["bands"])
    return New(collection.id, appeared.stix_id, None, appeared.body["epoch"], tokens)


@transaction.atomic
def _group(publisher: Publisher) -> int | None:
    """Give families to what has none, and look anew at those that lost a member or were joined.

    Returns how many objects were said; None if nothing was to be done.
    """
    collection = publisher.collection
    with publishing():
        if take_turn(collection) is None:
            return None
    fresh = skeletons.without_family(collection.id, _AT_ONCE)
    severed, families = skeletons.broken(collection.id)
    agreed = family_proposals.agreed(collection)
    if not (fresh or severed or agreed):
        return None
    left = skeletons.of_families(collection.id, families)
    near = list(bands.alike(collection, _ids(fresh)))
    members = {each.id: each.family for each in left if each.family is not None}
    found = {*bands.variants(near), *bands.variants_of_broken(collection, members)}
    ids = {end for each in found for end in (each.older, each.newer)} | _ids([*fresh, *left])
    rows = _lock(collection, ids | _ids(_both(collection, agreed)), fresh=_ids(fresh))
    matches = _standing(sorted(found), rows)
    hits = {one: its for one, its in public_matches.hits_of(near).items() if one in rows}
    public = Public(hits.keys(), skeletons.public_among(collection.id, rows.values()))
    grouped = _grouped(rows, families, matches, _standing(agreed, rows), public)
    said = _say(publisher, rows, grouped)
    said += public_matches.flag(publisher, hits)
    with publishing():
        skeletons.forget_links(severed)
    family_proposals.propose(publisher, matches, grouped.families)
    return said


def _both(collection: Collection, agreed: Iterable[Match]) -> list[Row]:
    """All members of the two families that a person joined."""
    ends = skeletons.of_ids(collection.id, [end for each in agreed for end in each[:2]])
    return skeletons.of_families(collection.id, [each.family for each in ends if each.family])


def _ids(rows: Iterable[Row]) -> set[int]:
    return {each.id for each in rows}


def _lock(collection: Collection, ids: Iterable[int], *, fresh: AnyOf[int]) -> dict[int, Row]:
    """Lock the objects of these skeletons; returns those that stand then.

    What has no family and is not `fresh` is left out: it gets one by its own look-up, with all
    that it matches and not with what this turn happens to see of that.
    """
    listed = sorted(ids)
    with publishing():
        found = skeletons.of_ids(collection.id, listed)
        standing = set(lock_standing(collection, [each.stix_id for each in found]))
    return {
        each.id: each
        for each in skeletons.of_ids(collection.id, listed)
        if each.stix_id in standing and (each.family is not None or each.id in fresh)
    }


def _standing(matches: Iterable[Match], rows: Mapping[int, Row]) -> list[Match]:
    return [each for each in matches if each.older in rows and each.newer in rows]


def _grouped(
    rows: Mapping[int, Row],
    broken: Iterable[int],
    matches: Sequence[Match],
    agreed: Sequence[Match],
    public: Public,
) -> Grouped:
    """The families of all these rows from now on, and the links that are new."""
    families = {id_: row.family for id_, row in rows.items() if row.family is not None}
    links: list[Match] = []
    for family in broken:
        members = [id_ for id_, its in families.items() if its == family]
        if members:
            parts = regroup(family, members, skeletons.links_of(members), _within(matches, members))
            families |= parts.families
            links += parts.links
    joined = join([id_ for id_ in rows if id_ not in families], families, matches, public)
    families, links = dict(joined.families), [*links, *joined.links]
    for each in agreed:
        one = accept(each, families)
        families, links = dict(one.families), [*links, *one.links]
    return Grouped(families, links)


def _within(matches: Iterable[Match], members: Iterable[int]) -> list[Match]:
    inside = set(members)
    return [each for each in matches if each.older in inside and each.newer in inside]


def _say(publisher: Publisher, rows: Mapping[int, Row], grouped: Grouped) -> int:
    """Write the families down, and say on the feed what is a variant of what."""
    changed = {id_: its for id_, its in grouped.families.items() if rows[id_].family != its}
    words = [
        Own(
            "relationship",
            {"relationship_type": VARIANT},
            {"source_ref": (rows[each.newer].stix_id,), "target_ref": (rows[each.older].stix_id,)},
        )
        for each in grouped.links
    ]
    with publishing():
        skeletons.set_families(changed)
        said = speak(publisher, words, tied=True) if words else []
        skeletons.tie(grouped.links, said)
    journal(publisher, said, act="object published")
    return len(said)
