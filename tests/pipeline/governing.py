"""People who govern the hub, and what they look at."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import Any

from indicators.domain.disclosure import current_policy
from indicators.members.registry import Clerk
from indicators.models.audit import AuditEntry
from indicators.models.submission import Submission
from tests.forum import STATES_NEXUS, Forum, indicator, now, stix


PATTERN = "[domain-name:value = 'gw-2.meadowexit.example']"
MAIL = "robin@kestrelmail.example"
POLICY = current_policy()


def seen(*objects: dict[str, Any], **properties: Any) -> dict[str, Any]:
    """Observed-data over these."""
    refs = [each["id"] for each in objects]
    first, last = "2026-11-01T09:14:00Z", "2026-11-01T10:14:00Z"
    return stix("observed-data", first_observed=first, last_observed=last, number_observed=7,
                object_refs=refs, **properties)  # fmt: skip


def clerk(login: str = "counsel-a", *, after: timedelta = timedelta()) -> Clerk:
    """A person of the staff, now or after a while."""
    return Clerk(by=login, policy=POLICY, now=now() + after)


def about_mail(value: str = MAIL, **properties: Any) -> dict[str, Any]:
    """An indicator over a personal identifier that states its own nexus."""
    pattern = f"[email-addr:value = '{value}']"
    return indicator(pattern, extensions=STATES_NEXUS, **properties)


def acts(name: str) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(act=name))


def facts(name: str) -> dict[str, Any]:
    """What the journal says in its only entry of an act."""
    [entry] = acts(name)
    found: dict[str, Any] = json.loads(entry.body)
    return found


def age(submission_id: uuid.UUID, *, days: int) -> None:
    """As if it had been received so many days ago."""
    found = Submission.objects.get(pk=submission_id)
    found.received_at -= timedelta(days=days)
    found.purge_after -= timedelta(days=days)
    found.save(update_fields=["received_at", "purge_after"])


def live(forum: Forum, alias: str = "distillation") -> list[dict[str, Any]]:
    """What stands in a feed and was not taken back."""
    return [each for each in forum.feed(alias) if not each.get("revoked")]
