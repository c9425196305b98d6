"""What belongs to a campaign, in relationships: only between what stands, and only once each."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction

from indicators.models.campaign import Campaign, CampaignWord
from indicators.models.collection import Collection
from indicators.pipeline import bulk
from indicators.pipeline.campaigns.drawing import ATTRIBUTED, Drawn, Statement, statements
from indicators.pipeline.campaigns.scribe import Scribe
from indicators.pipeline.publish import Own, speak
from indicators.pipeline.standing import hold_live
from indicators.pipeline.takedown import parts
from indicators.roles import publishing


def relate(scribe: Scribe, campaign: Campaign, drawn: Drawn) -> None:
    """Publish what belongs to a campaign and is not said yet, and revoke what does not any more."""
    wanted = statements(
        drawn,
        campaign.stix_id,
        campaign.infrastructure_id,
        campaign.intrusion_set_id,
        main=scribe.collections[0].id,
    )
    rows = CampaignWord.objects.filter(campaign_id=campaign.stix_id)
    stands = {
        Statement(each.collection_id, each.source, each.verb, each.target): each.stix_id
        for each in rows
    }
    _take_back(scribe, [(each.home, stands[each]) for each in stands.keys() - wanted])
    for part in parts(sorted(wanted - stands.keys())):
        _state(scribe, campaign, part)


def attribute(scribe: Scribe, campaign: Campaign, operator_id: str) -> None:
    """Say that a campaign is this operator's."""
    scribe.keep(campaign, intrusion_set_id=operator_id)
    main = scribe.collections[0].id
    said = Statement(main, campaign.stix_id, ATTRIBUTED, operator_id)
    _state(scribe, campaign, [said])


@transaction.atomic
def forget_fallen(collections: Sequence[Collection]) -> None:
    """Forget what was said and has fallen with one of its ends."""
    with publishing():
        bulk.run(
            """DELETE FROM campaign_word w WHERE w.collection_id = ANY(%s) AND NOT EXISTS (
                   SELECT FROM forum_object o WHERE o.collection_id = w.collection_id
                   AND o.stix_id = w.stix_id AND o.state <> 'revoked')""",
            [[each.id for each in collections]],
        )


def _take_back(scribe: Scribe, words: Iterable[tuple[uuid.UUID, str]]) -> None:
    by_home: dict[uuid.UUID, list[str]] = defaultdict(list)
    for home, stix_id in words:
        by_home[home].append(stix_id)
    for home, ids in by_home.items():
        collection = scribe.publisher(home).collection
        scribe.end(collection, ids)
        forget_fallen([collection])


@transaction.atomic
def _state(scribe: Scribe, campaign: Campaign, wanted: Sequence[Statement]) -> None:
    """Publish relationships between what stands; the ends cannot fall meanwhile."""
    with publishing():
        standing = _held(scribe, wanted)
        by_home: dict[uuid.UUID, list[Statement]] = defaultdict(list)
        for each in wanted:
            if {each.source, each.target} <= standing:
                by_home[each.home].append(each)
        said = {home: _speak(scribe, campaign, home, by_home[home]) for home in sorted(by_home)}
    for home, ids in said.items():
        scribe.note(ids, act="campaign member stated", home=scribe.publisher(home).collection)


def _held(scribe: Scribe, wanted: Iterable[Statement]) -> set[str]:
    ends = sorted({end for each in wanted for end in (each.source, each.target)})
    standing = {stix_id for each in scribe.collections for stix_id in hold_live(each, ends)}
    # A reference collection keeps what it holds; only its own publisher removes it.
    return standing | {end for end in ends if end.startswith("attack-pattern--")}


def _speak(
    scribe: Scribe, campaign: Campaign, home: uuid.UUID, wanted: Sequence[Statement]
) -> list[str]:
    words = [Own.relationship(each.source, each.verb, each.target) for each in wanted]
    ids = speak(scribe.publisher(home), words, tied=True)
    bulk.insert(
        "campaign_word",
        ("collection_id", "stix_id", "campaign_id", "source", "verb", "target"),
        (
            (home, stix_id, campaign.stix_id, each.source, each.verb, each.target)
            for stix_id, each in zip(ids, wanted, strict=True)
        ),
    )
    return ids
