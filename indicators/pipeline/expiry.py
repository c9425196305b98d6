"""What is published ends: indicators after their time, everything else after its last contribution.

Tokens die with their epoch: once its seeds are gone nobody can make them again, so what speaks of
them could never match (docs/law.md). What ends is withdrawn as if it were taken back: revoked,
blanked, listed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.db import transaction

from indicators.domain.disclosure import Policy
from indicators.domain.stix.types import SCO_TYPES
from indicators.domain.terms import current_terms
from indicators.matching.epochs import ended_epochs
from indicators.models.collection import Collection
from indicators.pipeline import bulk
from indicators.pipeline.standing import SAID
from indicators.pipeline.takedown import take_down
from indicators.roles import publishing
from labkit.normalise import KINDS


_KINDS = Collection.Kind


def expire(*, policy: Policy, now: datetime) -> int:
    """Withdraw what has ended; returns how many objects."""
    return sum(
        take_down(collection, _ended(collection, policy, now), act="object expired", policy=policy,
                  now=now)
        for collection in _sharing()
    )  # fmt: skip


def forget_withdrawn(*, now: datetime) -> int:
    """Blank old notes of what is gone: whoever pulls has long seen them; returns how many.

    An observable's id is computed from its value, so that the note names it to whoever guesses.
    """
    before = now - timedelta(days=current_terms().other)
    with transaction.atomic(), publishing():
        rows = bulk.rows(_FORGET, {"kind": _KINDS.WITHDRAWN, "before": before})
        for table in ("forum_object", "edge"):
            bulk.run(
                f"DELETE FROM {table} WHERE collection_id = ANY(%s) AND stix_id = ANY(%s)",  # noqa: S608  our own
                [list({row[0] for row in rows}), [row[1] for row in rows]],
            )
    return len(rows)


def end_epochs(*, policy: Policy, now: datetime) -> int:
    """Withdraw what speaks of tokens of epochs that are over or revoked; returns how many."""
    epochs = ended_epochs(now)
    if not epochs:
        return 0
    return sum(
        _end_in(collection, epochs, policy=policy, now=now)
        for collection in Collection.objects.filter(kind=_KINDS.TOKENS).order_by("id")
    )


def _end_in(collection: Collection, epochs: list[str], *, policy: Policy, now: datetime) -> int:
    ids = _speaking_of(collection, epochs)
    done = take_down(collection, ids, act="object epoch ended", policy=policy, now=now)
    with transaction.atomic(), publishing():
        # That it was once said is a mark of the token, too.
        bulk.run("DELETE FROM spoken WHERE stix_id = ANY(%s)", [ids])
    return done


def _sharing() -> Iterable[Collection]:
    kinds = [_KINDS.SHARING, _KINDS.TOKENS]
    return Collection.objects.filter(kind__in=kinds).order_by("id")


def _ended(collection: Collection, policy: Policy, now: datetime) -> list[str]:
    terms = current_terms()
    days = days_of(policy)
    indicators = bulk.rows(_INDICATORS, [collection.id, now - timedelta(days=terms.grace)])
    others = bulk.rows(
        _OTHERS,
        {
            "collection": collection.id,
            "sorts": list(days),
            "days": list(days.values()),
            "today": now.astimezone(UTC).date(),
        },
    )
    return [row[0] for row in (*indicators, *others)]


def days_of(policy: Policy) -> dict[str, int]:
    """How long a published object stands after its last contribution, by type.

    Of `match-token` by kind of token as well (`match-token/phone`). Indicators end by themselves.
    """
    terms = current_terms()
    days = {
        type_: policy.lifetimes[policy.kind_of(f"{type_}:")] + terms.observable
        if type_ in SCO_TYPES
        else terms.other
        for type_ in policy.types
        if type_ != "indicator"
    }
    by_kind = {
        f"match-token/{kind}": policy.lifetimes[policy.kind_of(f"match-token:{kind}")]
        + terms.observable
        for kind in KINDS
    }
    return days | by_kind


def _speaking_of(collection: Collection, epochs: list[str]) -> list[str]:
    """What a collection of tokens says, or is about to say, of these epochs."""
    rows = bulk.rows(_OF_EPOCHS, {"collection": collection.id, "epochs": epochs})
    return [row[0] for row in rows]


_FORGET = """
UPDATE publication SET body = NULL, superseded_by = position
WHERE collection_id IN (SELECT id FROM collection WHERE kind = %(kind)s)
  AND date_added < %(before)s AND body IS NOT NULL
RETURNING collection_id, stix_id
"""
_INDICATORS = """
SELECT stix_id FROM publication
WHERE collection_id = %s AND type = 'indicator' AND superseded_by IS NULL AND body IS NOT NULL
  AND (body::jsonb ->> 'valid_until')::timestamptz < %s
  -- What is suspended says an end that is not its own: whoever decides gives it back.
  AND NOT EXISTS (SELECT FROM forum_object o WHERE o.collection_id = publication.collection_id
                  AND o.stix_id = publication.stix_id AND o.state = 'suspended')
"""
_OTHERS = """
WITH standing AS (
    -- Until k stand behind it, how long it stands depends on the first of them alone.
    SELECT o.stix_id, o.type, min(p.body) AS body,
           coalesce(max(c.last_day) FILTER (WHERE c.is_first AND NOT o.corroborated),
                    max(c.last_day)) AS last
    FROM forum_object o
    JOIN contribution c ON c.collection_id = o.collection_id AND c.stix_id = o.stix_id
                       AND c.state = 'active'
    LEFT JOIN publication p ON o.type = 'match-token' AND p.collection_id = o.collection_id
                           AND p.stix_id = o.stix_id AND p.superseded_by IS NULL
    WHERE o.collection_id = %(collection)s AND o.state = 'live' AND o.type <> 'indicator'
    GROUP BY o.stix_id, o.type
), sorted AS (
    SELECT stix_id, last, type, type || '/' || coalesce(body::jsonb ->> 'kind', '') AS finer
    FROM standing
), terms AS (
    SELECT * FROM unnest(%(sorts)s::text[], %(days)s::int[]) AS t (sort, days)
)
SELECT stix_id FROM sorted
LEFT JOIN terms fine ON fine.sort = finer
LEFT JOIN terms rough ON rough.sort = type
WHERE last < %(today)s::date - coalesce(fine.days, rough.days)
"""
_OF_EPOCHS = f"""
WITH said AS ({SAID})
SELECT DISTINCT stix_id FROM said
WHERE collection_id = %(collection)s AND ((type IN ('match-token', 'prompt-family')
       AND body::jsonb ->> 'epoch' = ANY(%(epochs)s))
   OR (type = 'indicator' AND EXISTS (
       SELECT FROM unnest(%(epochs)s::text[]) AS epoch
       WHERE strpos(body, ':epoch = ''' || epoch || '''') > 0)))
"""  # noqa: S608  our own text
