"""What the Forum says of a campaign, made of what its reports on the feed say: pure.

Nothing is added up and nothing is guessed: lists are joined, of buckets that have an order the
largest counts, of other words the one that most reports say. Where they disagree evenly nothing is
said.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from indicators.domain.correlation.policy import CorrelationPolicy
from indicators.domain.governance import governance_of
from indicators.domain.objects import JSON
from indicators.domain.stix.extensions import BY_NAME
from indicators.domain.stix.references import type_of
from indicators.domain.stix.validators import extension_schema_text


PARTS = frozenset({
    "domain-name", "url", "ipv4-addr", "ipv6-addr", "autonomous-system", "tls-client-fingerprint",
})  # fmt: skip
"""Observables of which infrastructure consists; tokens of persons are none of it."""
_ADDRESSES = frozenset({"ipv4-addr", "ipv6-addr"})
_PROFILE, _CLUSTER = "distillation-profile", "account-cluster"
_ORDERED = frozenset({"volume_bucket", "account_bucket"})
_CONFIDENCE = 50
"""Med: a machine's finding, which nobody has looked at."""


@dataclass(frozen=True, slots=True)
class Portrait:
    """A campaign as it is published: properties, and the ids of what belongs to it."""

    campaign: Mapping[str, object]
    parts: tuple[str, ...] = ()
    """Observables that its infrastructure consists of."""
    techniques: Mapping[str, str] = field(default_factory=dict)
    """Attack patterns that it uses, by id, and the ATLAS id of each."""
    indicators: Mapping[str, bool] = field(default_factory=dict)
    """Each of its indicators, and whether that indicates what many use and not the campaign."""
    infrastructure: tuple[str, ...] = ()
    """What labs described of it: clusters of accounts, gateways."""
    views: tuple[str, ...] = ()
    """The campaigns of labs that it is made of."""

    @property
    def network(self) -> Mapping[str, object]:
        """Properties of the Forum's own infrastructure object, which stands if there are parts."""
        addressed = any(type_of(each) in _ADDRESSES for each in self.parts)
        kind = "datacentre-egress" if addressed else "undefined"
        seen = {name: self.campaign[name] for name in _SEEN if name in self.campaign}
        return {"infrastructure_types": [kind], **seen}


_SEEN = ("first_seen", "last_seen")


def portrait(
    bodies: Sequence[JSON],
    *,
    parts: Iterable[str],
    techniques: Mapping[str, str],
    policy: CorrelationPolicy,
) -> Portrait:
    """Draw the campaign of these live reports; equal arguments give equal portraits."""
    by_type: dict[str, list[JSON]] = {}
    for each in bodies:
        by_type.setdefault(str(each["type"]), []).append(each)
    return Portrait(
        campaign=_campaign(bodies),
        parts=tuple(sorted({each for each in parts if type_of(each) in PARTS})),
        techniques=dict(sorted(techniques.items())),
        indicators={
            str(each["id"]): _is_shared(each, policy) for each in by_type.get("indicator", ())
        },
        infrastructure=_ids(by_type.get("infrastructure", ())),
        views=_ids(by_type.get("campaign", ())),
    )


def _ids(bodies: Iterable[JSON]) -> tuple[str, ...]:
    return tuple(sorted(str(each["id"]) for each in bodies))


def _is_shared(body: JSON, policy: CorrelationPolicy) -> bool:
    types = body.get("indicator_types")
    words = {str(each) for each in types} if isinstance(types, list) else set()
    return governance_of(body).get("shared_infrastructure") is True or bool(
        words & policy.common_types
    )


def _campaign(bodies: Sequence[JSON]) -> dict[str, object]:
    said: dict[str, object] = {"confidence": _CONFIDENCE}
    for name, choose in (("first_seen", min), ("last_seen", max)):
        moments = [str(each[name]) for each in bodies if name in each]
        if moments:
            said[name] = choose(moments)
    capability = _most_said(governance_of(each).get("capability_at_risk") for each in bodies)
    terms = {"action_tier": "context"}
    if capability:
        terms["capability_at_risk"] = capability
    extensions: dict[str, object] = {"share-governance": terms}
    if profile := _profile(bodies):
        extensions[_PROFILE] = profile
    return {**said, "extensions": extensions}


def _profile(bodies: Sequence[JSON]) -> dict[str, object]:
    profiles = [_extension(each, _PROFILE) for each in bodies]
    sizes = [_extension(each, _CLUSTER).get("size_bucket") for each in bodies]
    profiles += [{"account_bucket": size} for size in sizes if size]
    merged: dict[str, object] = {}
    for name in sorted({key for each in profiles for key in each} - {"extension_type", "metrics"}):
        values = [each[name] for each in profiles if name in each]
        if (word := _merged(name, values)) is not None:
            merged[name] = word
    return merged


def _merged(name: str, values: Sequence[object]) -> object:
    lists = [each for each in values if isinstance(each, list)]
    if lists:
        return sorted({str(word) for each in lists for word in each})
    if name in _ORDERED:
        order = _order(name)
        return max((str(each) for each in values if each in order), key=order.index, default=None)
    return _most_said(values)


@cache
def _order(name: str) -> tuple[str, ...]:
    """The buckets in the order in which the schema lists them: from small to large."""
    return tuple(json.loads(extension_schema_text(_PROFILE))["properties"][name]["enum"])


def _most_said(values: Iterable[object]) -> str | None:
    counts = Counter(str(each) for each in values if each)
    if not counts:
        return None
    most = max(counts.values())
    words = [word for word, count in counts.items() if count == most]
    return words[0] if len(words) == 1 else None


def _extension(body: JSON, name: str) -> JSON:
    extensions = body.get("extensions")
    found = extensions.get(BY_NAME[name].id) if isinstance(extensions, Mapping) else None
    return found if isinstance(found, Mapping) else {}
