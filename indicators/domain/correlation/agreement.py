"""Which values say something: those whose reports agree in something else as well.

A value that reports share by accident (a library's fingerprint, a number that many were given, the
card of a company) is as rare in a small forum as a campaign's own. What tells them apart is what
else its reports show. So each report is asked where it would belong if it did not show the value;
where too few of a value's reports would belong with each other, the value says nothing. It is asked
twice, since what says nothing speaks for no other value either. A value that comes with another
anyhow, as a mailbox has two tokens, speaks for none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

import numpy as np
from scipy.sparse import coo_array

from indicators.domain.correlation.links import Link, Value
from indicators.domain.correlation.parts import parts
from indicators.domain.correlation.policy import CorrelationPolicy
from indicators.domain.correlation.votes import NOWHERE, Votes


_ROUNDS = 2


def telling(links: Sequence[Link], *, policy: CorrelationPolicy) -> list[Link]:
    """The links of values that say something, in the same order."""
    kept, echoed = list(links), _echoed(links, policy)
    for _ in range(_ROUNDS):
        believed = {link.value for link in kept} - echoed
        agreed = _agreed(links, parts(kept, policy=policy), believed, policy)
        kept = [link for link in links if link.value in agreed]
    return kept


def _echoed(links: Sequence[Link], policy: CorrelationPolicy) -> set[Value]:
    """Values of which all who show them show the kind too that says the same."""
    shown: dict[str, set[str]] = defaultdict(set)
    for link in links:
        shown[link.report].add(link.value.kind)
    alone = {
        link.value
        for link in links
        if policy.echoes.get(link.value.kind, link.value.kind) not in shown[link.report]
    }
    return {link.value for link in links if link.value.kind in policy.echoes} - alone


def _agreed(
    links: Sequence[Link],
    found: Mapping[str, int],
    believed: Collection[Value],
    policy: CorrelationPolicy,
) -> set[Value]:
    """Values of which enough reports lead to one part by the others that are believed."""
    if not links:
        return set()
    votes = Votes.of(links, found, believed=believed)
    leads = votes.without(policy.stays, least=policy.least)
    somewhere = leads != NOWHERE
    at = (votes.value[somewhere], leads[somewhere])
    together = coo_array((np.ones(len(at[0])), at), shape=(len(votes.values), len(links))).tocsr()
    most = together.max(axis=1).toarray()
    shown = np.bincount(votes.value)
    enough = most + policy.grace >= policy.agree * (shown + policy.grace)
    return {value for value, agrees in zip(votes.values, enough, strict=True) if agrees}
