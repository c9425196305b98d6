"""What a chunk needs to know of the world, in a handful of queries and never one per object."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Q

from indicators import keyring
from indicators.domain import nexus
from indicators.domain.disclosure import Policy
from indicators.domain.objects import Declaration, LinkedObject, ReceivedObject
from indicators.domain.screens.residential import Residential, residential, stated_by_value
from indicators.domain.stix.references import references_of
from indicators.domain.stix.times import version_of
from indicators.domain.surroundings import NO_ECHOES, Audience, Echoes, Past, Surroundings
from indicators.matching.epochs import live_epochs
from indicators.models.appeal import Appeal
from indicators.models.collection import Collection
from indicators.models.lineage import Contribution
from indicators.models.member import Grant, Member
from indicators.pipeline import bulk, echoes, pauses, weights


_CATALOGUED = frozenset({"attack-pattern", "course-of-action"})


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose submission it is and where it goes: read once per submission."""

    member: Member
    collection: Collection
    tokens: Collection | None
    """Where what speaks of tokens goes; none stands beside a verbatim collection."""
    standing: Declaration | None
    first_objects: bool

    readable: tuple[uuid.UUID, ...]
    """Verbatim collections that the member may read, whose objects it may refer to."""
    may_read: bool
    may_write: bool
    residential: Residential
    """Addresses that the submission calls residential."""
    households: frozenset[str]
    """Ids of the submission's objects that name one of them."""
    limits: Mapping[str, int]
    """The policy's, which say of what network nobody is at home."""
    stated: frozenset[str]
    """Ids of the submission whose threat nexus it states itself."""
    echoes: Echoes
    day: date

    @property
    def weight(self) -> float:
        """What its word counts among others', as of the day."""
        return weights.weight_of(self.member.id, self.day)

    @property
    def is_verbatim(self) -> bool:
        return self.collection.kind == Collection.Kind.VERBATIM

    @property
    def collections(self) -> list[Collection]:
        """Where its objects may go."""
        return [self.collection, *([self.tokens] if self.tokens else [])]

    def home_of(self, linked: LinkedObject) -> Collection:
        """Where one of its objects goes."""
        return self.tokens if linked.is_token and self.tokens else self.collection

    def lookup_tag(self, original_id: str, part: str = "") -> bytes:
        """On the side of the lineage; `part` names what else the object became."""
        return keyring.lookup_tag(self.member.id, self.collection.id, original_id, part)

    def own_tag(self, original_id: str) -> bytes:
        """On the side of submissions."""
        return keyring.own_tag(self.member.id, self.collection.id, original_id)


def sender(
    objects: Sequence[Mapping[str, Any]],
    *,
    member_id: uuid.UUID,
    collection_id: uuid.UUID,
    policy: Policy,
    now: datetime,
    echoes_of_all: bool = True,
    echoing: Sequence[Mapping[str, Any]] | None = None,
) -> Sender:
    """The private side of a submission, and what it says of itself as a whole.

    Without `echoes_of_all` only what the member may read itself is known again as an echo; with
    `echoing` these alone can be one.
    """
    grant = Grant.objects.filter(member_id=member_id, collection_id=collection_id).first()
    return _sender(
        objects,
        member=Member.objects.get(pk=member_id),
        collection=Collection.objects.get(pk=collection_id),
        grant=grant,
        policy=policy,
        now=now,
        echoes_of_all=echoes_of_all,
        echoing=echoing,
    )


def stranger(
    objects: Sequence[Mapping[str, Any]],
    *,
    collection: Collection,
    threat_nexus: str,
    policy: Policy,
    now: datetime,
) -> Sender:
    """Somebody who may write here and never has: no answer can tell what a member has sent."""
    member = Member(pk=uuid.uuid4(), slug="nobody", state=Member.State.ACTIVE)
    grant = Grant(member=member, collection=collection, can_write=True, threat_nexus=[threat_nexus])
    return _sender(
        objects,
        member=member,
        collection=collection,
        grant=grant,
        policy=policy,
        now=now,
        echoes_of_all=False,
        echoing=None,
    )


def _sender(
    objects: Sequence[Mapping[str, Any]],
    *,
    member: Member,
    collection: Collection,
    grant: Grant | None,
    policy: Policy,
    now: datetime,
    echoes_of_all: bool,
    echoing: Sequence[Mapping[str, Any]] | None,
) -> Sender:
    verbatim = Grant.objects.filter(
        member=member, can_read=True, collection__kind=Collection.Kind.VERBATIM
    )
    return Sender(
        member=member,
        collection=collection,
        tokens=Collection.objects.filter(parent=collection, kind=Collection.Kind.TOKENS).first(),
        standing=_declared(grant),
        first_objects=_is_new(member),
        readable=tuple(verbatim.values_list("collection_id", flat=True)),
        may_read=bool(grant and grant.can_read),
        may_write=bool(grant and grant.can_write) and member.state == Member.State.ACTIVE,
        residential=(homes := residential(objects)),
        households=frozenset(
            str(each.get("id"))
            for each in objects
            if homes.mentioned_in(each, limits=policy.limits)
        ),
        limits=policy.limits,
        stated=nexus.stated(objects) | stated_by_value(objects, limits=policy.limits),
        echoes=NO_ECHOES
        if collection.kind == Collection.Kind.VERBATIM
        else echoes.of(
            objects if echoing is None else echoing,
            within=None if echoes_of_all else _feeds(member),
        ),
        day=now.date(),
    )


def _feeds(member: Member) -> list[uuid.UUID]:
    """The collections that a member may read: those granted, and what stands beside them."""
    granted = Grant.objects.filter(member=member, can_read=True).values("collection_id")
    found = Collection.objects.filter(Q(pk__in=granted) | Q(parent_id__in=granted))
    return list(found.values_list("pk", flat=True))


def _declared(grant: Grant | None) -> Declaration | None:
    if grant is None:
        return None
    return Declaration(grant.purpose, tuple(grant.threat_nexus), defaulted=True)


def _is_new(member: Member) -> bool:
    if not member.review_first_n:
        return False
    decided = bulk.rows(
        """SELECT count(*) FROM (SELECT 1 FROM submission_object o JOIN submission s
             ON s.id = o.submission_id WHERE s.member_id = %s AND o.outcome = 'published'
             LIMIT %s) AS published""",
        [member.id, member.review_first_n],
    )
    return bool(decided[0][0] < member.review_first_n)


def surroundings(
    sender: Sender, chunk: Sequence[ReceivedObject], *, received_at: datetime, now: datetime
) -> Surroundings:
    """Everything about a chunk that is not in its objects."""
    collection = sender.collection
    ids = {each.id: each.type for each in chunk}
    return Surroundings(
        audience=audience(collection),
        standing=sender.standing,
        forum_identity=settings.FORUM_IDENTITY_ID,
        received_at=received_at,
        now=now,
        refuses_raw=sender.member.refuses_raw,
        first_objects=sender.first_objects,
        may_write=sender.may_write,
        epochs=live_epochs(now),
        paused=pauses.for_sender(sender.member, collection, now=now),
        stated=sender.stated,
        residential=sender.residential,
        catalogue=_catalogued(
            sender, [each for each, type_ in ids.items() if type_ in _CATALOGUED]
        ),
        echoes=sender.echoes,
        past=_past(sender, chunk),
    )


def audience(collection: Collection) -> Audience:
    """Where an object of this collection goes."""
    return Audience(
        marking=collection.level,
        exercise=collection.exercise,
        accepts_reserved=collection.accepts_reserved or collection.exercise,
    )


def _catalogued(sender: Sender, ids: Sequence[str]) -> frozenset[str]:
    """Ids that stand in a verbatim collection that the member may read."""
    if not ids:
        return frozenset()
    rows = bulk.rows(
        "SELECT stix_id FROM forum_object WHERE collection_id = ANY(%s) AND state = 'live' "
        "AND stix_id = ANY(%s)",
        [list(sender.readable), list(ids)],
    )
    return frozenset(row[0] for row in rows)


def _past(sender: Sender, chunk: Sequence[ReceivedObject]) -> Mapping[str, Past]:
    """What the member contributed under these ids, or has lying held or waiting, if newer."""
    contributed = _contributed(sender, chunk)
    for original_id, version in _unpublished(sender, chunk).items():
        earlier = contributed.get(original_id)
        if earlier is None or (earlier.version or version) < version:
            contributed[original_id] = Past(version, same_content=None, withdrawn=False)
    return contributed


def _contributed(sender: Sender, chunk: Sequence[ReceivedObject]) -> dict[str, Past]:
    by_tag = {sender.lookup_tag(each.id): each for each in chunk}
    past: dict[str, Past] = {}
    contributions = list(Contribution.objects.filter(lookup_tag__in=list(by_tag)))
    disputed = _disputed(contributions)
    for each in contributions:
        received = by_tag[bytes(each.lookup_tag)]
        past[received.id] = Past(
            version=version_of({"modified": each.original_version}),
            same_content=None
            if (must_go := _must_go(sender, received, each))
            else bytes(each.content_mac) == mac_of(sender, received.body),
            withdrawn=each.state == Contribution.State.WITHDRAWN,
            must_go=must_go,
            disputed=(each.collection_id, each.stix_id) in disputed,
        )
    return past


def _disputed(contributions: Sequence[Contribution]) -> set[tuple[uuid.UUID, str]]:
    ids = [each.stix_id for each in contributions]
    found = Appeal.objects.filter(stix_id__in=ids, state=Appeal.State.OPEN) if ids else ()
    return {(each.collection_id, each.stix_id) for each in found}


def _must_go(sender: Sender, received: ReceivedObject, earlier: Contribution) -> bool:
    """It names such an address in clear, or refers, wherever it stands, to what does."""
    if received.id in sender.households:
        return earlier.collection_id == sender.collection.id
    return not sender.households.isdisjoint(references_of(received.body))


def _unpublished(sender: Sender, chunk: Sequence[ReceivedObject]) -> dict[str, datetime]:
    by_tag = {sender.own_tag(each.id): each.id for each in chunk}
    rows = bulk.rows(
        """SELECT own_tag, max(version) FROM (
               SELECT own_tag, version FROM held_object
               WHERE own_tag = ANY(%s) AND part = 'object'
                 AND state IN ('open', 'decided', 'released')
               UNION ALL SELECT own_tag, version FROM waiting_edge WHERE own_tag = ANY(%s)
           ) AS lying WHERE version IS NOT NULL GROUP BY own_tag""",
        [list(by_tag), list(by_tag)],
    )
    return {by_tag[bytes(tag)]: version for tag, version in rows}


def mac_of(sender: Sender, body: Mapping[str, Any]) -> bytes:
    """Tells equal content of the same sender, whatever the order of its properties."""
    plain = json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
    return keyring.content_mac(sender.member.id, plain)
