"""A picture of how a campaign came about: views and what they share, as the hub found them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from indicators.domain.correlation.policy import current_correlation
from indicators.domain.correlation.units import Units
from indicators.models.campaign import Campaign, CampaignMember
from indicators.pipeline import families
from indicators.pipeline.campaigns.evidence import gathered


Shared = Mapping[tuple[str, ...], Mapping[str, int]]
"""By the views that share it, how many values of each kind."""
_WORDS = {
    "email-addr": "mailbox",
    "pan": "card",
    "phone": "telephone",
    "prompt-family": "prompt family",
    "tls-client-fingerprint": "client",
}
_ROW, _TOP, _LEFT, _MIDDLE, _RIGHT = 74, 60, 20, 330, 700


def shared_by_views(campaign: Campaign, bodies: Mapping[str, Mapping[str, Any]]) -> Shared:
    """What the views of a campaign have in common, of all that links reports."""
    collection, weights = campaign.collection, current_correlation().weights
    found = gathered(
        collection,
        families=families.representatives(collection),
        public=families.public_families(collection),
    )
    members = set(
        CampaignMember.objects.filter(campaign_id=campaign.stix_id).values_list("report", flat=True)
    )
    units = Units.made(found, {})
    shown: dict[Any, set[str]] = {}
    for unit in units.reports:
        names = [bodies[each]["name"] for each in units.inside[unit.id] if "campaign--" in each]
        if names and members & set(units.inside[unit.id]):
            for value in unit.values:
                if weights.get(value.kind) and value not in found.stopped:
                    shown.setdefault(value, set()).add(names[0])
    counts: dict[tuple[str, ...], Counter[str]] = {}
    for value, views in shown.items():
        if len(views) > 1:
            counts.setdefault(tuple(sorted(views)), Counter())[value.kind] += 1
    return {views: dict(sorted(counts[views].items())) for views in sorted(counts)}


def drawn(title: str, shared: Shared, *, related: Mapping[str, int]) -> str:
    """SVG: views on the left, what they share in the middle, what is published on the right."""
    views = sorted({each for group in shared for each in group})
    groups = sorted(shared, key=lambda each: (-len(each), each))
    height = _TOP + _ROW * max(len(views), len(groups), 4)
    lines = [
        f'<path d="M{_LEFT + 190} {_y(views.index(view))} C{_MIDDLE - 40} {_y(views.index(view))} '
        f'{_MIDDLE - 80} {_y(place)} {_MIDDLE} {_y(place)}"/>'
        for place, group in enumerate(groups)
        for view in group
    ]
    centre = (height - _TOP) / 2 + _TOP - 14
    lines += [
        f'<path d="M{_MIDDLE + 230} {_y(place)} C{_RIGHT - 60} {_y(place)} {_RIGHT - 80} {centre} '
        f'{_RIGHT} {centre}"/>'
        for place in range(len(groups))
    ]
    boxes = [_box(_LEFT, _y(place), 190, [view]) for place, view in enumerate(views)]
    boxes += [
        _box(_MIDDLE, _y(place), 230, _told(shared[group])) for place, group in enumerate(groups)
    ]
    told = [title, *(f"{count} {what}" for what, count in sorted(related.items()))]
    boxes.append(_box(_RIGHT, centre, 280, told, strong=True))
    heads = (
        (_LEFT, "as labs call it"), (_MIDDLE, "what they have in common"),
        (_RIGHT, "what the Forum publishes"),
    )  # fmt: skip
    frame = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 {height}" role="img" '
        'font-family="system-ui, sans-serif" font-size="14">'
    )
    return "\n".join(
        [
            frame,
            f"<title>{escape(title)}: how three views became one campaign</title>",
            f'<rect width="1000" height="{height}" fill="#fff"/>',
            *(f'<text x="{x}" y="28" fill="#555">{escape(text)}</text>' for x, text in heads),
            '<g fill="none" stroke="#8aa0b4" stroke-width="2">', *lines, "</g>", *boxes, "</svg>",
        ]
    )  # fmt: skip


def _y(place: int) -> int:
    return _TOP + 22 + place * _ROW


def _told(kinds: Mapping[str, int]) -> list[str]:
    parts = [f"{count} {_plural(_WORDS[kind], count)}" for kind, count in kinds.items()]
    return [", ".join(parts[:2]), ", ".join(parts[2:])] if len(parts) > 2 else [", ".join(parts)]


def _plural(word: str, count: int) -> str:
    if count == 1:
        return word
    return (
        f"{word}es" if word.endswith("x") else word[:-1] + "ies" if word[-1] == "y" else f"{word}s"
    )


def _box(x: int, y: float, width: int, texts: Sequence[str], *, strong: bool = False) -> str:
    height = 20 * len(texts) + 16
    fill, ink = ("#16324f", "#fff") if strong else ("#eef3f8", "#16324f")
    rows = "".join(
        f'<text x="{x + 12}" y="{y - height / 2 + 23 + 20 * place:g}" fill="{ink}">'
        f"{escape(text)}</text>"
        for place, text in enumerate(texts)
    )
    return (
        f'<rect x="{x}" y="{y - height / 2:g}" width="{width}" height="{height}" rx="6" '
        f'fill="{fill}"/>{rows}'
    )
