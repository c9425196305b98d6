"""What people call a campaign: a name beside its number, and the operator whom it is attributed to.

An operator is a designation of the Forum's (FDA-OP-01) and never the name of anybody. Whether two
campaigns are one operator's is a person's judgement: the software attributes nothing.
"""

from __future__ import annotations

import re

from django.db import transaction

from indicators.members.registry import Clerk
from indicators.models.campaign import Campaign
from indicators.pipeline import bulk
from indicators.pipeline.campaigns.objects import call
from indicators.pipeline.campaigns.relations import attribute
from indicators.pipeline.campaigns.scribe import Scribe
from indicators.pipeline.publish import Own, speak
from indicators.roles import publishing


_NAME = re.compile(r"[A-Z][A-Z0-9]*( [A-Z][A-Z0-9]*){0,3}")
_LONGEST = 40
_BEGINS = "FDA-OP-"
_LOCK = 0x6F706572  # any constant: one operator is numbered at a time


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
    """Give a campaign a name, in capitals as the field writes them (QUIET ABACUS).

    Raises:
        NamingError: other characters, too long, or taken in this collection.
    """
    if not _NAME.fullmatch(words) or len(words) > _LONGEST:
        raise NamingError(
            f"A name is one to four words in capitals, {_LONGEST} characters at most: neither a "
            "company's nor a person's."
        )
    taken = Campaign.objects.filter(collection=campaign.collection, name=words)
    if taken.exclude(stix_id=campaign.stix_id).exists():
        raise NamingError(f"{words} is another campaign's name.")
    call(scribe, campaign, words)
    _note(clerk, "campaign named", campaign)


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
