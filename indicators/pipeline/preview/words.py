"""The reasons of a preview's account, in words for a lab's analyst."""

from __future__ import annotations

from collections.abc import Mapping

from indicators.domain.outcomes import Reason


KEPT = "Kept as it is."
LET_GO = "A reviewer lets it go as it is."
SPELLED = "Kept, in the one form that all labs share."
OWN_TEXT = "The Forum's own text stands in its place."
TOKENS = "Personal: a token takes the place of the value, which is kept nowhere."
BESIDE_TOKEN = "Beside a token nothing else of the object goes on."  # noqa: S105  no secret
NO_SLOT = "The disclosure policy has no slot for it; see docs/scope.md."
LISTED_AS_DROPPED = "The disclosure policy leaves it out; see docs/scope.md."
NOT_LISTED = "Nothing of it is among what the disclosure policy lists, or tells one from another."
READ_ALONE = "Read, and not passed on."
WEAKER = "The Forum says this by its own rules; you may weaken it, not strengthen it."
REMOVED = "{kind} was in it, which is never kept: taken out before anybody reads it."
REFERENCES = "It leads to the Forum's objects."
LEFT_OUT = " {left} left out: held, refused, said twice, or not here."
REFERS_TO_NONE = "Nothing that it refers to stands."

WITHHELD: Mapping[Reason, str] = {
    Reason.FREE_TEXT: "Text: a person reads it first. The object goes on without it.",
    Reason.BEHAVIOUR_PROFILE: "A behaviour profile: a person looks at it first. The object goes on "
    "without it.",
}
FOUND = " The rules find in it: {kinds}."
COARSENED: Mapping[str, str] = {
    "moment": "Cut down to the hour or the day: the minute tells how a lab works.",
    "day": "Cut down to the day.",
    "next-day": "Rounded up to the day.",
    "week": "Cut down to the week.",
    "until": "Rounded up, and no later than what it is about is good for.",
    "scale": "Put on the Forum's scale, and no higher than such evidence carries.",
    "magnitude": "Cut down to its order of magnitude.",
    "vocabulary": "Only words of the list go on.",
    "kill-chain": "Only phases of known kill chains go on.",
    "external-ids": "Only ids of public catalogues go on.",
    "hashes": "Only hashes of listed algorithms go on.",
}
OF_THE_FORUM: Mapping[str, str] = {
    "type": "What is published is another kind of object.",
    "spec_version": "The Forum's.",
    "id": "The Forum's own id; yours is seen by nobody.",
    "created": "When the Forum says it, not when you wrote it.",
    "modified": "When the Forum says it, not when you wrote it.",
    "created_by_ref": "The Forum speaks in its own name.",
    "object_marking_refs": "The marking of the collection.",
    "granular_markings": "",
    "revoked": "",
    "lang": "",
    "defanged": "",
}
"""Properties that any object has, and of which the Forum has its own or none."""
IDENTIFYING = frozenset({"value", "account_login", "user_id"})
"""Properties of personal observables of which tokens take the place."""
READ = frozenset({"purpose", "threat_nexus", "basis"})
"""What a lab states for the Forum alone to read."""
