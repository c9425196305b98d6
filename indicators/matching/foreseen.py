"""What tokens would be made of what a lab sends in clear, with none made and nothing charged.

In the place of each token stands a marker that no reader could take for one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from indicators.domain.tokens import Identifier, Token
from indicators.matching.budgets import check_values
from indicators.matching.charged import Charged, covered_by
from indicators.matching.limits import Limits
from indicators.matching.tokenise import windows
from labkit.tokens import SCHEME


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What `charged_tokens` would come to, chunk after chunk of one envelope."""

    member_id: UUID
    limits: Limits
    now: datetime
    _charged: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _markers: dict[Identifier, str] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def tokens(self, wanted: Collection[Identifier]) -> Charged:
        """Markers for the identifiers of a chunk that the day would still cover.

        Raises:
            TokensUnavailable: there is no key.
        """
        covered, spent = covered_by(self._check, wanted)
        current = windows({each.kind for each in covered}, now=self.now)
        tokens = {}
        there = set(covered)
        for each in filter(there.__contains__, wanted):  # numbered in the order of the envelope
            epoch, ends = current[each.kind]
            tokens[each] = Token(each.kind, SCHEME, epoch, self._marker(each), ends)
        return Charged(tokens, spent)

    def _check(self, kind: str, values: Sequence[str]) -> None:
        before = self._charged[kind]
        check_values(self.member_id, kind, values, self.limits, before=before, now=self.now)
        before.update(values)

    def _marker(self, identifier: Identifier) -> str:
        """One for each identifier: of a kind the second is told from the first by its number."""
        if identifier not in self._markers:
            self._counts[identifier.kind] += 1
            number = self._counts[identifier.kind]
            nth = f" {number}" if number > 1 else ""
            self._markers[identifier] = f"<token: {identifier.kind}{nth}>"
        return self._markers[identifier]
