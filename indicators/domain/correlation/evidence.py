"""What a published object says of reports: values that each shows, and which of them link nothing.

Only what stands on the feed is read, so that nothing comes out of correlation that a reader could
not have found. Observables are known by their deterministic ids: what a pattern names and what an
observation lists meet there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from indicators.domain.canonical_sco import canonical_sco
from indicators.domain.correlation.links import STATED, Value
from indicators.domain.correlation.policy import CorrelationPolicy
from indicators.domain.objects import JSON
from indicators.domain.observables import ObservableError
from indicators.domain.stix.extensions import BY_NAME
from indicators.domain.stix.ids import sco_id
from indicators.domain.stix.pattern_tree import (
    Expression,
    Test,
    expressions_of,
)
from indicators.domain.stix.patterns import PatternError, parse_published
from indicators.domain.stix.references import type_of
from indicators.domain.stix.types import IDENTIFYING, SCO_TYPES


REPORTS = frozenset({"indicator", "observed-data", "grouping", "infrastructure", "campaign"})
"""Types of what speaks of a campaign. A report or a note may speak of several."""
APART = "apart"
"""The kind that marks a report with which no tie is stated: a service that many buy."""
PROFILE = "profile"
"""The kind of one thing that a behaviour profile says; it links nothing, see `likeness`."""
TECHNICAL = frozenset({
    "domain-name", "url", "ipv4-addr", "ipv6-addr", "autonomous-system", "tls-client-fingerprint",
    "file", "x509-certificate",
})  # fmt: skip
"""What many can use at once. That a person's card or mailbox is anybody's, no lab says for all."""
UNDER_DISPUTE = "under-dispute"
_EQUAL = frozenset({"=", "IN"})
_PATTERNED = frozenset({
    "match-token", "domain-name", "url", "ipv4-addr", "ipv6-addr", "autonomous-system",
    "tls-client-fingerprint", "file", "x509-certificate",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """One report shows one value."""

    report: str
    value: Value
    stops: bool = False
    """Disputed, or of a service that many use: the value links nothing, whoever else shows it."""


def evidence(body: JSON, kinds: Mapping[str, str], *, policy: CorrelationPolicy) -> list[Shown]:
    """All that one live object says; nothing for most types.

    `kinds` has what each token that it refers to stands for, by the token's id.
    """
    if body.get("revoked"):
        return []
    shown = list(_shown(body, kinds, policy))
    return list(dict.fromkeys(shown))


def tokens_of(body: JSON) -> Iterator[str]:
    """The tokens whose kinds `evidence` wants to know."""
    for each in _referred(body):
        if type_of(each) == "match-token":
            yield each


def _shown(body: JSON, kinds: Mapping[str, str], policy: CorrelationPolicy) -> Iterator[Shown]:
    type_, own = str(body["type"]), str(body["id"])
    stops = UNDER_DISPUTE in _words(body, "labels")
    if type_ == "relationship":
        yield from _related(body, kinds, policy, stops=stops)
    elif type_ == "note" and stops:
        for each in _values(_words(body, "object_refs"), kinds):
            yield Shown(own, each, stops=True)
    elif type_ in REPORTS:
        yield from _reported(body, kinds, stops=stops, common=_is_common(body, policy))


def _reported(
    body: JSON, kinds: Mapping[str, str], *, stops: bool, common: bool
) -> Iterator[Shown]:
    own = str(body["id"])
    for value in _named(body, kinds):
        if stops or not common:
            yield Shown(own, value, stops=stops)
        elif value.kind in TECHNICAL:
            yield Shown(own, value, stops=True)
    for item in _profiled(body):
        yield Shown(own, Value(PROFILE, item), stops=stops)
    if body["type"] == "infrastructure" and (common or stops):
        yield Shown(own, Value(APART, own), stops=True)
    if body["type"] == "grouping" and not stops:
        yield from _grouped(body)


def _named(body: JSON, kinds: Mapping[str, str]) -> Iterator[Value]:
    if body["type"] == "indicator":
        yield from in_pattern(str(body["pattern"])) if body["pattern_type"] == "stix" else ()
    else:
        yield from _values(_words(body, "object_refs"), kinds)


def _grouped(body: JSON) -> Iterator[Shown]:
    """What stands in one grouping is one lab's view of one thing."""
    together = Value(STATED, str(body["id"]))
    for each in (str(body["id"]), *_words(body, "object_refs")):
        if type_of(each) in REPORTS:
            yield Shown(each, together)


def _related(
    body: JSON, kinds: Mapping[str, str], policy: CorrelationPolicy, *, stops: bool
) -> Iterator[Shown]:
    """A relationship ties two reports; with an observable, the report shows it."""
    if stops or body["relationship_type"] not in policy.stated_by:
        return
    ends = (str(body["source_ref"]), str(body["target_ref"]))
    reports = [each for each in ends if type_of(each) in REPORTS]
    if len(reports) == len(ends):
        for each in reports:
            yield Shown(each, Value(STATED, str(body["id"])))
    for report in reports:
        for value in _values(ends, kinds):
            yield Shown(report, value)


def _values(references: Iterable[str], kinds: Mapping[str, str]) -> Iterator[Value]:
    for each in references:
        type_ = type_of(each)
        if type_ in SCO_TYPES:
            yield Value(kinds.get(each, type_), each)


def _referred(body: JSON) -> Iterator[str]:
    yield from _words(body, "object_refs")
    if body["type"] == "relationship":
        yield from (str(body["source_ref"]), str(body["target_ref"]))


def _is_common(body: JSON, policy: CorrelationPolicy) -> bool:
    """Whether bystanders use it too, by its own words."""
    types = {*_words(body, "indicator_types"), *_words(body, "infrastructure_types")}
    terms = _extension(body, "share-governance")
    return bool(
        types & policy.common_types
        or terms.get("shared_infrastructure")
        or terms.get("infrastructure_class") in policy.common_classes
    )


def _profiled(body: JSON) -> Iterator[str]:
    for name, value in sorted(_extension(body, "distillation-profile").items()):
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str) and name != "extension_type":
                yield f"{name}={each}"


def _extension(body: JSON, name: str) -> JSON:
    extensions = body.get("extensions")
    found = extensions.get(BY_NAME[name].id) if isinstance(extensions, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _words(body: JSON, name: str) -> list[str]:
    value = body.get(name)
    return [str(each) for each in value] if isinstance(value, list) else []


def in_pattern(text: str) -> Iterator[Value]:
    """The observables that a pattern names by equality, whatever else it says."""
    try:
        pattern = parse_published(text)
    except PatternError:  # a withdrawn one, or one that an older hub let pass
        return
    for expression in expressions_of(pattern.tree):
        for type_, properties in _objects(expression, {}):
            with suppress(ObservableError):
                canonical = canonical_sco(type_, properties)
                kind = str(properties.get("kind", type_))
                yield Value(kind, sco_id(type_, canonical))


def _objects(
    expression: Expression, given: Mapping[str, object]
) -> Iterator[tuple[str, dict[str, object]]]:
    """What each comparison is about, with all that stands beside it in its ANDs."""
    if isinstance(expression, Test):
        for each in _compared(expression):
            properties = {**given, **each}
            if _is_whole(expression.path.object_type, properties):
                yield expression.path.object_type, properties
        return
    if expression.operator == "AND":
        for operand in expression.operands:
            if isinstance(operand, Test) and len(operand.literals) == 1:
                given = {**given, **next(_compared(operand), {})}
    for operand in expression.operands:
        yield from _objects(operand, given)


def _compared(test: Test) -> Iterator[dict[str, object]]:
    """The property that a comparison asks for, once for each constant."""
    if test.negated or test.operator not in _EQUAL or test.path.object_type not in _PATTERNED:
        return
    match test.path.steps:
        case (str(name),) if name in IDENTIFYING[test.path.object_type]:
            for literal in test.literals:
                yield {name: literal.value}
        case ("hashes", str(algorithm)):
            for literal in test.literals:
                yield {"hashes": {algorithm: literal.value}}
        case _:
            pass  # it identifies nothing by itself


def _is_whole(type_: str, properties: Mapping[str, object]) -> bool:
    """Whether enough is said to know the observable by."""
    wanted = IDENTIFYING[type_]
    if "hashes" in wanted:
        return any(name in properties for name in wanted)
    return all(name in properties for name in wanted)
