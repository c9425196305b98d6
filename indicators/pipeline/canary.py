"""A token that a lab can always expect in an exercise: how it finds out that its set-up works.

The Forum itself says it; no member stands behind it, so none can take it back. It has no content
key: a lab that pushes the same address has an object of its own.
"""

from __future__ import annotations

import json
from datetime import datetime

from django.db import transaction

from indicators.audit.journal import record
from indicators.domain.disclosure import Policy
from indicators.domain.identifiers import Reading
from indicators.domain.screens.residential import NOWHERE
from indicators.domain.stix import pattern_tokens
from indicators.domain.stix.patterns import parse_pattern
from indicators.domain.stix.times import cut_down, format_time
from indicators.domain.tokens import Token
from indicators.matching.tokenise import tokens
from indicators.models.collection import Collection
from indicators.pipeline import bulk
from indicators.pipeline.publish import Own, Publisher, speak
from indicators.pipeline.standing import Place
from indicators.pipeline.verdicts import published_acts
from indicators.roles import publishing


ADDRESS = "canary@forum-share.example"
_TYPES = ["benign"]
_STANDS = """
SELECT p.collection_id, p.stix_id, p.body FROM publication p
JOIN collection c ON c.id = p.collection_id AND c.kind = %(kind)s AND c.exercise
WHERE p.type = 'indicator' AND p.superseded_by IS NULL AND p.body LIKE '%%"benign"%%'
  AND NOT EXISTS (SELECT FROM contribution b
                  WHERE b.collection_id = p.collection_id AND b.stix_id = p.stix_id)
"""


def ensure(*, policy: Policy, now: datetime) -> int:
    """Say it in every exercise where it is not said under the current key; return where it was new.

    Raises:
        TokensUnavailable: no token can be made now.
    """
    exercises = Collection.objects.filter(kind=Collection.Kind.TOKENS, exercise=True).order_by("id")
    if not exercises:
        return 0
    pattern, until = _pattern(policy, now)
    return sum(
        _say(Publisher(each, policy, now), pattern, until)
        for each in exercises
        if not _is_said(each, pattern)
    )


def places() -> list[Place]:
    """Where it stands now, under every key that lives: the Forum's own word, behind it nobody."""
    rows = bulk.rows(_STANDS, {"kind": Collection.Kind.TOKENS})
    return [
        (home, stix_id)
        for home, stix_id, body in rows
        if json.loads(body).get("indicator_types") == _TYPES
    ]


def _pattern(policy: Policy, now: datetime) -> tuple[str, datetime]:
    reading = Reading(policy, NOWHERE)
    pattern = parse_pattern(f"[email-addr:value = '{ADDRESS}']")
    wanted = pattern_tokens.search(pattern, reading).identifiers
    made = tokens(wanted, now=now)
    ends: list[Token] = [made[each] for each in wanted]
    return pattern_tokens.with_tokens(pattern, reading, made), min(one.not_after for one in ends)


def _is_said(collection: Collection, pattern: str) -> bool:
    rows = bulk.rows(
        "SELECT body FROM publication WHERE collection_id = %s AND type = 'indicator' "
        "AND superseded_by IS NULL AND body LIKE %s",
        [collection.id, f"%{_first_token(pattern)}%"],
    )
    return any(_is_the_canary(json.loads(row[0]), pattern) for row in rows)


def _first_token(pattern: str) -> str:
    """Base64url holds no `%`; its `_` stands for any letter, and what is found is compared."""
    return next(each for each in pattern.split("'") if len(each) == 43)  # noqa: PLR2004  a token


def _is_the_canary(body: dict[str, object], pattern: str) -> bool:
    return body.get("pattern") == pattern and body.get("indicator_types") == _TYPES


@transaction.atomic
def _say(publisher: Publisher, pattern: str, until: datetime) -> int:
    sign = Own(
        "indicator",
        {
            "pattern": pattern,
            "pattern_type": "stix",
            "pattern_version": "2.1",
            "indicator_types": _TYPES,
            "valid_from": format_time(cut_down(publisher.now, "day")),
            "valid_until": format_time(until),
        },
    )
    with publishing():
        said = speak(publisher, [sign])
    alias = publisher.collection.alias
    acts = published_acts(said, act="object published", collection=alias)
    record(acts, policy=publisher.policy, now=publisher.now)
    return len(said)
