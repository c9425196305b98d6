"""What on the feed a record matches.

Promises: nothing that was revoked, withdrawn or has expired is ever a hit; one record and one
publication make one hit. A hit is advice with its counter-evidence, never a verdict on a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import islice
from typing import Any

from labkit.clock import stamp
from labkit.feed_tokens import BAND, MATCH, PROBABLE
from labkit.stix import GOVERNANCE
from labkit.store import Store, Stored
from labkit.tokeniser import Tokenised


UNCORRELATED = "uncorrelated"
"""The campaign of what the hub has not yet put with others."""
PUBLIC = "public-template"
"""The label of the Forum's notes over what matches a template that anybody can read."""
_CHUNK = 512  # records looked up together


@dataclass(frozen=True, slots=True)
class Hit:
    """A record of the lab and a publication that speaks of it."""

    key: str
    """The lab's own record key."""
    kind: str
    publication: str
    collection: str
    campaign: str
    action_tier: str | None
    confidence: int | None
    """0 to 100 (STIX 2.1 §3.2); None if the Forum says nothing."""
    corroborated: bool
    counter_evidence: Sequence[str]
    expires: str
    """As STIX writes it, with milliseconds."""
    match: str
    """`exact`, or of prompt families `family` and `probable-family`."""
    own: bool
    """This lab contributed to the publication."""


FIELDS = tuple(each.name for each in fields(Hit))


class Matcher:
    """Compares tokens with what was pulled.

    Args:
        ends: until when the tokens of each epoch are taken.
        exercise: compare with what is invented too.
    """

    def __init__(
        self, store: Store, *, ends: Mapping[str, datetime], now: datetime, exercise: bool = False
    ) -> None:
        self._store = store
        self._exercise = exercise
        self._ends = ends
        self._now = now
        self._public = store.noted(PUBLIC)

    def hits(self, records: Iterable[Tokenised]) -> Iterator[Hit]:
        """The hits of each record, in the order of the records."""
        following = iter(records)
        while chunk := list(islice(following, _CHUNK)):
            spoken = self._store.speaking_of(
                (token.value for record in chunk for token in record.tokens),
                exercise=self._exercise,
            )
            if spoken:
                for record in chunk:
                    yield from self._of_record(record, spoken)

    def _of_record(self, record: Tokenised, spoken: Mapping[str, list[Stored]]) -> Iterator[Hit]:
        seen: set[int] = set()
        bands: dict[int, tuple[int, Stored]] = {}
        for token in record.tokens:
            for found in self._standing(spoken.get(token.value, ())):
                if token.kind == BAND:
                    bands[found.row] = (bands.get(found.row, (0,))[0] + 1, found)
                elif found.row not in seen:
                    seen.add(found.row)
                    yield self._hit(record.key, token.kind, token.epoch, found, "exact")
        for count, found in bands.values():
            if count >= PROBABLE:
                word = "family" if count >= MATCH else "probable-family"
                yield self._hit(record.key, BAND, str(found.body.get("epoch", "")), found, word)

    def _standing(self, found: Sequence[Stored]) -> Iterator[Stored]:
        """What counts. Where an indicator speaks of a token, standing or not, it decides alone."""
        indicators = [each for each in found if each.body["type"] == "indicator"]
        for each in indicators or found:
            if not each.withdrawn and not each.body.get("revoked") and not self._over(each.body):
                yield each

    def _over(self, body: Mapping[str, Any]) -> bool:
        until = body.get("valid_until")
        return until is not None and _moment(until) <= self._now

    def _hit(self, key: str, kind: str, epoch: str, found: Stored, match: str) -> Hit:
        body = found.body
        governance = body.get("extensions", {}).get(GOVERNANCE, {})
        until = body.get("valid_until")
        return Hit(
            key=key,
            kind=kind,
            publication=str(body["id"]),
            collection=found.collection,
            campaign=UNCORRELATED,
            action_tier=governance.get("action_tier"),
            confidence=body.get("confidence"),
            corroborated="corroborated" in body.get("labels", ()),
            counter_evidence=self._against(body, governance),
            expires=self._end(epoch) if until is None else stamp(_moment(until)),
            match=match,
            own=found.own,
        )

    def _against(self, body: Mapping[str, Any], governance: Mapping[str, Any]) -> list[str]:
        """What speaks against malice, and that anybody can read the template."""
        is_public = governance.get("public_template") or body["id"] in self._public
        return [*governance.get("counter_evidence", ()), *([PUBLIC] if is_public else [])]

    def _end(self, epoch: str) -> str:
        end = self._ends.get(epoch)
        return stamp(end) if end else ""


def _moment(text: object) -> datetime:
    return datetime.fromisoformat(str(text))
