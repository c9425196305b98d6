"""Publications of one collection over ninety days, as the river would have left them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import count, cycle, islice
from typing import Any
from uuid import UUID, uuid4

from indicators.domain.stix.extensions import BY_NAME
from indicators.models.campaign import Campaign, CampaignMember, Evidence
from indicators.models.campaign_name import CampaignName
from indicators.models.collection import Collection, CollectionHead
from indicators.models.publication import Publication
from indicators.pipeline import bulk
from tests.crowd.size import Size
from tests.forum import Forum, now


Body = dict[str, Any]
SPAN = timedelta(days=90)
_GOVERNANCE = BY_NAME["share-governance"].id
_OF_TEN = ("indicator",) * 5 + ("domain-name",) * 2 + ("relationship",) * 2 + ("infrastructure",)


def publish(forum: Forum, size: Size) -> str:
    """Fill the sharing collection; returns the campaign of which most is said."""
    place = forum.collections["distillation"]
    bodies = list(_bodies(size))
    campaigns = [each["id"] for each in bodies[: size.campaigns]]
    _write(place, bodies)
    _correlate(place, campaigns, [each["id"] for each in bodies if each["type"] == "indicator"])
    return str(campaigns[0])


def _bodies(size: Size) -> Iterator[Body]:
    campaigns = [_body("campaign", name=f"FDA-2026-{n:04}") for n in range(size.campaigns)]
    yield from campaigns
    targets = cycle([campaigns[0]["id"], *(each["id"] for each in campaigns)])
    last = ""
    for number, type_ in enumerate(islice(cycle(_OF_TEN), size.publications - size.campaigns)):
        if type_ == "relationship":
            # Every other one speaks of the first campaign: a page has to cut what is said of it.
            target = campaigns[0]["id"] if number % 2 else next(targets)
            yield _body(type_, relationship_type="indicates", source_ref=last, target_ref=target)
            continue
        made = _MADE[type_](number)
        last = made["id"] if type_ == "indicator" else last
        yield made


def _body(type_: str, **properties: Any) -> Body:
    at = "2026-10-05T00:00:00.000Z"
    body = {"type": type_, "spec_version": "2.1", "id": f"{type_}--{uuid4()}"}
    return body | {"created": at, "modified": at} | properties


def _indicator(number: int) -> Body:
    return _body(
        "indicator",
        pattern=f"[domain-name:value = 'gw-{number}-{uuid4().hex[:8]}.meadowexit.example']",
        pattern_type="stix",
        valid_from="2026-10-05T00:00:00.000Z",
        valid_until="2027-01-05T00:00:00.000Z",
        confidence=50,
        indicator_types=["malicious-activity"],
        extensions={
            _GOVERNANCE: {
                "extension_type": "property-extension",
                "threat_nexus": ["fraudulent-account"],
                "action_tier": "score",
            }
        },
    )


def _domain(number: int) -> Body:
    name = f"gw-{number}-{uuid4().hex[:8]}.meadowexit.example"
    id_ = f"domain-name--{uuid4()}"
    return {"type": "domain-name", "spec_version": "2.1", "id": id_, "value": name}


def _infrastructure(number: int) -> Body:
    return _body("infrastructure", name=f"Egress {number}")


_MADE = {"indicator": _indicator, "domain-name": _domain, "infrastructure": _infrastructure}


def _write(place: Collection, bodies: Sequence[Body]) -> None:
    head = CollectionHead.objects.get(collection=place)
    newest = Publication.objects.filter(collection=place).order_by("-position").first()
    begin = newest.date_added if newest else now() - SPAN
    step = (now() - begin) / (len(bodies) + 1)
    moments = (begin + n * step for n in count(1))
    rows = list(zip(count(head.position + 1), moments, bodies, strict=False))
    _insert_objects(place.pk, bodies, now())
    bulk.insert(
        "publication",
        ("collection_id", "position", "date_added", "stix_id", "version", "type", "spec_version",
         "body", "policy_version"),
        ((place.pk, position, at, body["id"], at, body["type"], "2.1", json.dumps(body), "test")
         for position, at, body in rows),
    )  # fmt: skip
    head.position, head.date_added = rows[-1][:2]
    head.save()


def _insert_objects(home: UUID, bodies: Sequence[Body], at: datetime) -> None:
    bulk.insert(
        "forum_object",
        ("collection_id", "stix_id", "type", "state", "corroborated", "minted_day"),
        ((home, each["id"], each["type"], "live", False, at.date()) for each in bodies),
    )
    bulk.insert(
        "edge",
        ("collection_id", "stix_id", "target_id"),
        ((home, each["id"], each[end]) for each in bodies for end in ("source_ref", "target_ref")
         if end in each),
    )  # fmt: skip
    bulk.insert(
        "contribution",
        ("lookup_tag", "contrib_tag", "collection_id", "stix_id", "original_version",
         "content_mac", "basis", "is_first", "first_day", "last_day", "state", "member_ct"),
        ((os.urandom(32), os.urandom(32), home, each["id"], "", os.urandom(32), "own-telemetry",
          True, at.date(), at.date(), "active", b"") for each in bodies),
    )  # fmt: skip


def _correlate(place: Collection, campaigns: Sequence[str], indicators: Sequence[str]) -> None:
    """The campaigns are the Forum's own, and each has some of the reports."""
    Campaign.objects.bulk_create(
        Campaign(collection=place, stix_id=each, founded_at=now()) for each in campaigns
    )
    CampaignName.objects.bulk_create(
        CampaignName(collection=place, campaign_id=campaigns[0], name=f"NAME {n}", state="said",
                     given_by="rowan", given_at=now()) for n in range(len(campaigns))
    )  # fmt: skip
    Evidence.objects.bulk_create(
        Evidence(collection=place, said_by=each, report=each, kind="phone", stops=False,
                 value=f"match-token--{n // (2 * len(campaigns))}")
        for n, each in enumerate(indicators)
    )  # fmt: skip
    CampaignMember.objects.bulk_create(
        CampaignMember(collection=place, report=report, campaign_id=campaign)
        for report, campaign in zip(indicators, cycle(campaigns), strict=False)
    )
