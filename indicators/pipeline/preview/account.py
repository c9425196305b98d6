"""Property by property: what happened to what the lab sent, and why, in words.

Nothing is decided here: it is read off what the river's stages made of the object. What was removed
from it is not shown, not even to who sent it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from indicators.domain.disclosure import REFERENCES, Policy, Rule
from indicators.domain.objects import ReceivedObject, ScreenedObject
from indicators.domain.screens.detectors import findings
from indicators.domain.screens.removal import only_removed
from indicators.domain.stix.extensions import BY_ID
from indicators.domain.stix.types import SCO_TYPES
from indicators.pipeline.preview import words
from indicators.pipeline.preview.shown import Fate, Property
from indicators.pipeline.verdicts import Decision, withheld_for


Body = Mapping[str, Any]


def described(
    decision: Decision, published: Sequence[Body], *, policy: Policy
) -> Iterator[Property]:
    """Each property of an object as its lab sent it; `published` is what readers get of it."""
    received, screened = decision.received, decision.screened
    yield from map(_removed, received.removed)
    if screened is None:
        return
    rules = policy.types[screened.type]
    about = _About(received, screened, published, rules.properties, withheld_for(decision))
    for name, value in received.body.items():
        if name == "extensions":
            yield from about.extensions(rules.extensions)
        elif not only_removed(value):
            yield from about.property(name)
    yield from about.left_out_parts()


def _removed(each: Any) -> Property:
    why = words.REMOVED.format(kind=each.kind)
    return Property(each.where, Fate.REMOVED, why, reason=each.reason, rule=each.rule_id)


@dataclass(frozen=True, slots=True)
class _About:
    """One object, before and after."""

    received: ReceivedObject
    screened: ScreenedObject
    published: Sequence[Body]
    rules: Mapping[str, Rule]
    withheld: Mapping[str, Any]

    @property
    def body(self) -> Body:
        """The first of what readers get; empty for what is not published (yet)."""
        return self.published[0] if self.published else {}

    @property
    def is_token(self) -> bool:
        """Tokens take the place of the whole of it."""
        return self.screened.type in SCO_TYPES and bool(self.screened.identifiers)

    def property(self, name: str) -> Iterator[Property]:
        """The account of one property; none while its fate depends on what has not come yet."""
        before = self.received.body[name]
        if name in self.withheld:
            yield self._withheld(name, before)
        elif name[:60] in self.screened.dropped:
            yield self._dropped(name, before)
        elif self.published:
            yield self._carried(name, before)

    def _withheld(self, name: str, before: object) -> Property:
        return Property(
            name,
            Fate.WITHHELD,
            words.WITHHELD[self.withheld[name]] + _found(before),
            before,
            self.body.get(name),
            self.withheld[name],
            self._line(name),
        )

    def _dropped(self, name: str, before: object) -> Property:
        if name in self.body:
            return Property(name, Fate.REPLACED, words.OWN_TEXT, before, self.body[name])
        why = words.LISTED_AS_DROPPED if name in self.rules else words.NO_SLOT
        return Property(name, Fate.DROPPED, why, before, rule=self._line(name))

    def _carried(self, name: str, before: object) -> Property:
        rule = self.rules.get(name)
        if self.is_token and name not in words.OF_THE_FORUM:
            return self._of_token(name, before)
        if name in words.OF_THE_FORUM:
            return self._common(name, before)
        after = self.body.get(name)
        fate, why = self._fate(before, after, rule)
        return Property(name, fate, why, before, after, rule=self._line(name))

    def _fate(self, before: object, after: object, rule: Rule | None) -> tuple[Fate, str]:
        action = rule.action if rule else ""
        if after is None:
            return Fate.DROPPED, words.REFERS_TO_NONE if action in REFERENCES else words.NOT_LISTED
        if action in REFERENCES:
            return Fate.REPLACED, _references(before, after)
        if action == "pattern" and self.screened.identifiers:
            return Fate.TOKENISED, words.TOKENS
        if before == after:
            return Fate.KEPT, words.KEPT
        if action in words.COARSENED and not _in_another_order(before, after):
            return Fate.COARSENED, words.COARSENED[action]
        return Fate.KEPT, words.SPELLED

    def _of_token(self, name: str, before: object) -> Property:
        if name in words.IDENTIFYING:
            tokens = [each["value"] for each in self.published]
            line = self._line(name)
            return Property(name, Fate.TOKENISED, words.TOKENS, before, tokens, rule=line)
        return Property(name, Fate.DROPPED, words.BESIDE_TOKEN, before)

    def _common(self, name: str, before: object) -> Property:
        after = self.body.get(name)
        if after == before:
            return Property(name, Fate.KEPT, words.KEPT, before, after)
        if after is None:
            return Property(name, Fate.DROPPED, words.READ_ALONE, before)
        return Property(name, Fate.REPLACED, words.OF_THE_FORUM[name], before, after)

    def extensions(self, rules: Mapping[str, Rule]) -> Iterator[Property]:
        """What an object says in extensions: each of the Forum's key by key, any other as one."""
        found = self.received.body.get("extensions")
        for identifier, value in found.items() if isinstance(found, Mapping) else ():
            own = BY_ID.get(identifier)
            name = f"extensions.{own.name if own else identifier[:60]}"
            if name in self.withheld:
                yield self._withheld(name, value)
            elif own and own.name in rules and isinstance(value, Mapping):
                yield from self._keys(name, identifier, value)

    def _keys(self, name: str, identifier: str, value: Mapping[str, object]) -> Iterator[Property]:
        after = self.body.get("extensions", {}).get(identifier, {})
        for key, before in value.items():
            if key == "extension_type" or not self.published:
                continue
            place, rule = f"{name}.{key}", self._line(name)
            if key not in after:
                why = words.READ_ALONE if key in words.READ else words.NO_SLOT
                yield Property(place, Fate.DROPPED, why, before, rule=rule)
            elif after[key] == before:
                yield Property(place, Fate.KEPT, words.KEPT, before, after[key], rule=rule)
            elif _in_another_order(before, after[key]):
                yield Property(place, Fate.KEPT, words.SPELLED, before, after[key], rule=rule)
            else:
                yield Property(place, Fate.REPLACED, words.WEAKER, before, after[key], rule=rule)

    def left_out_parts(self) -> Iterator[Property]:
        """Parts of properties that were left out: a hash of an unknown algorithm, an extension."""
        whole = {name[:60] for name in self.received.body}
        for name in self.screened.dropped:
            if name not in whole:
                yield Property(name, Fate.DROPPED, words.NO_SLOT)

    def _line(self, name: str) -> str:
        return f"types.{self.screened.type}.{name}"


def _found(text: object) -> str:
    """Which rules found something in it, so that its lab can take that out itself."""
    kinds = dict.fromkeys(each.kind for each in findings(text)) if isinstance(text, str) else {}
    return words.FOUND.format(kinds=", ".join(kinds)) if kinds else ""


def _in_another_order(before: object, after: object) -> bool:
    return (
        isinstance(before, list)
        and isinstance(after, list)
        and sorted(map(str, before)) == sorted(map(str, after))
    )


def _references(before: object, after: object) -> str:
    wanted = len(set(map(str, before))) if isinstance(before, list) else 1
    found = len(after) if isinstance(after, list) else 1
    left = wanted - found
    return words.REFERENCES + (words.LEFT_OUT.format(left=left) if left > 0 else "")
