"""The few STIX objects that a lab makes with labkit, ready to push.

Promises: ids of observables by the standard's rule, so that they are the same at every lab;
ids of indicators from their tokens, so that making one twice is pushing one twice.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from typing import Any

import rfc8785

from labkit.tokeniser import Token
from labkit.tokens import SCHEME


JSON = dict[str, Any]

EXTENSIONS = {
    "match-token": "extension-definition--abde9e57-e078-4ca0-85d9-5eabf4e98d6d",
    "prompt-family": "extension-definition--02b6742c-2525-4a84-b4d2-9c866ec0ac47",
    "share-governance": "extension-definition--c9b1ca35-29ff-4513-a3e2-a74aa208b38b",
    "feedback-verdict": "extension-definition--9092884d-4399-4b4f-8a33-47c9dad9846b",
}
"""The Forum's extensions of STIX; their definitions are in the collection `reference`."""
GOVERNANCE = EXTENSIONS["share-governance"]
NEXUS = (
    "fraudulent-account",
    "stolen-credential",
    "stolen-payment-instrument",
    "access-control-evasion",
    "geo-evasion",
    "technical-control-bypass",
    "compromised-cloud-account",
)
"""What makes a personal identifier more than a breach of terms."""
TIERS = ("context", "score", "step-up", "review")
TEMPLATES = (
    "cot-elicitation",
    "rubric-grading",
    "preference-pair",
    "tool-trace-capture",
    "test-oracle",
    "policy-safe-rewrite",
    "translation",
    "instruction-evolution",
    "self-instruct",
    "capability-sweep",
    "other",
)
_ID = re.compile(
    r"[a-z][a-z0-9-]{0,249}--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE
)
_PURPOSE = "adversarial-distillation-defence"
_SCO = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")  # STIX 2.1 §2.9
_OWN = uuid.UUID("8f6f3f0e-6f3c-5d5b-9b53-0d9a5a8f2f7e")  # any constant: ours alone


def is_id(text: str) -> bool:
    """Whether it could be the id of an object (STIX 2.1 §2.9)."""
    return _ID.fullmatch(text) is not None


def content(token: Token) -> JSON:
    """What identifies a token."""
    return {"kind": token.kind, "scheme": SCHEME, "epoch": token.epoch, "value": token.value}


def prompt_family(
    tokens: Sequence[Token], *, scheme: str, shingle_bucket: str, template: str, language: str
) -> JSON:
    """The observable of a skeleton whose 32 bands were tokenised, in their order.

    Args:
        scheme: how the bands were made, from labkit.skeleton.
        language: ISO 639 code; `und` when mixed or unknown.
    """
    bands = [each.value for each in tokens]
    identifying = {"scheme": scheme, "epoch": tokens[0].epoch, "bands": bands}
    described = {"shingle_bucket": shingle_bucket, "template_class": template, "language": language}
    return _observable("prompt-family", identifying, identifying | described)


def indicator(
    tokens: Sequence[Token], *, nexus: Sequence[str], tier: str | None, now: str, until: str
) -> JSON:
    """An indicator that any of these tokens, of one identifier, was seen.

    Args:
        nexus: what makes it a threat (NEXUS), one at least.
        tier: the strongest action that it supports by itself (TIERS).
        now: this moment, as STIX writes it, with milliseconds.
        until: the end of the tokens' epoch.
    """
    governance: JSON = {
        "extension_type": "property-extension",
        "purpose": _PURPOSE,
        "threat_nexus": list(nexus),
        "basis": "own-telemetry",
    }
    if tier:
        governance["action_tier"] = tier
    pattern = pattern_of(tokens)
    return {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--{uuid.uuid5(_OWN, pattern)}",
        "created": now,
        "modified": now,
        "pattern": pattern,
        "pattern_type": "stix",
        "valid_from": now,
        "valid_until": until,
        "extensions": {GOVERNANCE: governance},
    }


def pattern_of(tokens: Sequence[Token]) -> str:
    """True of an observable that is one of the tokens."""
    tests = [
        f"match-token:kind = '{each.kind}' AND match-token:scheme = '{SCHEME}' "
        f"AND match-token:epoch = '{each.epoch}' AND match-token:value = '{each.value}'"
        for each in tokens
    ]
    return f"[{tests[0]}]" if len(tests) == 1 else "[" + " OR ".join(f"({t})" for t in tests) + "]"


def sighting(stix_id: str, *, now: str) -> JSON:
    """That a published object was seen here too; who and how often has no place in it."""
    return {
        "type": "sighting",
        "spec_version": "2.1",
        "id": f"sighting--{uuid.uuid4()}",
        "created": now,
        "modified": now,
        "sighting_of_ref": stix_id,
        "last_seen": now,
    }


def opinion(stix_id: str, *, opinion: str, verdict: str, now: str) -> JSON:
    """What this lab found about a published object.

    Args:
        opinion: strongly-disagree, disagree, neutral, agree or strongly-agree (STIX 2.1 §10.17).
        verdict: of the extension `feedback-verdict`, such as false-positive or stale.
    """
    return {
        "type": "opinion",
        "spec_version": "2.1",
        "id": f"opinion--{uuid.uuid4()}",
        "created": now,
        "modified": now,
        "opinion": opinion,
        "object_refs": [stix_id],
        "extensions": {
            EXTENSIONS["feedback-verdict"]: {
                "extension_type": "property-extension",
                "verdict": verdict,
            }
        },
    }


def envelope(objects: Sequence[JSON]) -> JSON:
    """What `labkit push` takes (TAXII 2.1 §3.7)."""
    return {"objects": list(objects)}


def _observable(type_: str, contributing: JSON, properties: JSON) -> JSON:
    canonical = rfc8785.dumps(contributing).decode()
    return {
        "type": type_,
        "spec_version": "2.1",
        "id": f"{type_}--{uuid.uuid5(_SCO, canonical)}",
        **properties,
        "extensions": {EXTENSIONS[type_]: {"extension_type": "new-sco"}},
    }
