"""Two reviewers, and one held item of each sort."""

from __future__ import annotations

import json
from typing import Any

from indicators.domain.disclosure import current_policy
from indicators.models.audit import AuditEntry
from indicators.models.submission import HeldObject
from indicators.pipeline import review
from tests.forum import Forum, indicator, now, stix


PATTERN = "[domain-name:value = 'gw-2.meadowexit.example']"
BROAD = "[domain-name:value LIKE '%.meadowexit.example']"


def as_(login: str) -> dict[str, Any]:
    """Who decides, under what policy and when."""
    return {"by": login, "policy": current_policy(), "now": now()}


ROWAN, WREN = "rowan", "wren"


def held(part: str = "properties") -> HeldObject:
    return HeldObject.objects.get(part=part)


def text(forum: Forum, **properties: Any) -> HeldObject:
    """A published indicator whose description is held."""
    said = {"description": "Our night shift saw it.", **properties}
    forum.push("alder", indicator(PATTERN, **said))
    return held()


def entity(forum: Forum) -> HeldObject:
    """An organisation, held whole: naming it needs two people."""
    forum.push("alder", stix("identity", name="MeadowExit", identity_class="organization"))
    return held("object")


def broad(forum: Forum) -> HeldObject:
    """A pattern that is too broad, held whole: one person decides."""
    forum.push("alder", indicator(BROAD))
    return held("object")


def again(item: HeldObject) -> HeldObject:
    return review.find(item.id)


def acts(item: HeldObject) -> list[tuple[str, str]]:
    """Who did what to an item, in order."""
    subject = f"{item.submission_id}#{item.ordinal}"
    entries = AuditEntry.objects.filter(subject=subject, body__contains=str(item.id))
    return list(entries.order_by("at").values_list("actor", "act"))


def journal(act: str) -> dict[str, Any]:
    """What the only entry of this act says."""
    body: dict[str, Any] = json.loads(AuditEntry.objects.get(act=act).body)
    return body


def without_by(who: dict[str, Any]) -> dict[str, Any]:
    """The same for the worker, who decides nothing."""
    return {name: value for name, value in who.items() if name != "by"}
