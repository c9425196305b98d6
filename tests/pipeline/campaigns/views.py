"""What labs send of campaigns, and what the Forum says once it has correlated it."""

from __future__ import annotations

from typing import Any

from indicators.domain.disclosure import current_policy
from indicators.domain.governance import forums_words
from indicators.models.campaign import Campaign
from indicators.pipeline import correlate
from tests.forum import STATES_NEXUS, Forum, indicator, now, relationship, stix


JSON = dict[str, Any]
SEEN = "2026-10-05T00:00:00Z"


def phone(number: int) -> JSON:
    """An account known by its telephone number; equal numbers are one, whoever sees it."""
    return stix("user-account", account_type="phone", account_login=f"+1202555{number:04}") | {
        "created": None,
        "modified": None,
    }


def observed(*numbers: int) -> list[JSON]:
    """Accounts, and the observation that lists them."""
    accounts = [_plain(phone(each)) for each in numbers]
    seen = stix(
        "observed-data",
        first_observed=SEEN,
        last_observed="2026-11-01T00:00:00Z",
        number_observed=10,
        object_refs=[each["id"] for each in accounts],
    )
    terms = stix(
        "grouping",
        context="suspicious-activity",
        object_refs=[seen["id"]],
        extensions=STATES_NEXUS,
    )
    return [*accounts, seen, terms]


def _plain(body: JSON) -> JSON:
    return {name: value for name, value in body.items() if value is not None}


def view(*numbers: int, egress: str = "198.51.100.11", **said: Any) -> list[JSON]:
    """A lab's campaign, its accounts, and an indicator that it states to be of it."""
    campaign = stix("campaign", name="as the lab calls it", first_seen=SEEN, **said)
    *accounts, seen, terms = observed(*numbers)
    terms["object_refs"] = [campaign["id"], seen["id"]]
    gateway = indicator(f"[ipv4-addr:value = '{egress}']")
    return [
        *accounts, campaign, seen, terms, gateway, relationship(gateway, "indicates", campaign),
    ]  # fmt: skip


def correlated(forum: Forum) -> correlate.Report:
    """Run now."""
    report = correlate.run(forum.collections["distillation"], policy=current_policy(), now=now())
    assert report is not None
    return report


def campaigns(forum: Forum) -> list[JSON]:
    """The Forum's campaigns that stand, by name."""
    own = set(Campaign.objects.values_list("stix_id", flat=True))
    found = [each for each in forum.feed() if each["id"] in own and not each.get("revoked")]
    return sorted(found, key=lambda each: str(each["name"]))


def said_of(forum: Forum, pattern: str) -> Any:
    """What the indicator over this address says of its campaign."""
    [found] = [each for each in forum.feed() if pattern in each.get("pattern", "")]
    return forums_words(found).get("campaign")


def ends(forum: Forum, verb: str, alias: str = "distillation") -> set[tuple[str, str]]:
    """Source and target of all standing relationships of one sort."""
    return {
        (each["source_ref"], each["target_ref"])
        for each in forum.feed(alias)
        if each.get("relationship_type") == verb and not each.get("revoked")
    }
