"""No campaign hangs on one lab's word: a view that alone holds two groups of others joins nothing.

Who states everything to be one thing, by mistake or on purpose, shows all values of all campaigns
and would make one of them. So a community falls apart where without a single stated view its other
members would. Whether they are one is put to staff. What several reports do is in `newcomers`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from indicators.domain.correlation.cutvertices import cut_vertices
from indicators.domain.correlation.groups import groups
from indicators.domain.correlation.links import Link


_GROUP = 2
"""Members from which others are a group, and no stray one."""
Pair = tuple[int, int]


def unbridged(
    found: Sequence[Link], labels: Mapping[str, int], stated: Collection[str]
) -> tuple[dict[str, int], list[Pair]]:
    """Labels, with communities apart that one view held together; and which ones were one."""
    inside: dict[int, list[Link]] = defaultdict(list)
    for link in found:
        if link.report in labels:
            inside[labels[link.report]].append(link)
    apart, pairs = dict(labels), []
    fresh = max(labels.values(), default=-1) + 1
    for view in sorted(_holding(inside.values(), stated)):
        label = labels[view]
        if apart[view] != label:
            continue
        for group in _others(inside[label], view, apart, label):
            apart |= dict.fromkeys(group, fresh)
            pairs.append((label, fresh))
            fresh += 1
    return apart, pairs


def _holding(communities: Iterable[Sequence[Link]], stated: Collection[str]) -> set[str]:
    """Views that alone hold two groups together: all are found at once, most views hold none."""
    views = set(stated)
    return {view for own in communities for view in cut_vertices(own, least=_GROUP) & views}


def _others(
    own: Iterable[Link], view: str, labels: Mapping[str, int], label: int
) -> list[list[str]]:
    """Groups that without the view would be apart, but for the one that it has most with."""
    own = [link for link in own if labels[link.report] == label]
    without = groups((link for link in own if link.report != view), lambda _: True)
    sizes = Counter(without.values())
    large = {group for group in sizes if sizes[group] >= _GROUP}
    if len(large) < _GROUP:
        return []
    shares = _shares(own, view, without)
    nearest = max(sorted(large), key=lambda group: shares[group])
    apart: dict[str, list[str]] = defaultdict(list)
    for report, group in without.items():
        if group in large and group != nearest:
            apart[group].append(report)
    return [apart[group] for group in sorted(apart)]


def _shares(own: Sequence[Link], view: str, without: Mapping[str, str]) -> Mapping[str, float]:
    """What weight the view has in common with each group."""
    weights = {link.value: link.weight for link in own if link.report == view}
    at = {(without[link.report], link.value) for link in own if link.report != view}
    shares: dict[str, float] = defaultdict(float)
    for group, value in sorted(at):
        shares[group] += weights.get(value, 0.0)
    return shares
