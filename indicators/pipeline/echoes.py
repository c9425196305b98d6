"""What of a submission is the Forum's own words come back: found once, in three queries.

An observable's id is anybody's to compute, so an echo of one is known by its words, marking and
all. A tool that strips the marking makes it look like the lab's own. It is an echo all the same in
an envelope that posts the Forum's objects back, if nothing of the lab's own refers to it: an
observable by itself is no sighting.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings

from indicators import keyring
from indicators.domain import echo
from indicators.domain.feedback import ANONYMOUS_MEMBER_ID
from indicators.domain.stix.references import references_of
from indicators.domain.stix.types import SCO_TYPES
from indicators.domain.surroundings import Echoes
from indicators.pipeline import bulk


Body = Mapping[str, Any]
_SPEAKING = frozenset({"relationship", "sighting", "opinion"})


def of(objects: Sequence[Body], *, within: Sequence[uuid.UUID] | None = None) -> Echoes:
    """Tell the Forum's own objects, their copies and the lab's own objects apart.

    What the Forum said counts wherever it did, or only where it can be read `within` these
    collections.
    """
    others = [each for each in objects if each["type"] not in SCO_TYPES]
    observables = [each for each in objects if each["type"] in SCO_TYPES]
    forum_ids = _forum_ids([each["id"] for each in others])
    marked = _marked(objects, within)
    ours = forum_ids | {
        each["id"] for each in others if each.get("created_by_ref") == settings.FORUM_IDENTITY_ID
    }
    echoed = frozenset(each["id"] for each in observables if each["id"] in marked)
    copies = frozenset(each["id"] for each in others if each["id"] in marked - ours)
    spoken = _spoken([each["id"] for each in observables], within)
    copies |= _copied_with(others, copies, ours | copies | spoken)
    if ours or copies:
        own = [each for each in objects if each["id"] not in ours | copies | spoken]
        echoed |= spoken - {ref for each in own for ref in references_of(each)}
    return Echoes(forum_ids, echoed, copies)


def _copied_with(
    objects: Iterable[Body], copies: frozenset[str], echoed: frozenset[str]
) -> frozenset[str]:
    """What refers to a copy by its new id, and to nothing of the lab's own; and the Forum's sums.

    Where a thing was seen the Forum names one identity for all, and no lab does.
    """
    refs = {each["id"]: set(references_of(each)) for each in objects if each["type"] in _SPEAKING}
    return frozenset(
        stix_id
        for stix_id, named in refs.items()
        if ANONYMOUS_MEMBER_ID in named or (named <= echoed and not named.isdisjoint(copies))
    )


def _forum_ids(ids: Sequence[str]) -> frozenset[str]:
    """Ids that the Forum gave, in whatever sharing collection: random, nobody's to guess."""
    rows = bulk.rows(
        """SELECT o.stix_id FROM forum_object o JOIN collection c ON c.id = o.collection_id
           WHERE o.stix_id = ANY(%s) AND c.kind <> 'verbatim'""",
        [list(ids)],
    )
    return frozenset(row[0] for row in rows)


def _marked(objects: Sequence[Body], within: Sequence[uuid.UUID] | None) -> frozenset[str]:
    """Ids of those that bear a mark of something the Forum has said."""
    macs = {keyring.spoken_mac(mark): each["id"] for each in objects for mark in echo.marks(each)}
    rows = bulk.rows(
        f"SELECT mac FROM spoken WHERE mac = ANY(%(macs)s) AND {_READ}",  # noqa: S608  our own text
        {"macs": list(macs), "within": _listed(within)},
    )
    return frozenset(macs[bytes(row[0])] for row in rows)


def _spoken(ids: Sequence[str], within: Sequence[uuid.UUID] | None) -> frozenset[str]:
    """Observables that the Forum has published, whether they still stand or not."""
    rows = bulk.rows(
        "SELECT DISTINCT stix_id FROM spoken "  # noqa: S608  our own text
        f"WHERE stix_id = ANY(%(ids)s) AND {_READ}",
        {"ids": list(ids), "within": _listed(within)},
    )
    return frozenset(row[0] for row in rows)


def _listed(within: Sequence[uuid.UUID] | None) -> list[uuid.UUID] | None:
    return None if within is None else list(within)


_READ = """(%(within)s::uuid[] IS NULL OR EXISTS (
    SELECT FROM publication p WHERE p.stix_id = spoken.stix_id
    AND p.collection_id = ANY(%(within)s::uuid[])))"""
