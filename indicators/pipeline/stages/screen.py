"""May it be shared, and which parts of it? Applies the disclosure policy, property by property.

Default deny: what the policy does not list is left behind and named to the lab. Text and behaviour
profiles are withheld alone and never delay their object. Nothing is transformed here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from indicators.domain import identifiers
from indicators.domain.decay import LASTING, current_decay
from indicators.domain.disclosure import REFERENCES, WITHHELD, Policy, Rule, TypeRule
from indicators.domain.objects import Declaration, ReceivedObject, ScreenedObject, ValidObject
from indicators.domain.outcomes import NEVER_WAIVED, Echo, Held, Reason, Rejected, Unshared
from indicators.domain.related import current_rules
from indicators.domain.screens import (
    breadth,
    fingerprints,
    marking,
    person,
    reserved,
    token_patterns,
    urls,
    values,
    warning_lists,
)
from indicators.domain.screens.removal import only_removed
from indicators.domain.stix.extensions import BY_ID
from indicators.domain.stix.hashes import STANDARD_NAMES, folded, is_known
from indicators.domain.surroundings import Surroundings
from indicators.domain.tokens import Identifier


_COMMON = frozenset({
    "id", "type", "spec_version", "created", "modified", "created_by_ref", "object_marking_refs",
    "granular_markings", "revoked", "lang", "defanged", "extensions",
})  # fmt: skip
_GOVERNANCE = "share-governance"


@dataclass(slots=True)
class _Selection:
    """What the policy lets through, while it is gathered."""

    properties: dict[str, object] = field(default_factory=dict)
    references: dict[str, tuple[str, ...]] = field(default_factory=dict)
    optional: set[str] = field(default_factory=set)
    withheld: dict[str, object] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)


def screen(valid: ValidObject, *, policy: Policy, around: Surroundings) -> ScreenedObject:
    """Keep what may be shared of one object.

    Raises:
        Rejected: out of scope, without purpose or nexus, or about reserved ranges.
        Held: a person must decide over the whole object.
        Echo, Unshared: nothing of it is shared by itself, and nothing is wrong with it.
    """
    rule = policy.types[valid.type]
    waived = valid.received.waived
    _scope(valid, rule, around=around)
    marking.check_marking(valid.received, around=around)
    governance = _extension(valid.received, _GOVERNANCE)
    declaration = _declaration(governance, policy=policy, standing=around.standing)
    _decision(valid, rule, around=around)
    personal = identifiers.find(valid, policy=policy, residential=around.residential)
    person.check_person(valid, personal, declaration, around=around)
    if valid.pattern:
        breadth.check_paths(valid.pattern, policy=policy, waived=waived)
        values.check_values(valid.pattern, policy=policy, waived=waived)
        fingerprints.check_fingerprints(valid.pattern)
        token_patterns.check_token_patterns(valid.pattern)
        breadth.check_time(valid.pattern, waived=waived)
    if not around.audience.accepts_reserved:
        reserved.check_reserved(valid)
    breadth.check_breadth(valid, policy=policy, waived=waived)
    urls.check_urls(valid, policy=policy, waived=waived)
    warning_lists.check_warning_lists(valid, waived=waived)
    chosen = _select(valid, rule, policy=policy)
    return ScreenedObject(
        ordinal=valid.received.ordinal,
        type=valid.type,
        kinds=_kinds(valid, personal, policy=policy),
        properties=chosen.properties,
        pattern=valid.pattern,
        references=chosen.references,
        optional_references=frozenset(chosen.optional),
        withheld=chosen.withheld,
        withheld_reasons=tuple(dict.fromkeys(chosen.reasons)),
        dropped=tuple(chosen.dropped),
        declaration=declaration,
        basis=str(governance.get("basis", "own-telemetry")),
        rule_ids=(f"types.{valid.type}", *current_rules().ids(person.kinds_of(valid, personal))),
        identifiers=personal,
        epochs=person.epochs_of(valid, around=around),
        waived=waived,
        evidence=_evidence(valid, personal, policy=policy),
    )


def _scope(valid: ValidObject, rule: TypeRule, *, around: Surroundings) -> None:
    if rule.verb == "refuse":
        raise Rejected(
            rule.reason or Reason.OUT_OF_SCOPE,
            f"Objects of type {valid.type} do not belong on this hub; see docs/scope.md.",
        )
    if rule.verb == "unshared" or (valid.type == "identity" and valid.received.is_author):
        raise Unshared(
            Reason.AUTHOR_OR_MARKING, "Read, and not shared: the Forum speaks in its own name."
        )
    if rule.verb == "catalogue":
        if valid.id in around.catalogue:
            raise Echo(
                Reason.ECHO, "This stands in the reference collection; refer to it by its id."
            )
        raise Held(
            Reason.NOT_IN_CATALOGUE,
            f"This {valid.type} does not stand in a reference collection, and nobody can release "
            "it. Refer to one that does, by its id in ATLAS or ATT&CK.",
        )


def _declaration(
    governance: Mapping[str, object], *, policy: Policy, standing: Declaration | None
) -> Declaration:
    purpose = governance.get("purpose") or (standing and standing.purpose)
    if purpose not in policy.purposes:
        raise Rejected(
            Reason.PURPOSE,
            f"The purpose must be one of {', '.join(sorted(policy.purposes))}: state it in "
            "share-governance, or have it declared on your grant.",
        )
    stated = _words(governance.get("threat_nexus")) or (standing.threat_nexus if standing else ())
    if policy.threat_nexus.isdisjoint(stated):
        raise Rejected(
            Reason.THREAT_NEXUS,
            "A breach of terms alone is no threat. State in share-governance what makes it one "
            "(threat_nexus: "
            f"{', '.join(sorted(policy.threat_nexus))}), or have it declared on your grant.",
        )
    return Declaration(str(purpose), stated, defaulted="threat_nexus" not in governance)


def _words(value: object) -> tuple[str, ...]:
    return tuple(str(each) for each in value) if isinstance(value, list) else ()


def _decision(valid: ValidObject, rule: TypeRule, *, around: Surroundings) -> None:
    waived = valid.received.waived
    if around.first_objects and Reason.FIRST_OBJECTS not in waived:
        raise Held(Reason.FIRST_OBJECTS, "A person looks at the first objects of every new member.")
    reason = _reason_for_review(valid, rule)
    if reason is None:
        return
    if reason in NEVER_WAIVED or reason not in waived:
        raise Held(reason, _WHY_HELD[reason])


def _reason_for_review(valid: ValidObject, rule: TypeRule) -> Reason | None:
    if rule.verb == "review":
        return rule.reason
    values = [value for value in valid.received.body.values() if isinstance(value, str)]
    return next((rule.review_values[each] for each in values if each in rule.review_values), None)


_WHY_HELD = {
    Reason.ATTRIBUTION: "A person decides over every attribution.",
    Reason.NAMED_ENTITY: "A person decides before an organisation or product is named.",
    Reason.FREE_TEXT: "It is text alone; a person reads it first.",
    Reason.NEEDS_REVIEW: "A person looks at objects of this type first.",
}


def _select(valid: ValidObject, rule: TypeRule, *, policy: Policy) -> _Selection:
    chosen = _Selection()
    # Whoever let a whole object pass has read its text too.
    is_read = rule.verb == "review" and rule.reason in valid.received.waived
    for name, value in valid.received.body.items():
        own = rule.properties.get(name)
        if own and own.action == "hashes" and isinstance(value, dict):
            _place_hashes(chosen, name, value, policy.vocabularies[own.argument])
        elif name not in _COMMON:
            _place(chosen, name, value, own, is_read=is_read)
    _select_extensions(chosen, valid, rule)
    return chosen


def _select_extensions(chosen: _Selection, valid: ValidObject, rule: TypeRule) -> None:
    kept: dict[str, object] = {}
    for name, identifier, value in _extensions(valid.received):
        extension_rule = rule.extensions.get(name)
        if extension_rule is None or not isinstance(value, dict):
            _leave_out(chosen, identifier, value)
        elif extension_rule.action in WITHHELD:
            _withhold(chosen, f"extensions.{name}", value, extension_rule)
        elif keys := _keys(value, extension_rule):
            kept[name] = keys
    if kept:
        chosen.properties["extensions"] = kept


def _leave_out(chosen: _Selection, identifier: str, value: object) -> None:
    makes_the_type = isinstance(value, dict) and value.get("extension_type") == "new-sco"
    if not makes_the_type:
        chosen.dropped.append(f"extensions.{identifier[:60]}")


def _withhold(chosen: _Selection, name: str, value: object, rule: Rule) -> None:
    chosen.withheld[name] = value
    chosen.reasons.append(WITHHELD[rule.action])


def _place(
    chosen: _Selection, name: str, value: object, rule: Rule | None, *, is_read: bool
) -> None:
    if only_removed(value):
        return  # its sender is told what it was
    if rule is None or rule.action == "drop":
        chosen.dropped.append(name[:60])
    elif rule.action in WITHHELD and not is_read:
        _withhold(chosen, name, value, rule)
    elif rule.action in REFERENCES:
        refs = value if isinstance(value, list) else [value]
        chosen.references[name] = tuple(dict.fromkeys(str(ref) for ref in refs))
        if rule.action.endswith("?"):
            chosen.optional.add(name)
    else:
        chosen.properties[name] = value


def _place_hashes(
    chosen: _Selection, name: str, hashes: Mapping[str, object], listed: frozenset[str]
) -> None:
    """Keep the hashes of listed algorithms: whoever names an own one writes what he likes there."""
    kept = {}
    for algorithm, value in hashes.items():
        if STANDARD_NAMES.get(folded(algorithm)) in listed:
            kept[algorithm] = value
        else:
            told = algorithm if is_known(algorithm) else "(unknown algorithm)"
            chosen.dropped.append(f"{name}.{told}")
    if kept:
        chosen.properties[name] = kept


def _keys(value: Mapping[str, object], rule: Rule) -> dict[str, object]:
    wanted = set(rule.argument.split(","))
    return {
        key: each
        for key, each in value.items()
        if key != "extension_type" and ("*" in wanted or key in wanted)
    }


def _extension(received: ReceivedObject, name: str) -> Mapping[str, object]:
    for found, _, value in _extensions(received):
        if found == name and isinstance(value, dict):
            return value
    return {}


def _extensions(received: ReceivedObject) -> Iterator[tuple[str, str, object]]:
    extensions = received.body.get("extensions")
    if not isinstance(extensions, dict):
        return
    for identifier, value in extensions.items():
        own = BY_ID.get(identifier)
        yield own.name if own else "", identifier, value


def _evidence(valid: ValidObject, personal: tuple[Identifier, ...], *, policy: Policy) -> str:
    """What an indicator is about, of tokens finer than the policy's kinds."""
    if valid.type != "indicator":
        return LASTING
    tokens = person.kinds_of(valid, personal)
    rough = {policy.kind_of(f"match-token:{each}") for each in (*tokens, "")}
    rest = _kinds(valid, personal, policy=policy) - (rough if tokens else frozenset())
    return current_decay().kind_of([*tokens, *rest])


def _kinds(
    valid: ValidObject, personal: tuple[Identifier, ...], *, policy: Policy
) -> frozenset[str]:
    """What it is about; a token by what it stands for, whoever made it."""
    compared = [each.path for each in valid.pattern.comparisons] if valid.pattern else []
    tokens = [f"match-token:{kind}" for kind in person.kinds_of(valid, personal)]
    return frozenset(policy.kind_of(path) for path in (*compared, *tokens)) or frozenset(
        {policy.kind_of(f"{valid.type}:")}
    )
