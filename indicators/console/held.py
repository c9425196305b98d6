"""One held item as the pages show it: what it is, why it is held, and which words a rule found."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from indicators.domain.outcomes import WHY_NEVER_WAIVED
from indicators.domain.screens.detectors import current_packs, findings
from indicators.domain.screens.packs import Rule
from indicators.members.registry import Clerk
from indicators.models.submission import HeldObject
from indicators.pipeline import review
from indicators.pipeline.preview import Previewed, preview_of_held
from indicators.ui.defang import defanged, excerpt, pretty


class Fired(NamedTuple):
    """A rule of the screens that matched, in words."""

    id: str
    kind: str
    why: str


@dataclass
class Shown:
    """An item of the queue before the eyes of staff."""

    entry: review.Entry

    @property
    def held(self) -> HeldObject:
        return self.entry.held

    @property
    def is_whole(self) -> bool:
        return self.held.part == HeldObject.Part.OBJECT

    @cached_property
    def content(self) -> Mapping[str, object]:
        return review.shown(self.held)

    @property
    def is_hidden(self) -> bool:
        """Labs were told that nobody reads it."""
        return review.is_hidden(self.held)

    @property
    def title(self) -> str:
        """What it is: the type of an object, or the names of held properties."""
        if self.is_whole:
            return str(self.content.get("type", "object"))
        return ", ".join(sorted(self.content))

    @property
    def says(self) -> str:
        return "not shown" if self.is_hidden else excerpt(self.content)

    @property
    def text(self) -> str:
        """All of it, as indented JSON."""
        return pretty(self.content)

    @property
    def properties(self) -> list[tuple[str, SafeString]]:
        """Each property with its words, and in them what rules found."""
        return [(name, self._marked(value)) for name, value in sorted(self.content.items())]

    @property
    def reasons(self) -> list[tuple[str, str]]:
        """Each code, and why nobody may let it pass if that is so."""
        never = {str(code): why for code, why in WHY_NEVER_WAIVED.items()}
        return [(code, never.get(code, "")) for code in self.held.reasons]

    @property
    def fired(self) -> list[Fired]:
        known = _rules()
        return [
            Fired(each, known[each].kind, known[each].rationale)
            for each in self.held.rule_ids
            if each in known
        ]

    @property
    def other_rules(self) -> list[str]:
        """What is no rule of a pack: a list's name, a step of the policy."""
        return [each for each in self.held.rule_ids if each not in _rules()]

    @property
    def whose(self) -> str:
        """With whom it is, or who decided it."""
        held = self.held
        if held.state != HeldObject.State.OPEN:
            return held.decided_by
        said = [self.entry.claim, held.escalated_to, "a second person" if held.first_by else ""]
        return ", ".join(filter(None, said))

    @property
    def why_passed_on(self) -> str:
        return defanged(review.why_escalated(self.held))

    def outcome(self, clerk: Clerk) -> Previewed | None:
        """What would be published if it were let pass; None where nobody may read it.

        Raises:
            TokensUnavailable: personal identifiers are in it, and there is no key for tokens.
        """
        return preview_of_held(self.held, policy=clerk.policy, now=clerk.now)

    @property
    def proposed(self) -> str:
        """What a first person proposed to publish; empty if nobody did."""
        found = review.proposal(self.held)
        return pretty(found) if found is not None and not self.is_hidden else ""

    def _marked(self, value: object) -> SafeString:
        if not isinstance(value, str):
            return format_html("{}", defanged(json.dumps(value, indent=2, ensure_ascii=False)))
        return format_html_join(
            "",
            "{}",
            (
                (format_html("<mark>{}</mark>" if is_found else "{}", defanged(text)),)
                for text, is_found in _cut(value, self.held.rule_ids)
            ),
        )


def _cut(text: str, rule_ids: Collection[str]) -> Iterator[tuple[str, bool]]:
    """The text in pieces, and whether one of the rules found each."""
    at = 0
    for begin, end in sorted(each.span for each in findings(text) if each.rule_id in rule_ids):
        if begin >= at:
            yield text[at:begin], False
            yield text[begin:end], True
            at = end
    yield text[at:], False


@cache
def _rules() -> Mapping[str, Rule]:
    packs = current_packs()
    return {rule.id: rule for rules in (packs.block, packs.flag) for rule in rules.rules}
