"""The only gate that hands out a collection.

Promises: a collection to which a member has no right is, for that member, the same as one that does
not exist: the same error after the same work. Doors touch no other source of collections (an
architecture test looks). Row-level security is the second wall.
A right is what the grant gives *and* the credential's scopes allow. The tokens and withdrawn
collections beside a sharing collection follow the reading side of its grant; nobody writes there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from indicators.members.authenticate import Principal
from indicators.members.credentials import FEED_READ, SUBMIT
from indicators.models.collection import Collection
from indicators.models.member import Grant, Member


class CollectionMissing(Exception):  # noqa: N818  reads as the sentence it is
    """There is no such collection, or none for this member: the two are one."""


class RightMissing(Exception):  # noqa: N818  reads as the sentence it is
    """A right that is missing on something the member can see; the message names it."""


@dataclass(frozen=True, slots=True)
class Access:
    """A collection and what one principal may do in it; one of the two at least is true."""

    collection: Collection
    can_read: bool
    can_write: bool


def visible(principal: Principal) -> list[Access]:
    """Every collection in which the principal may do something, by id ascending."""
    return [access for access in _granted(principal) if access.can_read or access.can_write]


def by_name(seen: Iterable[Access], wanted: Callable[[Access], bool]) -> list[Collection]:
    """The collections with this right as people look for them: what is shared into first."""
    found = [each.collection for each in seen if wanted(each)]
    return sorted(found, key=lambda each: (each.kind != Collection.Kind.SHARING, each.alias))


def find(principal: Principal, id_or_alias: str) -> Access:
    """One collection that the principal can see.

    All of them are fetched whichever is asked for, so that the work tells nothing about a name.

    Raises:
        CollectionMissing: unknown, or no right at all.
    """
    for access in visible(principal):
        if id_or_alias in {str(access.collection.id), access.collection.alias}:
            return access
    raise CollectionMissing


def readable(principal: Principal, id_or_alias: str) -> Collection:
    """The collection, to read from.

    Raises:
        CollectionMissing: unknown, or no right at all.
        RightMissing: it may only be written into.
    """
    access = find(principal, id_or_alias)
    if not access.can_read:
        raise RightMissing("This credential may write into this collection but not read it.")
    return access.collection


def writable(principal: Principal, id_or_alias: str) -> Collection:
    """The collection, to write into.

    Raises:
        CollectionMissing: unknown, or no right at all.
        RightMissing: it may only be read.
    """
    access = find(principal, id_or_alias)
    if not access.can_write:
        raise RightMissing("This credential may read this collection but not write into it.")
    return access.collection


def deletable(principal: Principal, id_or_alias: str) -> Collection:
    """The collection, to take something back from it: TAXII 2.1 §5.7 wants both rights.

    Raises:
        CollectionMissing: unknown, or no right at all.
        RightMissing: one of the two rights is missing.
    """
    access = find(principal, id_or_alias)
    if not (access.can_read and access.can_write):
        raise RightMissing("Taking an object back needs the right to read and the right to write.")
    return access.collection


def require(principal: Principal, scope: str) -> None:
    """Raise RightMissing unless the credential has this scope."""
    if scope not in principal.scopes:
        raise RightMissing(f"This credential does not have the scope {scope}.")


def writers(collection: Collection) -> int:
    """How many active members may write into a collection, or into the one that it stands beside.

    So many a reader has to choose from who asks where something came from, less itself.
    """
    return _active(collection).filter(can_write=True).count()


def readers(collection: Collection) -> int:
    """How many active members read what is published there."""
    return _active(collection).filter(can_read=True).count()


def beside(collection: Collection) -> list[Collection]:
    """A collection and those that stand beside it: where what is sent into it comes out."""
    return list(Collection.objects.filter(Q(pk=collection.pk) | Q(parent=collection)))


def _active(collection: Collection) -> QuerySet[Grant]:
    return Grant.objects.filter(
        collection_id=collection.parent_id or collection.id, member__state=Member.State.ACTIVE
    )


def _granted(principal: Principal) -> Iterator[Access]:
    rows: Iterable[Any] = Collection.objects.raw(_GRANTED, [principal.member_id])
    for row in rows:
        own = row.parent_id is None
        yield Access(
            collection=row,
            can_read=row.granted_read and _may_read(principal, {row.alias, row.granted_alias}),
            can_write=row.granted_write and own and SUBMIT in principal.scopes,
        )


# A collection beside another stands under the grant on that other. As text, because the query set
# for it takes longer to put together than PostgreSQL takes to answer, in every request.
_GRANTED = """
SELECT collection.*, granted.alias AS granted_alias,
       given.can_read AS granted_read, given.can_write AS granted_write
FROM collection_grant AS given
JOIN collection AS granted ON granted.id = given.collection_id
JOIN collection ON granted.id = COALESCE(collection.parent_id, collection.id)
WHERE given.member_id = %s
ORDER BY collection.id
"""


def _may_read(principal: Principal, aliases: set[str]) -> bool:
    scopes = {FEED_READ, *(f"{FEED_READ}:{alias}" for alias in aliases)}
    return not scopes.isdisjoint(principal.scopes)
