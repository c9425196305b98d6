"""What members say of what stands, as they would send it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from indicators.domain.stix.extensions import BY_NAME
from indicators.models.appeal import Appeal
from indicators.models.feedback import Feedback
from indicators.pipeline import appeals
from indicators.pipeline.tasks import show_appeal
from tests.forum import Forum, indicator, now, stix
from tests.pipeline.governing import POLICY, clerk


NORDVALE = "[ipv4-addr:value ISSUBSET '192.0.2.200/29']"
"""An honest consortium that runs a published benchmark."""
GOVERNANCE = BY_NAME["share-governance"].id


def published(forum: Forum, lab: str = "birch", **properties: Any) -> str:
    """The Forum's id of what a lab reports of Nordvale."""
    status = forum.push(lab, indicator(NORDVALE, **properties))
    [entry] = status.entries
    assert entry.outcome == "published", entry
    return entry.message.split()[-1]


def sighting(of: str, **properties: Any) -> dict[str, Any]:
    return stix("sighting", sighting_of_ref=of, **properties)


def opinion(over: str, verdict: str = "", **properties: Any) -> dict[str, Any]:
    """An opinion; with a verdict in the Forum's own words, if one is given."""
    said = {"opinion": "disagree", "object_refs": [over], **properties}
    if verdict:
        extension = {"extension_type": "property-extension", "verdict": verdict}
        said["extensions"] = {BY_NAME["feedback-verdict"].id: extension}
    return stix("opinion", **said)


def with_basis(body: dict[str, Any], basis: str) -> dict[str, Any]:
    said = {GOVERNANCE: {"extension_type": "property-extension", "basis": basis}}
    return body | {"extensions": body.get("extensions", {}) | said}


def later(body: dict[str, Any], day: int = 5, **changes: Any) -> dict[str, Any]:
    """The next version."""
    return body | {"modified": f"2026-11-{day:02}T00:00:00.000Z"} | changes


def rows(**wanted: Any) -> list[tuple[str, str, int | None]]:
    """What is counted now: verdict, basis and bucket."""
    found = Feedback.objects.filter(state="active", **wanted).order_by("verdict", "stix_id")
    return list(found.values_list("verdict", "basis", "count_bucket"))


def dispute(forum: Forum, stix_id: str, *labs: str, verdict: str = "published-benchmark") -> None:
    for lab in labs:
        forum.push(lab, opinion(stix_id, verdict))
    show()


def show() -> None:
    """What the doorbell of an appeal does."""
    appeals.apply_due(policy=POLICY, now=now())


def close(*, upheld: bool, ground: str = "members-dispute") -> None:
    """Staff decide the open appeal on this ground."""
    appeal = Appeal.objects.get(state="open", ground=ground)
    appeals.close(
        clerk(after=timedelta(seconds=1)), appeal.id, upheld=upheld, outcome="see the file"
    )
    show_appeal(appeal_id=str(appeal.id))


def governance(body: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = body.get("extensions", {}).get(GOVERNANCE, {})
    return found
