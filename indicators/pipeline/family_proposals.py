"""Proposals that two prompt families are one: raised by the river, decided by staff.

A proposal stands between the families of its two skeletons, whichever these are by now, for as long
as both skeletons stand. Between two families there is one at a time, and after a rejection none:
what was kept apart stays apart. Deciding and joining are two acts: staff decide at their screens,
which may not write the feed, and the worker joins (`families`).
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.db import transaction

from indicators.audit.journal import Act, record
from indicators.domain.families import DECIDED, Match, Pair, proposals, would_meet
from indicators.members.registry import Clerk
from indicators.models.collection import Collection
from indicators.models.family_proposal import FamilyProposal
from indicators.pipeline import bulk
from indicators.pipeline.publish import Publisher


_State = FamilyProposal.State


class ProposalError(ValueError):
    """A proposal that cannot be decided; the message says why."""


def propose(publisher: Publisher, matches: Iterable[Match], families: Mapping[int, int]) -> None:
    """Raise what these matches say of families that stand apart, unless it was raised.

    A stronger match takes the place of an open one. What joining has settled is dropped.
    """
    collection = publisher.collection
    _drop_settled(collection, families.values())
    raised = _raised(collection, families.values())
    listed = list(matches)
    asked = _asked(collection, {each.newer for each in listed})
    new = proposals(listed, families, raised, asked)
    _drop_open((families[each.older], families[each.newer]) for each in new)
    FamilyProposal.objects.bulk_create(
        FamilyProposal(
            collection=collection,
            older_id=each.older,
            newer_id=each.newer,
            bands=each.bands,
            raised_at=publisher.now,
        )
        for each in new
    )
    acts = [
        Act("pipeline", "prompt families proposed as one", collection.alias, {"bands": each.bands})
        for each in new
    ]
    record(acts, policy=publisher.policy, now=publisher.now)


_BETWEEN = """
SELECT p.id, p.older_id, p.newer_id, p.state, p.bands, p.decided_at,
       least(a.family, b.family) AS one, greatest(a.family, b.family) AS other
FROM family_proposal p JOIN skeleton a ON a.id = p.older_id JOIN skeleton b ON b.id = p.newer_id
WHERE p.collection_id = %(collection)s
"""
"""Proposals, with the two families that each stands between now."""
_OF_THESE = f"""{_BETWEEN} AND p.id IN (
  WITH member AS MATERIALIZED (SELECT id FROM skeleton
                               WHERE collection_id = %(collection)s AND family = ANY(%(families)s))
  SELECT id FROM family_proposal WHERE older_id IN (SELECT id FROM member)
  UNION SELECT id FROM family_proposal WHERE newer_id IN (SELECT id FROM member))
"""  # noqa: S608  our own text
"""Those of these families: found by their members, however many others there are."""
_DECIDED = f"{_BETWEEN} AND p.state <> 'open' AND a.family <> b.family"
"""What was decided of families that are not one: an index of its own leads to it."""


def _raised(collection: Collection, families: Iterable[int]) -> dict[frozenset[int], int]:
    rows = bulk.rows(
        f"SELECT one, other, CASE state WHEN 'open' THEN bands ELSE {DECIDED} END "  # noqa: S608  our own text
        f"FROM ({_OF_THESE}) AS between_them ORDER BY 3",
        {"collection": collection.id, "families": sorted(set(families))},
    )
    return {frozenset({one, other}): bands for one, other, bands in rows}


def _asked(collection: Collection, newer: Iterable[int]) -> dict[int, set[frozenset[int]]]:
    """Between which families the proposals of each of these stand, open or decided."""
    found: dict[int, set[frozenset[int]]] = defaultdict(set)
    for one, *pair in bulk.rows(
        f"SELECT newer_id, one, other FROM ({_BETWEEN} AND p.newer_id = ANY(%(newer)s)) AS asked",  # noqa: S608  our own text
        {"collection": collection.id, "newer": sorted(newer)},
    ):
        found[one].add(frozenset(pair))
    return found


def _drop_settled(collection: Collection, families: Iterable[int]) -> None:
    """Open proposals within one family, and beside a decision or a stronger one.

    One that is decided at this moment is open in what the statement sees, and stays.
    """
    bulk.run(
        f"""WITH between_them AS ({_OF_THESE})
            DELETE FROM family_proposal WHERE state = 'open' AND id IN (
              SELECT p.id FROM between_them p WHERE p.state = 'open' AND (
                p.one = p.other OR EXISTS (
                  SELECT FROM between_them q
                  WHERE q.one = p.one AND q.other = p.other AND q.id <> p.id AND (
                    q.state <> 'open' OR (q.bands, q.id) > (p.bands, p.id)))))""",  # noqa: S608  our own text
        {"collection": collection.id, "families": sorted(set(families))},
    )


def _drop_open(pairs: Iterable[tuple[int, int]]) -> None:
    """Of each two families, the open proposal: a stronger one is coming."""
    bulk.many(
        "DELETE FROM family_proposal p USING skeleton a, skeleton b, "
        "(VALUES %s) AS new (one, other) "
        "WHERE a.id = p.older_id AND b.id = p.newer_id AND p.state = 'open' "
        "AND (a.family, b.family) IN ((new.one, new.other), (new.other, new.one))",
        pairs,
        template="(%s::bigint, %s::bigint)",
    )


def agreed(collection: Collection) -> list[Match]:
    """What was accepted and not yet joined: one at a time, since each may settle the next."""
    rows = bulk.rows(
        f"""WITH decided AS ({_DECIDED})
            SELECT older_id, newer_id, bands FROM decided p
            WHERE state = 'accepted' AND NOT EXISTS (
              SELECT FROM decided q WHERE q.state = 'rejected'
              AND (q.one, q.other) = (p.one, p.other))
            ORDER BY decided_at LIMIT 1""",  # noqa: S608  our own text
        {"collection": collection.id},
    )
    return [Match(*row) for row in rows]


@transaction.atomic
def decide(clerk: Clerk, proposal_id: uuid.UUID, *, accepted: bool) -> FamilyProposal:
    """Accept an open proposal or reject it; the worker joins the families.

    Raises:
        ProposalError: there is none, it is decided, one of the two has been withdrawn, or what
            was decided of others says the contrary.
    """
    found = FamilyProposal.objects.select_for_update().filter(pk=proposal_id).first()
    if found is None or found.state != _State.OPEN:
        raise ProposalError(
            "There is no such proposal that is open: it was decided, or one of the two has been "
            "withdrawn. Look at the list again."
        )
    _refuse_contrary(found, accepted=accepted)
    found.state = _State.ACCEPTED if accepted else _State.REJECTED
    found.decided_by, found.decided_at = clerk.by, clerk.now
    found.save(update_fields=["state", "decided_by", "decided_at"])
    clerk.note(
        f"prompt families {'joined' if accepted else 'kept apart'}",
        f"{found.collection.alias}/{found.newer.stix_id}",
        other=found.older.stix_id,
        bands=found.bands,
    )
    return found


def _refuse_contrary(proposal: FamilyProposal, *, accepted: bool) -> None:
    """What the worker could never carry out is not decided: nobody would learn that it was not."""
    here = (proposal.older.family, proposal.newer.family)
    if here[0] is None or here[1] is None:
        return
    pair = (here[0], here[1])
    decided = _decided(proposal.collection)
    together = [*decided.together, pair] if accepted else decided.together
    for apart in decided.apart if accepted else [pair]:
        if would_meet(apart, together):
            raise ProposalError(
                "These two are kept apart: families that were rejected would be one with them."
                if accepted
                else "These two are one already, by what was accepted of others."
            )


class _Decided(NamedTuple):
    """What was decided of families that are not one yet."""

    together: list[Pair]
    apart: list[Pair]


def _decided(collection: Collection) -> _Decided:
    rows = bulk.rows(
        f"SELECT state, one, other FROM ({_DECIDED}) AS decided",  # noqa: S608  our own text
        {"collection": collection.id},
    )
    return _Decided(
        [(one, other) for state, one, other in rows if state == _State.ACCEPTED],
        [(one, other) for state, one, other in rows if state == _State.REJECTED],
    )
