"""What a preview says, and what the river then makes of the same envelope, side by side."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from indicators import keyring
from indicators.domain.disclosure import current_policy
from indicators.domain.render import own_name
from indicators.domain.tokens import PARTS
from indicators.models.lineage import Contribution
from indicators.models.submission import SubmissionObject
from indicators.pipeline import told
from indicators.pipeline.preview import Previewed, preview
from indicators.pipeline.standing import standing_bodies
from tests import forum as forums
from tests.forum import Forum
from tests.labs import acting_as


Body = dict[str, Any]
_TOKEN = re.compile(r"<token: [a-z0-9 -]+>|(?<=['\"])[A-Za-z0-9_-]{43}(?=['\"])")


def foresee(
    forum: Forum, lab: str, *objects: Mapping[str, Any], into: str = "distillation"
) -> Sequence[Previewed]:
    """The preview, as the web makes it."""
    with acting_as("forum_web"):
        return preview(
            forum.principals[lab].member_id,
            forum.collections[into],
            objects,
            policy=current_policy(),
            now=forums.now(),
        )


def compare(
    forum: Forum, lab: str, *objects: Mapping[str, Any], into: str = "distillation"
) -> Sequence[Previewed]:
    """Preview an envelope, push it, and hold one against the other."""
    foreseen, became = both(forum, lab, *objects, into=into)
    assert [verdict(each) for each in foreseen] == became
    there = [published(forum, lab, each, into=into) for each in foreseen]
    assert plain(
        [[(shown.collection, dict(shown.body)) for shown in each.objects] for each in foreseen]
    ) == plain(there)
    return foreseen


def both(
    forum: Forum, lab: str, *objects: Mapping[str, Any], into: str = "distillation"
) -> tuple[Sequence[Previewed], list[tuple[str, str, str]]]:
    """The preview of an envelope, and what was written down once it was pushed."""
    foreseen = foresee(forum, lab, *objects, into=into)
    assert [each.ordinal for each in foreseen] == list(range(len(objects)))
    status = forum.push(lab, *objects, into=into)
    rows = SubmissionObject.objects.filter(submission_id=status.id).order_by("ordinal")
    return foreseen, [(row.outcome, row.reason, told.open_message(row)) for row in rows]


def verdict(each: Previewed) -> tuple[str, str, str]:
    return each.outcome, each.reason.value if each.reason else "", each.message


def published(forum: Forum, lab: str, each: Previewed, *, into: str) -> list[tuple[str, Body]]:
    """What the river made of one object that it published just now."""
    if not each.objects:
        return []
    if forum.collections[into].kind == "verbatim":
        bodies = standing_bodies(forum.collections[into], [each.original_id])
        return [(into, body) for body in bodies.values()]
    aliases = {one.id: one for one in forum.collections.values()}
    member, home = forum.principals[lab].member_id, forum.collections[into].id
    found = []
    for part in PARTS:
        tag = keyring.lookup_tag(member, home, each.original_id, part)
        row = Contribution.objects.filter(pk=tag, state="active").first()
        if row:
            collection = aliases[row.collection_id]
            body = standing_bodies(collection, [row.stix_id])[row.stix_id]
            found.append((collection.alias, body))
    return found


def plain(objects: Sequence[Sequence[tuple[str, Body]]]) -> list[list[tuple[str, Any]]]:
    """The same with one word for any token, and the ids named by their place."""
    names: dict[str, str] = {}
    for ordinal, each in enumerate(objects):
        for _, body in each:
            names.setdefault(body["id"], f"{body['type']} {ordinal}")
    return [[(alias, _named(body, names)) for alias, body in each] for each in objects]


def _named(body: Body, names: Mapping[str, str]) -> Any:
    if body.get("name") == own_name(body["type"], body["id"]):
        body = {**body, "name": "the Forum's"}
    text = _TOKEN.sub("TOKEN", json.dumps(body))
    for stix_id, name in names.items():
        text = text.replace(stix_id, name)
    found = json.loads(text)
    return {key: sorted(value) if key.endswith("_refs") else value for key, value in found.items()}


def everything() -> dict[str, list[Any]]:
    """Every row of every table of the two banks."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname, tablename FROM pg_tables "
            "WHERE schemaname IN ('private', 'shared') ORDER BY 1, 2"
        )
        names = cursor.fetchall()
        found = {}
        for schema, table in names:
            cursor.execute(f"SELECT t::text FROM {schema}.{table} AS t ORDER BY 1")
            found[f"{schema}.{table}"] = cursor.fetchall()
        return found
