"""What becomes of a chunk that may be shared: decided, and nothing written.

`work` writes down what comes of it and publishes; `preview` shows it. Whatever it must know or have
made is handed in as a function, so that both ask in bulk and each in its own way.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from indicators.domain.disclosure import Policy
from indicators.domain.objects import LinkedObject, ReceivedObject, ScreenedObject
from indicators.domain.outcomes import Held, Reason, Rejected, Verdict
from indicators.domain.surroundings import Known, Surroundings
from indicators.domain.tokens import Identifier
from indicators.matching.charged import Charged
from indicators.pipeline import process
from indicators.pipeline.lookups import Sender
from indicators.pipeline.stopwatch import timed


logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Decided:
    """What a chunk came to, by ordinal; what has no end may be published."""

    screened: Mapping[int, ScreenedObject]
    linked: Sequence[LinkedObject]
    ends: Mapping[int, Verdict]
    names: Mapping[bytes, str]
    """The lab's own ids of what the chunk refers to, by their keyed tags."""


def decide(
    chunk: Sequence[ReceivedObject],
    *,
    sender: Sender,
    known: Callable[[Collection[str]], Known],
    tokens: Callable[[Collection[Identifier]], Charged],
    policy: Policy,
    around: Surroundings,
) -> Decided:
    """Take a chunk down the river; `known` and `tokens` are each asked once."""
    screened, refused = _prepare(chunk, policy=policy, around=around)
    references = {
        ref for each in screened.values() for refs in each.references.values() for ref in refs
    }
    tags = {each: sender.own_tag(each) for each in references}
    leads = timed("find known", known, references)
    wanted = (each for one in screened.values() for each in one.identifiers)
    charged = timed("make tokens", tokens, list(dict.fromkeys(wanted)))
    linked: list[LinkedObject] = []
    stopped: dict[int, Verdict] = {}
    for ordinal, each in screened.items():
        try:
            _check_covered(each, charged)
            linked += process.finish(
                each, tags=tags, tokens=charged.tokens, known=leads, policy=policy, around=around
            )
        except Verdict as verdict:
            stopped[ordinal] = verdict
        except Exception as error:  # noqa: BLE001  fail closed: what we did not expect is held
            stopped[ordinal] = unexpected(error)
    names = {tag: each for each, tag in tags.items()}
    return Decided(screened, linked, {**refused, **stopped}, names)


def _prepare(
    chunk: Sequence[ReceivedObject], *, policy: Policy, around: Surroundings
) -> tuple[dict[int, ScreenedObject], dict[int, Verdict]]:
    screened: dict[int, ScreenedObject] = {}
    verdicts: dict[int, Verdict] = {}
    for each in chunk:
        try:
            screened[each.ordinal] = process.prepare(each, policy=policy, around=around)
        except Verdict as verdict:
            verdicts[each.ordinal] = verdict
        except Exception as error:  # noqa: BLE001  fail closed: what we did not expect is held
            verdicts[each.ordinal] = unexpected(error)
    return screened, verdicts


def _check_covered(screened: ScreenedObject, charged: Charged) -> None:
    for each in screened.identifiers:
        if error := charged.spent.get(each.kind):
            raise Rejected(
                Reason.BUDGET_SPENT,
                f"{error.used} of {error.cap} evaluations of {error.kind} are used today: what you "
                "send in clear counts as what you blind does. Send it again after "
                f"{error.resets_at:%Y-%m-%dT%H:%M:%SZ}.",
            )


def unexpected(error: Exception) -> Verdict:
    """What becomes of an object on which the hub failed; its text never reaches a lab."""
    reference = uuid.uuid4()
    logger.error("object held after an error, reference %s", reference, exc_info=error)
    return Held(
        Reason.INTERNAL_ERROR,
        f"The hub failed on this object; it is held, and the Forum looks into it ({reference}).",
    )
