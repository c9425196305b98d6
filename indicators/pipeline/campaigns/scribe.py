"""Who writes what the Forum says of campaigns: in which collections, under what policy, when."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from indicators.audit.journal import record
from indicators.domain.disclosure import Policy
from indicators.models.campaign import Campaign
from indicators.models.collection import Collection
from indicators.pipeline.publish import Publisher
from indicators.pipeline.takedown import take_down
from indicators.pipeline.verdicts import published_acts
from indicators.roles import publishing


@dataclass(frozen=True, slots=True)
class Scribe:
    """Writes for one sharing collection and what stands beside it."""

    collections: Sequence[Collection]
    policy: Policy
    now: datetime

    @property
    def main(self) -> Publisher:
        """For what is said of campaigns as such."""
        return Publisher(self.collections[0], self.policy, self.now)

    def publisher(self, home: uuid.UUID) -> Publisher:
        """For what is said in one of the collections."""
        [found] = [each for each in self.collections if each.id == home]
        return Publisher(found, self.policy, self.now)

    def note(self, ids: Iterable[str], *, act: str, home: Collection) -> None:
        """Journal these acts into the running transaction."""
        acts = published_acts(ids, act=act, collection=home.alias)
        record(acts, policy=self.policy, now=self.now)

    @transaction.atomic
    def keep(self, campaign: Campaign, **fields: str) -> None:
        """Write down what has become of a campaign."""
        for name, value in fields.items():
            setattr(campaign, name, value)
        with publishing():
            campaign.save(update_fields=list(fields))

    def end(self, home: Collection, stix_ids: Sequence[str]) -> None:
        """Revoke what was said, in transactions of their own."""
        take_down(home, stix_ids, act="campaign word ended", policy=self.policy, now=self.now)
