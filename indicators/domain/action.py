"""How far a reader may go on an indicator by itself: what every one says in `share-governance`.

Built from what the indicator is about and from what its lab says, which may weaken a tier and never
strengthen it. The parameters stand in `policy/actions.toml`, which explains its own words.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from indicators.domain.disclosure import Policy, PolicyError
from indicators.domain.governance import UNCORRELATED
from indicators.domain.objects import ScreenedObject
from indicators.domain.outcomes import Reason
from indicators.domain.stix.patterns import Comparison, Pattern


LISTED = "warning-list-hit"
"""The counter-evidence of a value that stands on a warning list."""
_GOVERNANCE = "share-governance"
BANDS = "prompt-family:bands[*]"
_EQUAL = frozenset({"=", "IN"})
_ADDRESSES = frozenset({"ipv4-addr:value", "ipv6-addr:value"})


@dataclass(frozen=True, slots=True)
class About:
    """What holds of indicators over one kind of thing."""

    tier: str
    confidence: int
    """Where its lab states none: 0, 15, 50 or 85."""
    because: str
    shared: bool = False
    """Bystanders use it, always."""


@dataclass(frozen=True, slots=True)
class ActionPolicy:
    """The file's words; immutable."""

    version: str
    tiers: Mapping[str, str]
    """From the weakest: what a reader may do."""
    about: Mapping[str, About]
    broad: str
    stated: str
    listed: str
    types: Mapping[str, str]
    """Indicator types that say that bystanders use it, and the strongest tier left to them."""
    classes: Mapping[str, str]
    """The same of infrastructure classes."""

    def weakest(self, tiers: Iterator[str]) -> str:
        """Of several ceilings the lowest."""
        order = list(self.tiers)
        return min(tiers, key=order.index)


@dataclass(frozen=True, slots=True)
class Subject:
    """What of an indicator decides how far one may go on it."""

    kinds: frozenset[str]
    """What it is about, in the disclosure policy's words."""
    pattern: Pattern | None = None
    """None in another language than STIX."""
    indicator_types: frozenset[str] = frozenset()
    is_broad: bool = False
    is_listed: bool = False
    stated: Mapping[str, object] = field(default_factory=dict)
    """What its lab says in `share-governance`."""

    @classmethod
    def of(cls, screened: ScreenedObject, said: Mapping[str, object]) -> Subject:
        """The subject of an indicator of which this much is going to be said."""
        return cls(
            kinds=screened.kinds,
            pattern=screened.pattern,
            indicator_types=frozenset(_list(said.get("indicator_types"))),
            is_broad=Reason.BROAD_PATTERN in screened.waived,
            is_listed=Reason.WARNING_LIST in screened.waived,
            stated=_mapping(_mapping(said.get("extensions")).get(_GOVERNANCE)),
        )


def told(
    screened: ScreenedObject, said: Mapping[str, object], *, policy: Policy, actions: ActionPolicy
) -> dict[str, object]:
    """The properties that tell a reader how to act, in the place of what the lab said of them.

    Only what the disclosure policy lists is told.
    """
    subject, rule = Subject.of(screened, said), policy.types["indicator"]
    terms = rule.extensions.get(_GOVERNANCE)
    listed = terms.argument.split(",") if terms else []
    made = {key: each for key, each in words(subject, actions=actions).items() if key in listed}
    governance = {"campaign": UNCORRELATED, **made}
    parts: dict[str, object] = {
        "extensions": {**_mapping(said.get("extensions")), _GOVERNANCE: governance}
    }
    if rule.properties["confidence"].action == "scale" and "confidence" not in said:
        parts["confidence"] = default_confidence(subject, actions=actions)
    return parts


def words(subject: Subject, *, actions: ActionPolicy) -> dict[str, object]:
    """What the indicator says of itself; said again of what it says, it comes out the same."""
    shared = list(_shared(subject, actions))
    counter = {*_list(subject.stated.get("counter_evidence"))}
    if subject.is_listed:
        counter.add(LISTED)
    said: dict[str, object] = {
        **subject.stated,
        "action_tier": actions.weakest(_ceilings(subject, shared, actions)),
        "shared_infrastructure": bool(shared),
        "match_policy": match_policy(subject),
    }
    return said | ({"counter_evidence": sorted(counter)} if counter else {})


def default_confidence(subject: Subject, *, actions: ActionPolicy) -> int:
    """What an indicator is believed whose lab does not say: the least of what it is about."""
    return min(each.confidence for each in _about(subject, actions))


def match_policy(subject: Subject) -> str:
    """When the indicator counts as matched; follows from the pattern, whatever its lab says."""
    compared = subject.pattern.comparisons if subject.pattern else ()
    if any(each.path == BANDS for each in compared):
        return "bands-4-of-32"
    if subject.pattern is None or not subject.pattern.is_timeless:
        return "pattern"  # another language, or one of times and order
    if not all(map(_names_values, compared)):
        return "pattern"
    return "subset" if any(map(_names_networks, compared)) else "exact"


def _names_values(each: Comparison) -> bool:
    return not each.negated and (each.operator in _EQUAL or _names_networks(each))


def _names_networks(each: Comparison) -> bool:
    if each.operator == "ISSUBSET":
        return True
    return each.path in _ADDRESSES and any("/" in str(value) for value in each.values)


def _ceilings(subject: Subject, shared: list[str], actions: ActionPolicy) -> Iterator[str]:
    yield from (each.tier for each in _about(subject, actions))
    yield from shared
    if subject.is_broad:
        yield actions.broad
    if "action_tier" in subject.stated:
        yield str(subject.stated["action_tier"])


def _about(subject: Subject, actions: ActionPolicy) -> Iterator[About]:
    return (actions.about.get(kind, actions.about["other"]) for kind in subject.kinds)


def _shared(subject: Subject, actions: ActionPolicy) -> Iterator[str]:
    """Ceilings of what bystanders use too; none if nothing says that they do."""
    found = [each.tier for each in _about(subject, actions) if each.shared]
    found += [actions.types[each] for each in subject.indicator_types & actions.types.keys()]
    class_ = str(subject.stated.get("infrastructure_class", ""))
    if class_ in actions.classes:
        found.append(actions.classes[class_])
    if subject.is_listed:
        found.append(actions.listed)
    yield from found
    # The flag alone says least; where something says more, that decides.
    if not found and subject.stated.get("shared_infrastructure") is True:
        yield actions.stated


def _list(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


@cache
def current_actions() -> ActionPolicy:
    """The parameters that the package carries.

    Raises:
        PolicyError: a tier that the file does not explain, or a confidence that is off the scale.
    """
    text = resources.files("indicators.policy").joinpath("actions.toml").read_text("utf-8")
    return read_actions(text)


def read_actions(text: str) -> ActionPolicy:
    """Build the parameters from the text of a file; raises PolicyError as above."""
    raw = tomllib.loads(text)
    shared = raw["shared"]
    actions = ActionPolicy(
        version=raw["version"],
        tiers=raw["tiers"],
        about={kind: About(**each) for kind, each in raw["about"].items()},
        broad=raw["broad"]["at_most"],
        stated=shared["stated"],
        listed=shared["listed"],
        types=shared["indicator_types"],
        classes=shared["infrastructure_classes"],
    )
    _check(actions)
    return actions


def _check(actions: ActionPolicy) -> None:
    used = {each.tier for each in actions.about.values()}
    used |= {actions.broad, actions.stated, actions.listed}
    used |= {*actions.types.values(), *actions.classes.values()}
    if unknown := used - actions.tiers.keys():
        raise PolicyError(f"actions.toml: {min(unknown)!r} does not stand in [tiers]")
    if off := {each.confidence for each in actions.about.values()} - {0, 15, 50, 85}:
        raise PolicyError(f"actions.toml: confidence {min(off)} is none of 0, 15, 50, 85")
