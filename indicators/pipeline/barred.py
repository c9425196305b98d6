"""What may not be published again: an appeal over it was upheld, or a person had it erased.

Known again by keyed tags alone: of its content in its collection, of its content anywhere, of each
token in it, of the values behind tokens that labs send raw, and of addresses in clear. What never
merges (a campaign, a cluster) is no evidence of identity by its content; there its contributors'
own ids are barred.
Refuses: to know a value again that a lab blinds itself in a later epoch. Nobody can, and
docs/law.md says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import Any, TypeAlias
from uuid import UUID

from django.db import transaction

from indicators import keyring
from indicators.domain.canonical import indicator_content
from indicators.domain.disclosure import Policy
from indicators.domain.identifiers import in_clear
from indicators.domain.objects import LinkedObject, ScreenedObject
from indicators.domain.outcomes import Reason, Rejected, Verdict
from indicators.domain.stix.types import SCO_TYPES
from indicators.models.barred import Barred
from indicators.models.collection import Collection
from indicators.pipeline import bulk
from indicators.pipeline.lookups import Sender
from indicators.pipeline.standing import SAID, Place, lock_places
from indicators.pipeline.takedown import take_down
from indicators.roles import publishing


_TOKEN = re.compile(r"'([A-Za-z0-9_-]{43})'")
MESSAGE = (
    "It was taken down after an appeal, or at the wish of the person whom it concerns, and is not "
    "published again. Ask the Forum if you hold that to be wrong."
)


def tags_by_ordinal(
    sender: Sender,
    screened: Mapping[int, ScreenedObject],
    linked: Sequence[LinkedObject],
    original_ids: Mapping[int, str],
) -> dict[int, set[bytes]]:
    """By what each object of a chunk is known again, here and in an appeal."""
    by_ordinal: dict[int, set[bytes]] = {}
    for each in linked:
        ordinal = each.shared.ordinal
        tags = by_ordinal.setdefault(ordinal, set())
        tags.update(_of_linked(each, sender.home_of(each).id))
        tags.add(sender.lookup_tag(original_ids[ordinal], each.shared.part))
        tags.update(value_tags(screened[ordinal].identifiers))
        tags.update(_of_addresses({"type": each.shared.type, **each.shared.properties}))
    return by_ordinal


def refused(by_ordinal: Mapping[int, set[bytes]]) -> dict[int, Verdict]:
    """Verdicts, by ordinal, over what of a chunk may not be published again. One query."""
    found = _standing(tag for tags in by_ordinal.values() for tag in tags)
    return {
        ordinal: Rejected(Reason.APPEAL_UPHELD, MESSAGE, rule_ids=("barred",))
        for ordinal, tags in by_ordinal.items()
        if not tags.isdisjoint(found)
    }


def value_tags(identifiers: Iterable[tuple[str, str]]) -> set[bytes]:
    """Tags of values as labs send them raw: (kind, normalised value)."""
    return {keyring.barred_tag(kind, value) for kind, value in identifiers}


def tags_of_published(collection: Collection, body: Mapping[str, Any]) -> list[bytes]:
    """Tags by which a published object is known again: its content's, or its contributors'."""
    canonical = _canonical(body)
    if canonical is not None:
        here, anywhere = _of_content(collection.id, canonical)
        return [here, anywhere, *_of_tokens(body["type"], body)]
    rows = bulk.rows(
        "SELECT content_key FROM forum_object WHERE collection_id = %s AND stix_id = %s "
        "AND content_key IS NOT NULL",
        [collection.id, body["id"]],
    ) or bulk.rows(
        "SELECT lookup_tag FROM contribution WHERE collection_id = %s AND stix_id = %s",
        [collection.id, body["id"]],
    )
    return [bytes(row[0]) for row in rows]


def token_tags(values: Iterable[str]) -> set[bytes]:
    """Tags of tokens as they are published."""
    return {keyring.barred_tag("token", value) for value in values}


@transaction.atomic
def bar(tags: Iterable[bytes], *, since: date, appeal: UUID | None, request: UUID | None) -> None:
    """Bar these tags for an appeal or a request; what is barred stays so."""
    Barred.objects.bulk_create(
        [Barred(tag=tag, since=since, appeal_id=appeal, request_id=request) for tag in set(tags)],
        ignore_conflicts=True,
    )


def enforce(*, policy: Policy, now: datetime, everything: bool = False) -> int:
    """Take down what was let pass in the very moment in which it was barred.

    With `everything` also what was published before, of which nobody has the words any more to
    look for what is alike: every published body is read, some 30,000 in a second.
    """
    rows = bulk.rows(
        "SELECT o.collection_id, o.stix_id FROM forum_object o JOIN barred b "
        "ON b.tag = o.content_key WHERE o.state <> 'revoked' "
        "UNION SELECT c.collection_id, c.stix_id FROM contribution c JOIN barred b "
        "ON b.tag = c.lookup_tag WHERE c.state = 'active'"
    )
    rows += _bearing(_EVER if everything else now - _LATELY)
    return _take_down(rows, act="object barred", policy=policy, now=now)


@transaction.atomic
def take_down_alike(
    collection: Collection, body: Mapping[str, Any], *, act: str, policy: Policy, now: datetime
) -> int:
    """Take down an object, what says the same in any collection, or speaks of one of its tokens.

    All are locked before the first falls: that takes the heads, which all take last.
    """
    rows = [(collection.id, str(body["id"])), *_alike(body)]
    with publishing():
        lock_places(rows)
    return _take_down(rows, act=act, policy=policy, now=now)


def _alike(body: Mapping[str, Any]) -> list[Place]:
    canonical = _canonical(body)
    keys = [
        keyring.content_key(each, canonical)
        for each in Collection.objects.values_list("id", flat=True)
        if canonical
    ]
    rows = bulk.rows(
        "SELECT collection_id, stix_id FROM forum_object "
        "WHERE content_key = ANY(%s) AND state <> 'revoked'",
        [keys],
    )
    if tokens := sorted(_tokens_of(str(body["type"]), body)):
        rows += bulk.rows(_SPEAKING, {"tokens": tokens})
    return rows


def _take_down(rows: Iterable[tuple[UUID, str]], *, act: str, policy: Policy, now: datetime) -> int:
    by_collection: dict[UUID, list[str]] = {}
    for collection_id, stix_id in rows:
        by_collection.setdefault(collection_id, []).append(stix_id)
    return sum(
        take_down(each, by_collection[each.id], act=act, policy=policy, now=now)
        for each in Collection.objects.filter(pk__in=list(by_collection))
    )


def _bearing(since: datetime) -> Iterator[tuple[UUID, str]]:
    """What was published since, or waits, and bears a tag that was barred since."""
    if not Barred.objects.filter(since__gte=since.date()).exists():
        return
    for collection in Collection.objects.filter(kind__in=_SPEAKING_KINDS).order_by("id"):
        for part in chain(_waiting(collection), _published(collection, since)):
            tags = {stix_id: _of_body(json.loads(body)) for _, stix_id, body in part}
            found = _standing(tag for each in tags.values() for tag in each)
            yield from (
                (collection.id, each) for each, of in tags.items() if not of.isdisjoint(found)
            )


_Part: TypeAlias = list[tuple[Any, str, str]]


def _published(collection: Collection, since: datetime) -> Iterator[_Part]:
    while rows := bulk.rows(
        "SELECT date_added, stix_id, body FROM publication WHERE collection_id = %s "
        "AND date_added > %s AND superseded_by IS NULL AND body IS NOT NULL "
        "ORDER BY date_added LIMIT %s",
        [collection.id, since, _AT_ONCE],
    ):
        yield rows
        since = rows[-1][0]


def _waiting(collection: Collection) -> Iterator[_Part]:
    last = ""
    while rows := bulk.rows(
        "SELECT stix_id, stix_id, body FROM release_item WHERE collection_id = %s "
        "AND stix_id > %s ORDER BY stix_id LIMIT %s",
        [collection.id, last, _AT_ONCE],
    ):
        yield rows
        last = rows[-1][0]


_AT_ONCE = 1000
_EVER = datetime.min.replace(tzinfo=UTC)
_LATELY = timedelta(days=5)
"""A batch may have waited for days since its objects were let pass."""
_SPEAKING_KINDS = (Collection.Kind.SHARING, Collection.Kind.TOKENS)
_SPEAKING = f"""
WITH said AS ({SAID})
SELECT DISTINCT collection_id, stix_id FROM said
WHERE EXISTS (SELECT FROM unnest(%(tokens)s::text[]) AS token WHERE strpos(body, token) > 0)
"""  # noqa: S608  our own text


def _of_linked(linked: LinkedObject, collection_id: UUID) -> Iterator[bytes]:
    if linked.canonical is not None:
        yield from _of_content(collection_id, linked.canonical)
    yield from _of_tokens(linked.shared.type, linked.shared.properties)


def _of_content(collection_id: UUID, canonical: str) -> tuple[bytes, bytes]:
    """The tag in its collection, and that in any."""
    return keyring.content_key(collection_id, canonical), keyring.barred_tag("content", canonical)


def _of_body(body: Mapping[str, Any]) -> set[bytes]:
    """Tags of a published body that are alike in every collection."""
    canonical = _canonical(body)
    anywhere = {keyring.barred_tag("content", canonical)} if canonical else set()
    return anywhere | _of_tokens(str(body["type"]), body) | _of_addresses(body)


def _of_tokens(type_: str, properties: Mapping[str, Any]) -> set[bytes]:
    return token_tags(_tokens_of(type_, properties))


def _tokens_of(type_: str, properties: Mapping[str, Any]) -> set[str]:
    if type_ == "match-token":
        return {str(properties["value"])}
    if type_ == "indicator" and "match-token:" in str(properties.get("pattern", "")):
        return set(_TOKEN.findall(str(properties["pattern"])))
    return set()


def _of_addresses(body: Mapping[str, Any]) -> set[bytes]:
    """An address is personal where it is a household's, and barred it is so in clear as well."""
    return value_tags(in_clear(body))


def _canonical(body: Mapping[str, Any]) -> str | None:
    """As the river says it (`stages/anonymise.py`); a relationship's is made of keys, not words."""
    if body["type"] == "indicator":
        return indicator_content(str(body["pattern_type"]), str(body["pattern"]))
    return str(body["id"]) if body["type"] in SCO_TYPES else None


def _standing(tags: Iterable[bytes]) -> set[bytes]:
    wanted = list(tags)
    rows = bulk.rows("SELECT tag FROM barred WHERE tag = ANY(%s)", [wanted]) if wanted else []
    return {bytes(row[0]) for row in rows}
