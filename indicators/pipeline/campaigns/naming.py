"""What people call a campaign: a name beside its number, and the operator whom it is attributed to.

Giving a name and saying it are two acts: staff give it at their screens, which may not write the
feed, and the worker says it. Names are said in the order in which they were given.

An operator is a designation of the Forum's (FDA-OP-01) and never the name of anybody. Whether two
campaigns are one operator's is a person's judgement: the software attributes nothing.
"""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from functools import partial

from django.db import transaction

from indicators.domain.disclosure import Policy
from indicators.domain.screens.naming import named_in
from indicators.members.names import known_names
from indicators.members.registry import Clerk
from indicators.models.campaign import Campaign
from indicators.models.campaign_name import CampaignName
from indicators.pipeline import bulk, doorbell
from indicators.pipeline.campaigns.evidence import family_of
from indicators.pipeline.campaigns.objects import call, title
from indicators.pipeline.campaigns.relations import attribute
from indicators.pipeline.campaigns.scribe import Scribe
from indicators.pipeline.publish import Own, speak
from indicators.roles import publishing


_NAME = re.compile(r"[A-Z][A-Z0-9]*( [A-Z][A-Z0-9]*){0,3}")
LONGEST = 40
_BEGINS = "FDA-OP-"
_LOCK = 0x6F706572  # any constant: one operator is numbered at a time
_NAMING = 0x6E616D65  # any constant: one name is given at a time


class NamingError(ValueError):
    """A name that cannot be given; the message says why."""


def find(designation: str) -> Campaign:
    """The standing campaign of this designation or id.

    Raises:
        NamingError: there is none, or one in several collections.
    """
    standing = Campaign.objects.filter(state=Campaign.State.LIVE).select_related("collection")
    found = [each for each in standing if designation in (each.designation, each.stix_id)]
    if len(found) != 1:
        raise NamingError(
            f"{len(found)} standing campaigns go by {designation!r}; give the id of one."
        )
    return found[0]


def name(clerk: Clerk, scribe: Scribe, campaign: Campaign, words: str) -> None:
    """Give a campaign a name and say it at once.

    Raises:
        NamingError: as `give`.
    """
    _give(clerk, campaign, words)
    _say(scribe, campaign)


@transaction.atomic
def give(clerk: Clerk, campaign: Campaign, words: str) -> CampaignName:
    """Give a campaign a name, in capitals as the field writes them (QUIET ABACUS).

    Raises:
        NamingError: other characters, too long, or taken in this collection.
    """
    given = _give(clerk, campaign, words)
    transaction.on_commit(partial(doorbell.ring_name, given.id))
    return given


@transaction.atomic
def _give(clerk: Clerk, campaign: Campaign, words: str) -> CampaignName:
    if not _NAME.fullmatch(words) or len(words) > LONGEST:
        raise NamingError(
            f"A name is one to four words in capitals, {LONGEST} characters at most: neither a "
            "company's nor a person's."
        )
    if named := named_in(words, known_names()):
        raise NamingError(f"It names a member: {', '.join(named)}. Say it without.")
    if campaign.state != Campaign.State.LIVE:
        raise NamingError(f"{title(campaign)} does not stand any more.")
    bulk.rows("SELECT pg_advisory_xact_lock(%s)", [_NAMING])
    if _is_taken(campaign, words):
        raise NamingError(f"{words} is another campaign's name.")
    given = CampaignName.objects.create(
        collection=campaign.collection,
        campaign_id=campaign.stix_id,
        name=words,
        given_by=clerk.by,
        given_at=bulk.clock(),
    )
    # Not under the campaign's id: what a person does stands in the journal of people.
    clerk.note("campaign named", f"campaign-name/{given.id}", name=words)
    return given


def _is_taken(campaign: Campaign, words: str) -> bool:
    home = campaign.collection
    borne = Campaign.objects.filter(collection=home, name=words).exclude(stix_id=campaign.stix_id)
    coming = CampaignName.objects.filter(
        collection=home, name=words, state=CampaignName.State.GIVEN
    )
    return borne.exists() or coming.exclude(campaign_id=campaign.stix_id).exists()


def say(name_id: uuid.UUID, *, policy: Policy, now: datetime) -> bool:
    """Say on the feed what a campaign was named last; False if that is done already."""
    given = CampaignName.objects.filter(pk=name_id, state=CampaignName.State.GIVEN).first()
    if given is None:
        return False
    campaign = Campaign.objects.select_related("collection").get(
        collection=given.collection_id, stix_id=given.campaign_id
    )
    return _say(Scribe(family_of(campaign.collection), policy, now), campaign)


@transaction.atomic
def _say(scribe: Scribe, campaign: Campaign) -> bool:
    """Under the lock of the names that wait: a later one is never overtaken by an earlier one."""
    waiting = list(
        CampaignName.objects.select_for_update()
        .filter(campaign_id=campaign.stix_id, state=CampaignName.State.GIVEN)
        .order_by("given_at")
    )
    campaign.refresh_from_db()
    for given in waiting:
        given.state = CampaignName.State.DROPPED
    if waiting and campaign.state == Campaign.State.LIVE:
        call(scribe, campaign, waiting[-1].name)
        waiting[-1].state, waiting[-1].said_at = CampaignName.State.SAID, bulk.clock()
    CampaignName.objects.bulk_update(waiting, ["state", "said_at"])
    return bool(waiting)


def due(limit: int) -> list[uuid.UUID]:
    """Names whose doorbell may have been lost."""
    found = CampaignName.objects.filter(state=CampaignName.State.GIVEN).order_by("given_at")
    return list(found.values_list("pk", flat=True)[:limit])


def former(campaign: Campaign) -> list[CampaignName]:
    """What it was called before, the last first."""
    said = CampaignName.objects.filter(
        campaign_id=campaign.stix_id, state=CampaignName.State.SAID
    ).exclude(name=campaign.name)
    return list(said.order_by("-given_at"))


def designate(clerk: Clerk, scribe: Scribe, campaign: Campaign, *, like: str = "") -> str:
    """Attribute a campaign to an operator of its own, or to that of another campaign.

    Returns the id of the intrusion set.

    Raises:
        NamingError: it is attributed already, or the other one is not.
    """
    if campaign.intrusion_set_id:
        raise NamingError(f"{campaign} is attributed to an operator already.")
    operator = find(like).intrusion_set_id if like else _new_operator(scribe, campaign)
    if not operator:
        raise NamingError(f"{like} is attributed to nobody yet.")
    attribute(scribe, campaign, operator)
    _note(clerk, "campaign attributed", campaign)
    return operator


@transaction.atomic
def _new_operator(scribe: Scribe, campaign: Campaign) -> str:
    """Publish one, and write down whose it is: a number is taken as soon as it is seen."""
    collection = scribe.collections[0]
    bulk.rows("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    known = Campaign.objects.filter(collection=collection).exclude(intrusion_set_id="")
    number = known.values("intrusion_set_id").distinct().count() + 1
    with publishing():
        [stix_id] = speak(scribe.main, [Own("intrusion-set", {"name": f"{_BEGINS}{number:02}"})])
    scribe.keep(campaign, intrusion_set_id=stix_id)
    scribe.note([stix_id], act="operator designated", home=collection)
    return stix_id


@transaction.atomic
def _note(clerk: Clerk, act: str, campaign: Campaign) -> None:
    clerk.note(act, f"{campaign.collection.alias}/{campaign.stix_id}", name=campaign.name)
