"""Search: is it on the feed that this lab reads? Values come by POST and are kept nowhere.

An address in a query would stand in logs and histories, so there is none: what was asked for is in
the body of a request and in its answer, which no cache may keep.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from indicators.feed import objects
from indicators.feed.objects import Live
from indicators.feed.search import naming
from indicators.models.member import Member
from indicators.portal.homes import homes_of
from indicators.portal.search_terms import MOST, STIX_ID, NoKindError, Wanted, wanted
from indicators.portal.signs import Sign, signs
from indicators.ui.person import for_members


_SHOWN = 20
"""Objects of one line; who wants all of them pulls the feed."""


@dataclass
class Answer:
    """What became of each line."""

    found: list[tuple[Wanted, Sequence[Sign]]] = field(default_factory=list)
    missing: list[Wanted] = field(default_factory=list)
    personal: dict[str, list[Wanted]] = field(default_factory=lambda: defaultdict(list))
    """By labkit's name of the kind: nothing was looked up."""
    unknown: list[str] = field(default_factory=list)
    left_out: int = 0
    """Lines beyond those that are looked at."""

    @property
    def by_kind(self) -> list[tuple[str, list[Wanted]]]:
        return sorted(self.personal.items())

    @property
    def number_personal(self) -> int:
        return sum(map(len, self.personal.values()))


@require_http_methods(["GET", "POST"])
@for_members
def search(request: HttpRequest, member: Member) -> HttpResponse:
    homes = homes_of(request, member)
    context: dict[str, object] = {
        "here": "search", "member": member, "most": MOST, "shown": _SHOWN,
    }  # fmt: skip
    if request.method == "POST":
        text = request.POST.get("text", "")
        context |= {"text": text, "answer": _answer(text, homes)}
    else:
        newest = objects.newest(list(homes), "indicator", most=_SHOWN)
        context["newest"] = signs(newest, homes)
    response = TemplateResponse(request, "portal/search/page.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _answer(text: str, homes: Mapping[UUID, str]) -> Answer:
    lines = list(dict.fromkeys(filter(None, map(str.strip, text.splitlines()))))
    answer = Answer(left_out=max(len(lines) - MOST, 0))
    looked_up: list[Wanted] = []
    met: set[tuple[str, ...]] = set()
    for line in lines[:MOST]:
        try:
            each = wanted(line)
        except NoKindError:
            answer.unknown.append(line)
            continue
        if each.words and each.words in met:  # in another spelling, and looked for already
            continue
        met.add(each.words)
        (answer.personal[each.personal] if each.personal else looked_up).append(each)
    hits = _hits(looked_up, list(homes))
    answer.found = [
        (each, signs(hits[place], homes)) for place, each in enumerate(looked_up) if hits[place]
    ]
    answer.missing = [each for place, each in enumerate(looked_up) if not hits[place]]
    return answer


def _hits(looked_up: Sequence[Wanted], homes: Sequence[UUID]) -> dict[int, list[Live]]:
    """By the place of each, the newest objects that are meant or that name it."""
    hits: dict[int, list[Live]] = defaultdict(list)
    words = {place: each.words for place, each in enumerate(looked_up) if each.words}
    hits.update(naming(homes, words, most=_SHOWN))
    ids = {each.text.lower(): at for at, each in enumerate(looked_up) if each.kind == STIX_ID}
    for live in objects.by_id(homes, ids):
        hits[ids[live.body["id"]]].append(live)
    return hits
