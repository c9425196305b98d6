"""The Forum's own objects of a campaign: found, kept up to what its reports say, and ended.

Everything here is a difference between what is wanted and what stands, so a run that was cut short
is made up by the next. Each step is a transaction of its own: none holds the publish lock for long.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from indicators.domain.governance import forums_words
from indicators.domain.stix.extensions import BY_NAME
from indicators.models.campaign import Campaign
from indicators.models.collection import Collection
from indicators.pipeline import bulk
from indicators.pipeline.campaigns.drawing import Drawn
from indicators.pipeline.campaigns.relations import relate
from indicators.pipeline.campaigns.scribe import Scribe
from indicators.pipeline.publish import Own, revised, speak
from indicators.pipeline.standing import live_bodies, lock_live
from indicators.pipeline.withdraw import blank_superseded
from indicators.roles import publishing


_CHANGED = "campaign published"
_NO_WINDOW = {"first_seen": None, "last_seen": None}
"""Of a campaign whose reports give no times any more."""
_EXTENSIONS = ("distillation-profile", "share-governance")


@transaction.atomic
def found(scribe: Scribe, drawn: Drawn, *, members: Iterable[str]) -> Campaign:
    """Publish a new campaign, and write down which reports it is made of."""
    collection = scribe.collections[0]
    with publishing():
        designation = _next_designation(collection, scribe.now)
        own = Own("campaign", {**drawn.portrait.campaign, "name": designation})
        [stix_id] = speak(scribe.main, [own])
        made = Campaign.objects.create(
            collection=collection,
            stix_id=stix_id,
            designation=designation,
            founded_at=scribe.now,
        )
        bulk.insert(
            "campaign_member",
            ("collection_id", "report", "campaign_id", "view"),
            ((collection.id, each, stix_id, "") for each in members),
            tail="ON CONFLICT (collection_id, report) DO UPDATE "
            "SET campaign_id = excluded.campaign_id",
        )
    scribe.note([stix_id], act="campaign founded", home=collection)
    return made


def _next_designation(collection: Collection, now: datetime) -> str:
    """FDA-2026-001: numbered within the collection and the year; runs are one at a time."""
    begins = f"FDA-{now.year}-"
    taken = Campaign.objects.filter(collection=collection, designation__startswith=begins)
    numbers = [int(each[len(begins) :]) for each in taken.values_list("designation", flat=True)]
    return f"{begins}{max(numbers, default=0) + 1:03}"


def tell(scribe: Scribe, campaign: Campaign, drawn: Drawn) -> None:
    """Bring everything that is said of a campaign up to what its reports say now."""
    said = {**_NO_WINDOW, **drawn.portrait.campaign, "name": title(campaign)}
    _say_again(scribe, campaign.stix_id, said)
    _tell_network(scribe, campaign, drawn)
    relate(scribe, campaign, drawn)


def title(campaign: Campaign) -> str:
    """How the Forum calls it: by its number, and by the name that staff gave it."""
    return f"{campaign.designation} {campaign.name}".strip()


def call(scribe: Scribe, campaign: Campaign, name: str) -> None:
    """Say a campaign's name beside its number."""
    scribe.keep(campaign, name=name)
    _say_again(scribe, campaign.stix_id, {"name": title(campaign)})


@transaction.atomic
def _say_again(scribe: Scribe, stix_id: str, said: Mapping[str, object]) -> None:
    collection = scribe.collections[0]
    with publishing():
        standing = lock_live(collection, [stix_id])
        body = live_bodies(collection, standing).get(stix_id)
        changes = _changes(body, said) if body else {}
        if body is None or not changes:
            return
        scribe.main.reissue([revised(scribe.main, body, changes)])
        scribe.main.publish()
        # What it said may have been somebody's who took it back since.
        blank_superseded(collection, [stix_id])
    scribe.note([stix_id], act=_CHANGED, home=collection)


def _changes(body: Mapping[str, Any], said: Mapping[str, object]) -> dict[str, object]:
    """What is to be said otherwise; the words that others of the Forum's parts added stay."""
    wanted = {name: value for name, value in said.items() if name != "extensions"}
    changes = {name: value for name, value in wanted.items() if body.get(name) != value}
    extensions = said.get("extensions")
    for name in _EXTENSIONS if isinstance(extensions, Mapping) else ():
        stands = body.get("extensions", {}).get(BY_NAME[name].id)
        terms = extensions.get(name) if isinstance(extensions, Mapping) else None
        if name == "share-governance":
            terms = {**(terms or {}), **forums_words(body)}
        next_ = {"extension_type": "property-extension", **terms} if terms else None
        if stands != next_:
            changes[f"extensions.{name}"] = next_
    return changes


def _tell_network(scribe: Scribe, campaign: Campaign, drawn: Drawn) -> None:
    """Of the Forum's infrastructure object, which stands while there are observables in it."""
    figure = drawn.portrait
    if figure.parts and campaign.infrastructure_id:
        name = f"{campaign.designation} infrastructure"
        said = {**_NO_WINDOW, **figure.network, "name": name}
        _say_again(scribe, campaign.infrastructure_id, said)
    elif figure.parts:
        _found_network(scribe, campaign, figure.network)
    elif campaign.infrastructure_id:
        scribe.end(scribe.collections[0], [campaign.infrastructure_id])
        scribe.keep(campaign, infrastructure_id="")


@transaction.atomic
def _found_network(scribe: Scribe, campaign: Campaign, said: Mapping[str, object]) -> None:
    named = {**said, "name": f"{campaign.designation} infrastructure"}
    with publishing():
        [stix_id] = speak(scribe.main, [Own("infrastructure", named)])
    scribe.keep(campaign, infrastructure_id=stix_id)
    scribe.note([stix_id], act=_CHANGED, home=scribe.collections[0])


def end(scribe: Scribe, campaign: Campaign, *, merged_into: str = "") -> None:
    """Revoke a campaign: an older one goes on for it, or nothing holds it together any more."""
    said = [each for each in (campaign.stix_id, campaign.infrastructure_id) if each]
    scribe.end(scribe.collections[0], said)
    state = Campaign.State.MERGED if merged_into else Campaign.State.ENDED
    scribe.keep(campaign, state=state, merged_into=merged_into, infrastructure_id="")
