"""What a policy makes of an object that is published already: pure, for the look back at a change.

The published body goes down the stages again, as if a lab had sent it, once under the policy that
it was published under and once under the one in force. What comes out differently is what the
change means for it; what comes out alike stands, whoever let it pass at the time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from indicators.domain import render
from indicators.domain.disclosure import Policy
from indicators.domain.feedback import TYPES as FEEDBACK
from indicators.domain.governance import PART, forums_words, governance_of, governed
from indicators.domain.objects import Declaration, ReceivedObject
from indicators.domain.outcomes import NEVER_WAIVED, Held, Reason, Verdict
from indicators.domain.stix.extensions import BY_NAME
from indicators.domain.stix.times import version_of
from indicators.domain.stix.types import SCO_TYPES
from indicators.domain.surroundings import Surroundings
from indicators.pipeline.stages.anonymise import anonymise
from indicators.pipeline.stages.screen import screen
from indicators.pipeline.stages.validate import validate


_FORUMS_OWN = frozenset({"created_by_ref", "object_marking_refs", "labels"})
_REVIEWS = 20
"""Reasons that a reviewer can have waived on one object, at the most."""


@dataclass(frozen=True, slots=True)
class Stands:
    """Nothing changes for it."""


@dataclass(frozen=True, slots=True)
class Falls:
    """It may not be published any more, or not without a person."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Differs:
    """It stands with these properties in the place of those it has; None takes one away."""

    changes: Mapping[str, object]


Outcome = Stands | Falls | Differs


def outcome(
    body: Mapping[str, object], *, old: Policy, new: Policy, around: Surroundings
) -> Outcome:
    """What becomes of a published object when `new` takes the place of `old`."""
    if body["type"] in FEEDBACK:
        return Stands()  # the Forum's own words: no lab's sighting or opinion is ever published
    sent = {name: value for name, value in body.items() if name not in _FORUMS_OWN}
    received = ReceivedObject(ordinal=0, body=sent)
    before = _reviewed(received, old, around)
    if isinstance(before, Reason):
        # By today's stages it would not have been published then either: the change is not ours.
        return Stands()
    waived, said_before = before
    try:
        said = _said(replace(received, waived=waived), new, around)
    except Verdict as verdict:
        return Falls(verdict.reason)
    changes = {
        name: said.get(name)
        for name in said_before.keys() | said.keys()
        if said.get(name) != said_before.get(name)
    }
    if changes.get("name", "") is None:
        changes["name"] = render.own_name(str(body["type"]), str(body["id"]))
    return Differs(changes) if changes else Stands()


def revised(body: Mapping[str, object], changes: Mapping[str, object], *, modified: str) -> str:
    """The next version of a published object: these properties changed, all else as it was."""
    new = dict(body)
    extensions = dict(_mapping(body.get("extensions")))
    if governance_of(body).get("disputed"):  # suspended: its end is not its own
        changes = {name: each for name, each in changes.items() if name != "valid_until"}
    if PART in changes:
        changes = {**changes, **governed({}, {**_mapping(changes[PART]), **forums_words(body)})}
    for name, value in changes.items():
        if name.startswith("extensions."):
            _change_extension(extensions, name.removeprefix("extensions."), value)
        elif value is None:
            new.pop(name, None)
        else:
            new[name] = value
    new.pop("extensions", None)
    if extensions:
        new["extensions"] = extensions
    if new["type"] not in SCO_TYPES:
        new["modified"] = modified
    return render.dump(new)


def _change_extension(extensions: dict[str, object], name: str, value: object) -> None:
    identifier = BY_NAME[name].id
    if value is None:
        extensions.pop(identifier, None)
    else:
        extensions[identifier] = {"extension_type": "property-extension", **_mapping(value)}


def _reviewed(
    received: ReceivedObject, policy: Policy, around: Surroundings
) -> tuple[frozenset[str], dict[str, object]] | Reason:
    """What it says under a policy, and for which reasons a reviewer must have let it pass."""
    waived: frozenset[str] = frozenset()
    for _ in range(_REVIEWS):
        try:
            return waived, _said(replace(received, waived=waived), policy, around)
        except Held as held:
            if held.reason in NEVER_WAIVED or held.reason in waived:
                return held.reason
            waived |= {held.reason}
        except Verdict as verdict:
            return verdict.reason
    return Reason.NEEDS_REVIEW


def _said(received: ReceivedObject, policy: Policy, around: Surroundings) -> dict[str, object]:
    """Everything that would be published of it, by name.

    Raises:
        Verdict: it would not be, or not by itself.
    """
    around = _declared(around, received.id, policy)
    valid = validate(received, policy=policy, around=around)
    screened = screen(valid, policy=policy, around=around)
    refs = {ref for each in screened.references.values() for ref in each}
    tags = {ref: ref.encode() for ref in refs}
    shared = anonymise(screened, tags=tags, tokens={}, policy=policy, around=around)[0]
    said = {name: value for name, value in shared.properties.items() if name != "extensions"}
    for name, value in _mapping(shared.properties.get("extensions")).items():
        said[f"extensions.{name}"] = value
    said |= {
        name: found[0] if name in shared.single_references else list(found)
        for name, found in screened.references.items()
    }
    return {**said, **screened.withheld}


def _declared(around: Surroundings, stix_id: str, policy: Policy) -> Surroundings:
    """Purpose and nexus are never published: they were stated once, and still are."""
    words = tuple(sorted(policy.threat_nexus))
    standing = Declaration(min(policy.purposes), words, defaulted=True)
    return replace(around, standing=standing, stated=frozenset({stix_id}))


def around_published(around: Surroundings, body: Mapping[str, object]) -> Surroundings:
    """The surroundings of one published object: it was received when it was made."""
    made = version_of({"created": body.get("created")}) if body.get("created") else None
    return replace(around, received_at=made or around.received_at)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
