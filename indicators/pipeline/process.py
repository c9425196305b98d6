"""The river on one screen. Two pure functions with one I/O step between them, and one beside them.

`tasks` runs them over a chunk and fetches in bulk what stands between. A stage never calls a
stage; leaving one out, or passing a lab's object on, is a type error.
"""

from __future__ import annotations

from collections.abc import Mapping

from indicators.domain.disclosure import Policy
from indicators.domain.objects import LinkedObject, ReceivedObject, Said, ScreenedObject
from indicators.domain.surroundings import Known, Surroundings
from indicators.domain.tokens import Identifier, Token
from indicators.pipeline.stages.anonymise import anonymise
from indicators.pipeline.stages.dedupe import dedupe
from indicators.pipeline.stages.hear import hear
from indicators.pipeline.stages.recognise import recognise
from indicators.pipeline.stages.screen import screen
from indicators.pipeline.stages.validate import validate
from indicators.pipeline.stopwatch import timed


def prepare(received: ReceivedObject, *, policy: Policy, around: Surroundings) -> ScreenedObject:
    """From what a lab sent to what may be shared of it.

    Raises:
        Verdict: it goes no further, and why.
    """
    new = timed("recognise", recognise, received, around=around)
    valid = timed("validate", validate, new, policy=policy, around=around)
    return timed("screen", screen, valid, policy=policy, around=around)


def finish(
    screened: ScreenedObject,
    *,
    tags: Mapping[str, bytes],
    tokens: Mapping[Identifier, Token],
    known: Known,
    policy: Policy,
    around: Surroundings,
) -> tuple[LinkedObject, ...]:
    """From what may be shared to what the Forum will say.

    Raises:
        Verdict: it goes no further (now), and why.
    """
    shared = timed(
        "anonymise", anonymise, screened, tags=tags, tokens=tokens, policy=policy, around=around
    )
    return tuple(timed("dedupe", dedupe, each, known=known) for each in shared)


def listen(received: ReceivedObject, *, policy: Policy, around: Surroundings) -> Said:
    """From a sighting or an opinion to what is counted of it; it is never shared itself.

    Raises:
        Verdict: it goes no further, and why.
    """
    new = recognise(received, around=around)
    return hear(validate(new, policy=policy, around=around), policy=policy, around=around)
