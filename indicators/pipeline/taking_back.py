"""Everything that a lab has under some ids is taken back: what it contributed, said, or has lying.

Used by its own retraction and by the Forum's recall. The caller settles what lost a contributor,
as the last act of its transaction.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from indicators.domain.disclosure import Policy
from indicators.domain.outcomes import Reason
from indicators.pipeline import feedback, lineage, waiting
from indicators.pipeline.lookups import Sender
from indicators.pipeline.overtake import overtake


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What was found under the ids."""

    known: frozenset[str]
    """Ids under which there was something."""
    lost: dict[uuid.UUID, set[str]]
    """Forum objects that lost a contribution, by collection."""


def take_back(
    sender: Sender, ids: Sequence[str], *, message: str = "", policy: Policy, now: datetime
) -> TakenBack:
    """Take back what stands, counts, is held or waits under these ids, the lab's own or Forum ids.

    `message` tells the lab why what was not published yet is gone.
    """
    lost = lineage.take_back(sender, ids, now=now)
    said = feedback.take_back(sender, ids, now=now)
    unpublished = _drop_unpublished(sender, ids, message=message, policy=policy, now=now)
    by_collection: dict[uuid.UUID, set[str]] = {}
    for collection_id, stix_id in frozenset().union(*lost.values()):
        by_collection.setdefault(collection_id, set()).add(stix_id)
    return TakenBack(frozenset({*lost, *said, *unpublished}), by_collection)


def _drop_unpublished(
    sender: Sender, ids: Sequence[str], *, message: str, policy: Policy, now: datetime
) -> set[str]:
    """Take back what is held or waiting under these ids; return those where something was."""
    tags = {sender.own_tag(each): each for each in ids}
    dropped = overtake(
        dict.fromkeys(tags), reason=Reason.WITHDRAWN, message=message, policy=policy, now=now
    )
    fallen = "What it refers to was taken back."
    waiting.give_up(list(dropped), message=fallen, policy=policy, now=now)
    return {tags[tag] for tag in dropped}
