"""Rebuild the object in the Forum's words. The only place where a `SharedObject` is made.

Nothing is deleted from a lab's object: a new one is built from allow-listed values, each in its
canonical or coarsened form, so that two labs' spellings, rhythms and habits look alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from indicators.domain.disclosure import Policy
from indicators.domain.objects import ScreenedObject, SharedObject
from indicators.domain.observables import ObservableError, canonical_sco
from indicators.domain.outcomes import Reason, Rejected
from indicators.domain.stix.ids import sco_id
from indicators.domain.stix.normalise import emit
from indicators.domain.stix.patterns import PatternError
from indicators.domain.stix.times import cut_down, format_time, parse_time, round_up_to_hour
from indicators.domain.stix.types import SCO_TYPES


_SCALE = ((70, 85), (30, 50), (1, 15), (0, 0))
"""Confidence from, and what is said: the None/Low/Med/High scale of STIX 2.1 appendix A."""
_SINGLE = frozenset({"source_ref", "target_ref"})


@dataclass(frozen=True, slots=True)
class _Setting:
    screened: ScreenedObject
    policy: Policy
    received_at: datetime

    @property
    def lifetime(self) -> timedelta:
        return timedelta(days=self.policy.lifetime_days(self.screened.kinds))


def anonymise(
    screened: ScreenedObject,
    *,
    tags: Mapping[str, bytes],
    policy: Policy,
    received_at: datetime,
) -> SharedObject:
    """Build what the Forum will say.

    `tags` maps the lab's own ids to keyed tags: from here on no id of a lab exists.

    Raises:
        Rejected: nothing that may be shared is left, a value has no canonical form, or it expired.
    """
    setting = _Setting(screened, policy, received_at)
    properties = dict(_transformed(setting))
    if screened.type in SCO_TYPES:
        properties |= _observable(screened)
    if screened.type == "indicator":
        properties |= _lifetime(setting, properties)
    if missing := _REQUIRED.get(screened.type, frozenset()) - properties.keys():
        raise Rejected(
            Reason.NOTHING_TO_SHARE,
            f"{', '.join(sorted(missing))}: no value that this hub shares; see docs/scope.md.",
        )
    return SharedObject(
        ordinal=screened.ordinal,
        type=screened.type,
        canonical=_canonical(screened, properties),
        properties=properties,
        references={
            name: tuple(tags[ref] for ref in refs) for name, refs in screened.references.items()
        },
        optional_references=screened.optional_references,
        single_references=_SINGLE & screened.references.keys(),
    )


_REQUIRED = {
    "indicator": frozenset({"pattern", "valid_from", "valid_until"}),
    "relationship": frozenset({"relationship_type"}),
    "observed-data": frozenset({"first_observed", "last_observed", "number_observed"}),
    "grouping": frozenset({"context"}),
    "report": frozenset({"published"}),
    "note": frozenset({"content"}),
}


def _transformed(setting: _Setting) -> list[tuple[str, object]]:
    screened = setting.screened
    rules = setting.policy.types[screened.type].properties
    done: list[tuple[str, object]] = []
    for name, value in screened.properties.items():
        if name == "extensions":
            done.append((name, value))
        elif (transform := _TRANSFORMS.get(rules[name].action)) is not None:
            kept = transform(setting, value, rules[name].argument)
            if kept not in (None, []):
                done.append((name, kept))
    return done


def _pattern(setting: _Setting, _value: object, _argument: str) -> object:
    pattern = setting.screened.pattern
    assert pattern is not None
    try:
        return emit(pattern)
    except PatternError as error:
        raise Rejected(Reason.INVALID_PATTERN, f"pattern: {error}") from error


def _vocabulary(setting: _Setting, value: object, argument: str) -> object:
    words = setting.policy.vocabularies[argument]
    if isinstance(value, list):
        return sorted({word for word in value if word in words})
    return value if value in words else None


def _flag(_setting: _Setting, value: object, _argument: str) -> object:
    return value if isinstance(value, bool) else None


def _number(_setting: _Setting, value: object, _argument: str) -> object:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _moment(setting: _Setting, value: object, _argument: str) -> object:
    unit = setting.policy.precision_of(setting.screened.kinds)
    return format_time(cut_down(parse_time(str(value)), unit))


def _day(_setting: _Setting, value: object, _argument: str) -> object:
    return format_time(cut_down(parse_time(str(value)), "day"))


def _week(_setting: _Setting, value: object, _argument: str) -> object:
    return format_time(cut_down(parse_time(str(value)), "week"))


def _until(setting: _Setting, value: object, _argument: str) -> object:
    until = parse_time(str(value))
    if until <= setting.received_at:
        raise Rejected(
            Reason.EXPIRED,
            f"valid_until ({format_time(until)}) has passed: nobody could act on it.",
        )
    return format_time(round_up_to_hour(until))


def _scale(_setting: _Setting, value: object, _argument: str) -> object:
    if not isinstance(value, int):
        return None
    return next(said for least, said in _SCALE if value >= least)


def _magnitude(_setting: _Setting, value: object, _argument: str) -> object:
    return 10 ** (len(str(value)) - 1) if isinstance(value, int) and value > 0 else None


def _reviewed(_setting: _Setting, value: object, _argument: str) -> object:
    """Text that a reviewer let pass with its object; all other text was withheld before."""
    return value


def _kill_chain(setting: _Setting, value: object, _argument: str) -> object:
    chains = setting.policy.vocabularies["kill-chain"]
    phases = value if isinstance(value, list) else []
    return sorted(
        (
            {"kill_chain_name": each["kill_chain_name"], "phase_name": each["phase_name"]}
            for each in phases
            if each["kill_chain_name"] in chains and _is_word(each["phase_name"])
        ),
        key=lambda each: (each["kill_chain_name"], each["phase_name"]),
    )


def _external_ids(setting: _Setting, value: object, _argument: str) -> object:
    catalogues = setting.policy.vocabularies["catalogue"]
    references = value if isinstance(value, list) else []
    return sorted(
        (
            {"source_name": each["source_name"], "external_id": each["external_id"]}
            for each in references
            if each.get("source_name") in catalogues and _is_word(each.get("external_id"))
        ),
        key=lambda each: (each["source_name"], each["external_id"]),
    )


def _is_word(text: object) -> bool:
    """Catalogue ids and phase names: too short and too plain to carry a message."""
    return (
        isinstance(text, str)
        and len(text) <= 32  # noqa: PLR2004  longest phase name of ATT&CK and ATLAS is 24
        and text.replace(".", "").replace("-", "").isalnum()
        and text.isascii()
    )


_TRANSFORMS: Mapping[str, Callable[[_Setting, object, str], object]] = {
    "pattern": _pattern,
    "vocabulary": _vocabulary,
    "flag": _flag,
    "number": _number,
    "moment": _moment,
    "day": _day,
    "week": _week,
    "until": _until,
    "scale": _scale,
    "magnitude": _magnitude,
    "kill-chain": _kill_chain,
    "text": _reviewed,
    "name": _reviewed,
    "external-ids": _external_ids,
}


def _observable(screened: ScreenedObject) -> dict[str, object]:
    try:
        return dict(canonical_sco(screened.type, screened.properties))
    except ObservableError as error:
        raise Rejected(Reason.INVALID_STIX, str(error)) from error


def _lifetime(setting: _Setting, properties: Mapping[str, object]) -> dict[str, object]:
    """Every indicator ends: when the lab says, at the latest when its kind's lifetime does."""
    start = max(setting.received_at, parse_time(str(properties["valid_from"])))
    longest = round_up_to_hour(start + setting.lifetime)
    stated = properties.get("valid_until")
    until = min(longest, parse_time(str(stated))) if stated else longest
    if until <= parse_time(str(properties["valid_from"])):
        raise Rejected(Reason.EXPIRED, "valid_until does not lie after valid_from.")
    return {"valid_until": format_time(until)}


def _canonical(screened: ScreenedObject, properties: Mapping[str, object]) -> str | None:
    if screened.type == "indicator":
        return f"indicator stix {properties['pattern']}"
    if screened.type in SCO_TYPES:
        # The standard's own rule of identity: two files that share an MD5 are one by id, too.
        return sco_id(screened.type, properties)
    return None
