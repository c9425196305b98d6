"""A contributor's weight: from its own history when it sends something, sealed beside what it sent.

The worker speaks for the member at that moment and finds its objects from its own side. Nothing
that is stored tells one member's contributions from another's: weights lie sealed, each under its
own row, and the daily run opens them without learning whose they are (ADR-0027).
"""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import date
from functools import lru_cache

from indicators import keyring
from indicators.domain.confidence import weight
from indicators.domain.decay import current_decay
from indicators.models.submission import SubmissionObject
from indicators.pipeline import bulk, told


_MEMBERS = 256
"""Members whose weight one worker remembers for the day."""


@lru_cache(maxsize=_MEMBERS)
def weight_of(member_id: uuid.UUID, _day: date) -> float:
    """The weight of a member as of a day: looked up once a day and worker."""
    rule = current_decay().weight
    return weight(_history(member_id, rule.window), rule)


def sealed(tag: bytes, of: float) -> bytes:
    """A weight in hundredths, bound to the contribution's tag."""
    return keyring.seal("weight", bytes([round(100 * of)]), place=tag)


def opened(tag: bytes, sealed_weight: bytes | None) -> float:
    """The weight of a contribution; a newcomer's where none was written."""
    if sealed_weight is None:
        return current_decay().weight.newcomer
    return keyring.unseal("weight", sealed_weight, place=tag)[0] / 100


def _history(member_id: uuid.UUID, window: int) -> Counter[str]:
    """What became of a member's latest objects, in the words of `policy/decay.toml`."""
    latest = SubmissionObject.objects.filter(
        submission__member_id=member_id, outcome__in=[_PUBLISHED, _TAKEN_BACK]
    )
    newest = latest.select_related("submission").order_by("-submission__received_at")
    listed = list(newest.defer("submission__body_ct")[:window])
    taken_back = {bytes(each.own_tag) for each in listed if each.outcome == _TAKEN_BACK}
    sent: dict[bytes, tuple[uuid.UUID, str]] = {}
    for each in listed:
        original_id, _ = told.open_original(each)
        if each.outcome == _PUBLISHED and original_id:
            into = each.submission.collection_id
            sent[keyring.lookup_tag(member_id, into, original_id)] = (into, original_id)
    rows = bulk.rows(_BECAME, [list(sent)])
    became: Counter[str] = Counter()
    for tag, stix_id, upheld, corroborated in rows:
        into, original_id = sent[bytes(tag)]
        names = {keyring.own_tag(member_id, into, each) for each in (original_id, stix_id)}
        became[_word(upheld, not names.isdisjoint(taken_back), corroborated)] += 1
    return became


def _word(upheld: bool, taken_back: bool, corroborated: bool) -> str:  # noqa: FBT001  a truth table
    if upheld:
        return "upheld"
    if taken_back:
        return "taken-back"
    return "corroborated" if corroborated else "standing"


_PUBLISHED = SubmissionObject.Outcome.PUBLISHED
_TAKEN_BACK = SubmissionObject.Outcome.WITHDRAWN
_BECAME = """
SELECT c.lookup_tag, c.stix_id, EXISTS (
           SELECT FROM appeal a WHERE a.collection_id = c.collection_id
           AND a.stix_id = c.stix_id AND a.state = 'upheld'),
       coalesce(o.corroborated, false)
FROM contribution c LEFT JOIN forum_object o
  ON o.collection_id = c.collection_id AND o.stix_id = c.stix_id
WHERE c.lookup_tag = ANY(%s)
"""
