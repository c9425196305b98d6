"""Moments, spans, numbers and addresses as the pages write them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from indicators.pipeline.preview import Fate, Property
from indicators.ui.defang import defanged, pretty


register = template.Library()

_SPANS = (
    (timedelta(days=2), timedelta(days=1), "d"),
    (timedelta(hours=2), timedelta(hours=1), "h"),
)


@register.filter
def moment(value: datetime | date | None) -> SafeString | str:
    """A time in UTC; the page's script writes it in the reader's zone and keeps this as its title.

    A day stays a day: it has no zone.
    """
    if value is None:
        return "-"
    if not isinstance(value, datetime):
        return format_html('<time datetime="{0}">{0}</time>', value.isoformat())
    utc = value.astimezone(UTC)
    return format_html(
        '<time datetime="{}" title="{} UTC" data-moment>{} UTC</time>',
        utc.isoformat(timespec="seconds"),
        f"{utc:%Y-%m-%d %H:%M:%S}",
        f"{utc:%Y-%m-%d %H:%M}",
    )


@register.filter
def stamp(value: str) -> SafeString | str:
    """A time as objects on the feed write it (STIX 2.1 section 2.16), shown as `moment` does."""
    return moment(datetime.fromisoformat(value))


@register.filter
def as_field(value: datetime) -> str:
    """A time in UTC as a field for a day and a time takes it."""
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M}"


@register.filter
def span(value: timedelta | None) -> str:
    """A length of time in its largest whole unit: 40 s, 12 min, 5 h, 3 d."""
    if value is None:
        return "-"
    for least, unit, letter in _SPANS:
        if value >= least:
            return f"{value // unit} {letter}"
    seconds = round(value.total_seconds())
    return f"{seconds // 60} min" if seconds >= 120 else f"{seconds} s"  # noqa: PLR2004  two minutes


@register.filter
def milliseconds(value: float | None) -> str:
    """A short length of time that is given in milliseconds: 0.4 ms, 12 ms, 1.2 s."""
    if value is None:
        return "-"
    if value >= 1000:  # noqa: PLR2004  a second
        return f"{value / 1000:.1f} s"
    return f"{value:.0f} ms" if value >= 10 else f"{value:.1f} ms"  # noqa: PLR2004  two digits


@register.filter
def hours(value: timedelta) -> str:
    """A length of time in hours, however many; in minutes below two of them."""
    one = timedelta(hours=1)
    return f"{value // one} h" if value >= 2 * one else span(value)


@register.filter
def words(value: object) -> str:
    """A value of an object, defanged; what is no text as JSON."""
    if isinstance(value, str):
        return defanged(value)
    return pretty(value) if isinstance(value, Mapping) else defanged(json.dumps(value))


_FORMAL = frozenset({"type", "spec_version", "id", "created", "modified", "created_by_ref"})


@register.filter
def substance(properties: Iterable[Property]) -> list[Property]:
    """Without what is replaced in every object alike: ids, authors, times of making."""
    return [each for each in properties if each.name not in _FORMAL]


_TOKEN = re.compile(r"match-token:kind = '([^']*)'")


@register.filter
def told(value: object) -> str:
    """As people read it: of a pattern of tokens what they stand for, of all else the whole."""
    if isinstance(value, str) and (kinds := sorted(set(_TOKEN.findall(value)))):
        return f"token of {' or '.join(kinds)}"
    return words(value)


_BAR, _HIGH = 6, 20
"""Of a sparkline: how wide a bar is with its gap, and how high the highest."""


@register.filter
def spark(numbers: Sequence[int]) -> SafeString:
    """Numbers as bars in a line of text, the oldest first; a table beside it has the figures."""
    most = max(numbers, default=0) or 1
    bars = (
        (place * _BAR, _HIGH - height, height)
        for place, height in enumerate(1 + (_HIGH - 1) * each // most for each in numbers)
    )
    rows = format_html_join("", '<rect x="{}" y="{}" width="4" height="{}"/>', bars)
    return format_html(
        '<svg class="spark" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        _BAR * len(numbers),
        _HIGH,
        f"week by week, the oldest first: {', '.join(map(str, numbers))}",
        rows,
    )


_PARTS = re.compile(r"(?<=[._-])")


@register.filter
def parted(name: str) -> SafeString:
    """A name of a property that may be broken between its parts, and nowhere else."""
    return format_html_join(mark_safe("<wbr>"), "{}", ((each,) for each in _PARTS.split(name)))


_PUBLISHED = re.compile(r"(?<=^published as )[a-z0-9-]+--[0-9a-f-]{36}")


@register.filter
def linked(message: str) -> SafeString | str:
    """What a lab is told of its object; the Forum's object that it became leads to its page."""
    found = _PUBLISHED.search(message)
    if not found:
        return message
    before, after = message[: found.start()], message[found.end() :]
    place = reverse("portal:object", args=[found[0]])
    return format_html('{}<a href="{}" class="code">{}</a>{}', before, place, found[0], after)


_WASHES: Mapping[str, str] = {
    Fate.KEPT: "is-good",
    Fate.COARSENED: "is-told",
    Fate.TOKENISED: "is-told",
    Fate.REPLACED: "is-told",
    Fate.WITHHELD: "is-warn",
    Fate.DROPPED: "is-bad",
    Fate.REMOVED: "is-bad",
}


@register.filter
def wash(fate: str) -> str:
    """The colour of a chip that says what becomes of a property."""
    return _WASHES.get(fate, "")


@register.simple_tag(takes_context=True)
def here(context: template.Context, **changes: Any) -> str:
    """This page's address with other parameters; an empty one goes, and so does the page number."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    for name, value in changes.items():
        query.pop(name, None)
        if value not in ("", None):
            query[name] = str(value)
    encoded = query.urlencode()
    return f"?{encoded}" if encoded else context["request"].path
