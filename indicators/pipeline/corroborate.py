"""The daily run: what the Forum believes of each object, as its reports get older and more.

Until k distinct members saw a thing themselves, nothing that is exported depends on any but its
first contributor; from k on it is said to be corroborated, and follows all. Whatever depends on
more than the first changes here alone, once a day for all, so that no lab can tell by trying who
came when (docs/privacy.md). A new version is said only where a step of the scale is crossed, or an
end moves far enough (docs/confidence.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction

from indicators.audit.journal import record
from indicators.domain.confidence import Belief, Word, alone, is_news, together
from indicators.domain.decay import DecayPolicy, current_decay
from indicators.domain.disclosure import Policy
from indicators.domain.governance import governance_of
from indicators.domain.stix.times import format_time, parse_time
from indicators.domain.stix.types import SCO_TYPES
from indicators.matching.epochs import live_epochs
from indicators.models.collection import Collection
from indicators.pipeline import backing, bulk, lineage
from indicators.pipeline.backing import Standing
from indicators.pipeline.publish import CORROBORATED, Publisher, revised
from indicators.pipeline.standing import live_bodies, lock_live, standing_bodies, waiting_ids
from indicators.pipeline.verdicts import published_acts
from indicators.roles import publishing


_AT_ONCE = 1000
_EPOCH = re.compile(r"(?:match-token|prompt-family):epoch = '([^']+)'")


@dataclass(frozen=True, slots=True)
class _Day:
    """One collection on the day of a run."""

    publisher: Publisher
    decay: DecayPolicy
    epochs: Mapping[str, datetime]
    """Ends of the epochs whose tokens live."""

    @property
    def collection(self) -> Collection:
        return self.publisher.collection

    @property
    def today(self) -> date:
        return self.publisher.now.astimezone(UTC).date()


@dataclass(frozen=True, slots=True)
class _View:
    """What one object comes to today."""

    standing: Standing
    said: Belief
    lead: Word | None
    """Whose word it follows alone; None if at least k members stand behind it."""

    @property
    def corroborated(self) -> bool:
        return self.lead is None

    @property
    def flips(self) -> bool:
        """Whether it became corroborated, or is so no more."""
        return self.corroborated != self.standing.corroborated

    @property
    def ends(self) -> bool:
        """Whether it is corroborated no more."""
        return self.flips and not self.corroborated

    @property
    def act(self) -> str:
        """What the journal calls it when its next version is said."""
        if not self.flips:
            return "object weighed anew"
        return "object corroborated no more" if self.ends else "object corroborated"


def run(*, policy: Policy, now: datetime) -> int:
    """Look at every sharing collection and beside it; return how many objects changed."""
    kinds = [Collection.Kind.SHARING, Collection.Kind.TOKENS]
    collections = Collection.objects.filter(kind__in=kinds).order_by("id")
    decay, epochs = current_decay(), live_epochs(now)
    return sum(_over(_Day(Publisher(each, policy, now), decay, epochs)) for each in collections)


def _over(day: _Day) -> int:
    changed = 0
    for part in backing.parts(day.collection.id):
        due = _due(day, _views(day, part))
        changed += sum(_say(day, some) for some in _some(due))
    return changed


def _some(views: Sequence[_View]) -> Iterator[dict[str, _View]]:
    for start in range(0, len(views), _AT_ONCE):
        yield {each.standing.stix_id: each for each in views[start : start + _AT_ONCE]}


def _views(day: _Day, part: Sequence[Standing]) -> list[_View]:
    backings, k = backing.read(day.collection.id, part, today=day.today), day.collection.k
    enough = {key: each for key, each in backings.items() if len(each.members) >= k}
    weights = backing.weights_of(enough.values())
    views = []
    for each in part:
        behind = backings[each.stix_id]
        if each.stix_id in enough:
            said = together(behind, weights, today=day.today, decay=day.decay)
            views.append(_View(each, said, lead=None))
        elif lead := behind.lead(active=each.corroborated):
            said = alone(behind, lead, today=day.today, decay=day.decay)
            views.append(_View(each, said, lead))
    return views


def _due(day: _Day, views: Sequence[_View]) -> list[_View]:
    """Those that flip or would say something else, and may now."""
    views = _unhurried(day, views)
    bodies = live_bodies(day.collection, [e.standing.stix_id for e in views if not e.flips])
    return [
        each
        for each in views
        if each.flips or ((body := bodies.get(each.standing.stix_id)) and _changes(day, body, each))
    ]


def _unhurried(day: _Day, views: Sequence[_View]) -> list[_View]:
    """Less those of which a version waits for its batch: they have their turn when it is out.

    Only a label that is true no more does not wait for that.
    """
    waiting = waiting_ids(day.collection, [each.standing.stix_id for each in views])
    return [each for each in views if each.ends or each.standing.stix_id not in waiting]


@transaction.atomic
def _say(day: _Day, due: Mapping[str, _View]) -> int:
    publisher, collection = day.publisher, day.collection
    with publishing():
        standing = lock_live(collection, sorted(due))
        # Once more: a version may have come before the lock.
        views = _unhurried(day, [due[key] for key in standing])
        _flag(collection, views)
        bodies = standing_bodies(collection, [each.standing.stix_id for each in views])
        items = [
            revised(publisher, body, changes)
            for key, body in bodies.items()
            if (changes := _changes(day, body, due[key]))
        ]
        publisher.reissue(items)
    _let_follow(collection, views)
    _journal(publisher, [due[each.stix_id] for each in items])
    with publishing():
        publisher.publish()
    return len(items)


def _journal(publisher: Publisher, said: Sequence[_View]) -> None:
    by_act: dict[str, list[str]] = {}
    for each in said:
        by_act.setdefault(each.act, []).append(each.standing.stix_id)
    for act, stix_ids in by_act.items():
        acts = published_acts(stix_ids, act=act, collection=publisher.collection.alias)
        record(acts, policy=publisher.policy, now=publisher.now)


def _flag(collection: Collection, views: Sequence[_View]) -> None:
    for corroborated in (True, False):
        ids = [
            each.standing.stix_id
            for each in views
            if each.flips and each.corroborated is corroborated
        ]
        bulk.run(
            "UPDATE forum_object SET corroborated = %s "
            "WHERE collection_id = %s AND stix_id = ANY(%s)",
            [corroborated, collection.id, ids],
        )


def _let_follow(collection: Collection, views: Sequence[_View]) -> None:
    """What fewer than k are left behind follows the first of those who are, from now on."""
    rows = [
        (each.lead.tag, collection.id, each.standing.stix_id, each.said.end)
        for each in views
        if each.flips and each.lead and not each.lead.is_first
    ]
    lineage.enthrone(rows)


def _changes(day: _Day, body: Mapping[str, Any], view: _View) -> dict[str, object]:
    """What the next version says that this one does not; empty if there is to be none."""
    if body["type"] in SCO_TYPES or governance_of(body).get("disputed"):
        return {}
    changes: dict[str, object] = {}
    labels = {*body.get("labels", ())} - {CORROBORATED}
    labels |= {CORROBORATED} if view.corroborated else set()
    if labels != {*body.get("labels", ())}:
        changes["labels"] = sorted(labels) or None
    confidence = view.said.confidence
    if _may_say(day, body, view) and confidence != body.get("confidence"):
        changes["confidence"] = confidence
    if end := _end(day, body, view, is_said_anyway=bool(changes)):
        changes["valid_until"] = format_time(end)
    return changes


def _may_say(day: _Day, body: Mapping[str, Any], view: _View) -> bool:
    """Whether the policy lists a confidence, and this one is not merely missing."""
    rule = day.publisher.policy.types[body["type"]].properties.get("confidence")
    is_listed = rule is not None and rule.action == "scale"
    return is_listed and (view.said.confidence is not None or view.flips)


def _end(
    day: _Day, body: Mapping[str, Any], view: _View, *, is_said_anyway: bool
) -> datetime | None:
    """Another end, if it is worth a version; never beyond that of the tokens it speaks of."""
    if view.said.end is None or "valid_until" not in body:
        return None
    standing = parse_time(body["valid_until"])
    epochs = [day.epochs[each] for each in _EPOCH.findall(body["pattern"]) if each in day.epochs]
    wanted = min([view.said.end, *epochs])
    if is_said_anyway:
        return wanted if wanted != standing else None
    lives, now = day.decay.lives(view.standing.kind), day.publisher.now
    is_due = is_news(standing, wanted, lives=lives, now=now, step=day.decay.step)
    return wanted if is_due else None
