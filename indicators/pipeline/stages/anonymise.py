"""Rebuild the object in the Forum's words. The only place where a `SharedObject` is made.

Nothing is deleted from a lab's object: a new one is built from allow-listed values, each in its
canonical or coarsened form, so that two labs' spellings, rhythms and habits look alike. Of
personal identifiers only tokens go on: the values end here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from indicators.domain.action import current_actions, told
from indicators.domain.canonical import indicator_content
from indicators.domain.canonical_sco import canonical_sco
from indicators.domain.confidence import capped
from indicators.domain.decay import Model, current_decay
from indicators.domain.disclosure import Policy
from indicators.domain.identifiers import Reading
from indicators.domain.objects import ScreenedObject, SharedObject
from indicators.domain.observables import ObservableError
from indicators.domain.outcomes import Reason, Rejected
from indicators.domain.stix import pattern_tokens
from indicators.domain.stix.ids import sco_id
from indicators.domain.stix.times import LATEST, cut_down, format_time, parse_time, round_up
from indicators.domain.stix.types import SCO_TYPES
from indicators.domain.surroundings import Surroundings
from indicators.domain.tokens import Identifier, Token


_SINGLE = frozenset({"source_ref", "target_ref"})
_MOST = 20
"""Phases and catalogue ids that one object names."""


@dataclass(frozen=True, slots=True)
class _Setting:
    screened: ScreenedObject
    policy: Policy
    around: Surroundings
    tokens: Mapping[Identifier, Token]

    @property
    def received_at(self) -> datetime:
        return self.around.received_at

    @property
    def model(self) -> Model:
        return current_decay().model(self.screened.evidence)

    @property
    def lifetime(self) -> timedelta:
        return timedelta(days=self.policy.lifetime_days(self.screened.kinds))

    @property
    def tokens_end(self) -> datetime | None:
        """When the first of the tokens ends that it speaks of; None if it speaks of none."""
        made = [self.tokens[each].not_after for each in self.screened.identifiers]
        return min(
            (*made, *(self.around.epochs[each] for each in self.screened.epochs)), default=None
        )


def anonymise(
    screened: ScreenedObject,
    *,
    tags: Mapping[str, bytes],
    tokens: Mapping[Identifier, Token],
    policy: Policy,
    around: Surroundings,
) -> tuple[SharedObject, ...]:
    """Build what the Forum will say: one object, or one for each token of an observable.

    `tags` maps the lab's own ids to keyed tags: from here on no id of a lab exists. `tokens` has
    one for each of the object's identifiers.

    Raises:
        Rejected: nothing that may be shared is left, a value has no canonical form, or it expired.
    """
    if screened.type in SCO_TYPES and screened.identifiers:
        return tuple(
            _token(screened, tokens[each], part=each.kind if place else "")
            for place, each in enumerate(screened.identifiers)
        )
    return (_object(_Setting(screened, policy, around, tokens), tags),)


def _token(screened: ScreenedObject, token: Token, *, part: str) -> SharedObject:
    """What takes the place of a personal observable; none of its other properties goes on."""
    return SharedObject(
        ordinal=screened.ordinal,
        type="match-token",
        canonical=sco_id("match-token", token.properties),
        properties=token.properties,
        references={},
        part=part,
        is_token=True,
    )


def _object(setting: _Setting, tags: Mapping[str, bytes]) -> SharedObject:
    screened = setting.screened
    properties = dict(_transformed(setting))
    if screened.type in SCO_TYPES:
        properties |= _observable(screened)
    if screened.type == "indicator":
        properties |= _lifetime(setting, properties) | _pattern_version(screened)
        properties |= told(screened, properties, policy=setting.policy, actions=current_actions())
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
        is_token=setting.tokens_end is not None,
        kind=screened.evidence,
    )


_REQUIRED = {
    "indicator": frozenset({"pattern", "pattern_type", "valid_from", "valid_until"}),
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


def _pattern(setting: _Setting, value: object, _argument: str) -> object:
    pattern = setting.screened.pattern
    if pattern is None:  # another language, which a reviewer let pass
        return value
    if not setting.screened.identifiers:
        return pattern.canonical
    reading = Reading(setting.policy, setting.around.residential)
    return pattern_tokens.with_tokens(pattern, reading, setting.tokens)


def _vocabulary(setting: _Setting, value: object, argument: str) -> object:
    words = setting.policy.vocabularies[argument]
    if isinstance(value, list):
        return sorted({word for word in value if word in words})
    return value if value in words else None


def _word(_setting: _Setting, value: object, _argument: str) -> object:
    """Closed by the object's own schema, against which it was checked."""
    return value


def _flag(_setting: _Setting, value: object, _argument: str) -> object:
    return value if isinstance(value, bool) else None


def _number(_setting: _Setting, value: object, _argument: str) -> object:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _moment(setting: _Setting, value: object, _argument: str) -> object:
    unit = setting.policy.precision_of(setting.screened.kinds)
    return format_time(cut_down(parse_time(str(value)), unit))


def _day(_setting: _Setting, value: object, _argument: str) -> object:
    return format_time(cut_down(parse_time(str(value)), "day"))


def _next_day(_setting: _Setting, value: object, _argument: str) -> object:
    day = round_up(parse_time(str(value)), "day")
    return format_time(day) if day.year <= LATEST else None


def _week(_setting: _Setting, value: object, _argument: str) -> object:
    return format_time(cut_down(parse_time(str(value)), "week"))


def _until(setting: _Setting, value: object, _argument: str) -> object:
    until = parse_time(str(value))
    if until <= setting.received_at:
        raise Rejected(
            Reason.EXPIRED,
            f"valid_until ({format_time(until)}) has passed: nobody could act on it.",
        )
    return format_time(round_up(until, "hour"))


def _scale(setting: _Setting, value: object, _argument: str) -> object:
    if not isinstance(value, int):
        return None
    return capped(value, setting.model)


def _magnitude(_setting: _Setting, value: object, _argument: str) -> object:
    return 10 ** (len(str(value)) - 1) if isinstance(value, int) and value > 0 else None


def _reviewed(_setting: _Setting, value: object, _argument: str) -> object:
    """Text that a reviewer let pass with its object; all other text was withheld before."""
    return value


def _kill_chain(setting: _Setting, value: object, _argument: str) -> object:
    chains = setting.policy.kill_chains
    phases = {
        (each["kill_chain_name"], each["phase_name"])
        for each in (value if isinstance(value, list) else [])
        if each["phase_name"] in chains.get(each["kill_chain_name"], ())
    }
    return [
        {"kill_chain_name": chain, "phase_name": phase} for chain, phase in sorted(phases)[:_MOST]
    ]


def _external_ids(setting: _Setting, value: object, _argument: str) -> object:
    catalogues = setting.policy.catalogues
    ids = {
        (each["source_name"], each["external_id"])
        for each in (value if isinstance(value, list) else [])
        if (form := catalogues.get(each["source_name"]))
        and form.fullmatch(each.get("external_id", ""))
    }
    return [{"source_name": source, "external_id": id_} for source, id_ in sorted(ids)[:_MOST]]


_TRANSFORMS: Mapping[str, Callable[[_Setting, object, str], object]] = {
    "pattern": _pattern,
    "vocabulary": _vocabulary,
    "word": _word,
    "flag": _flag,
    "number": _number,
    "moment": _moment,
    "day": _day,
    "next-day": _next_day,
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
        identifying = canonical_sco(screened.type, screened.properties)
    except ObservableError as error:
        raise Rejected(Reason.INVALID_STIX, str(error)) from error
    if not identifying:
        raise Rejected(
            Reason.NOTHING_TO_SHARE,
            f"Nothing is left that tells which {screened.type} it is; see docs/scope.md.",
        )
    return identifying


def _lifetime(setting: _Setting, properties: Mapping[str, object]) -> dict[str, object]:
    """Every indicator ends: when the lab says; if it does not, when too little is left to believe.

    At the latest when its kind's lifetime does, or its tokens.
    """
    begin = parse_time(str(properties["valid_from"]))
    if begin > setting.received_at + setting.lifetime:
        raise Rejected(
            Reason.TOO_EARLY,
            f"valid_from lies more than {setting.lifetime.days} days ahead, longer than such an "
            "indicator lives. Send it when it is nearer.",
        )
    start = max(setting.received_at, begin)
    stated = properties.get("valid_until")
    lives = current_decay().lives(setting.screened.evidence) or setting.lifetime
    # Of tokens the hour would tell when they were sent, which their batch does not.
    unit = "hour" if setting.tokens_end is None else "day"
    ends = [round_up(start + each, unit) for each in (setting.lifetime, lives)]
    until = min(ends[0], parse_time(str(stated))) if stated else min(ends)
    if setting.tokens_end is not None:
        until = min(until, setting.tokens_end)
    if until <= begin:
        raise Rejected(Reason.EXPIRED, "valid_until does not lie after valid_from.")
    return {"valid_until": format_time(until)}


def _pattern_version(screened: ScreenedObject) -> dict[str, object]:
    """Stated always or never: whether a lab's tool states it tells the tool."""
    return {"pattern_version": "2.1"} if screened.pattern else {}


def _canonical(screened: ScreenedObject, properties: Mapping[str, object]) -> str | None:
    if screened.type == "indicator":
        return indicator_content(str(properties["pattern_type"]), str(properties["pattern"]))
    if screened.type in SCO_TYPES:
        # The standard's own rule of identity: two files that share an MD5 are one by id, too.
        return sco_id(screened.type, properties)
    return None
