"""docs/siem.md says what the feed says: its example, its fields, tiers, codes and its code."""

from __future__ import annotations

import json
import re
from typing import Any

from indicators.domain.action import current_actions
from indicators.domain.stix.extensions import BY_NAME
from indicators.domain.stix.validators import extension_schema_text
from indicators.portal.advice import TIERS
from tests.docs.pages import CHECKOUT, code, page, section, table


SIEM = page("docs/siem.md")
SCHEMA: dict[str, Any] = json.loads(extension_schema_text("share-governance"))["properties"]
NOT_PUBLISHED = {"extension_type", "purpose", "threat_nexus", "basis"}


def example() -> tuple[str, Any]:
    """The golden file that the page names, and the body that it shows."""
    [(path, body)] = re.findall(r"<!-- (\S+) -->\n```json\n(.*?)```", SIEM, flags=re.DOTALL)
    return path, json.loads(body)


def usable() -> Any:
    """The function that the page gives its reader."""
    [text] = re.findall(r"```python\n(.*?)```", SIEM, flags=re.DOTALL)
    names: dict[str, Any] = {}
    exec(text, names)
    return names["usable"]


def test_the_example_is_a_golden_file() -> None:
    path, body = example()
    case = json.loads((CHECKOUT / path).read_text())
    assert body == case["outcome"]["published"]


def test_every_word_that_is_published_stands_in_the_table() -> None:
    rows = table(SIEM, "## What every indicator says")
    told = {name for row in rows if "share-governance" in row[1]
            for name in re.findall(r"`([^`]+)`", row[0])}  # fmt: skip
    assert told == SCHEMA.keys() - NOT_PUBLISHED


def test_tiers_and_codes_are_those_of_the_schema() -> None:
    for heading, name in (
        ("## Tiers", "action_tier"),
        ("## Counter-evidence", "counter_evidence"),
    ):
        words = SCHEMA[name].get("enum") or SCHEMA[name]["items"]["enum"]
        assert [code(row[0]) for row in table(SIEM, heading)] == words
    policies = {code(row[0]) for row in table(SIEM, "## Match policies")}
    assert policies == {*SCHEMA["match_policy"]["enum"]} - {"bands-3-of-32"}


def test_the_portal_advises_in_the_words_of_the_page() -> None:
    told = {code(tier): (do, do_not) for tier, do, do_not in table(SIEM, "## Tiers")}
    assert told == TIERS


def test_the_code_takes_the_example_and_leaves_what_one_may_not_act_on() -> None:
    [_, body], wants = example(), usable()
    asked = {"tiers": {"score"}, "least": 50, "now": "2026-11-28T12:00:00.000Z"}
    terms = body["extensions"][BY_NAME["share-governance"].id]

    def saying(**more: object) -> dict[str, object]:
        return {**body, "extensions": {BY_NAME["share-governance"].id: {**terms, **more}}}

    assert wants(body, **asked)
    assert not wants(body | {"revoked": True}, **asked)
    assert not wants(body, **asked | {"now": body["valid_until"]})
    assert not wants(body, **asked | {"tiers": {"step-up"}})
    assert not wants(body, **asked | {"least": 86})
    assert not wants(saying(disputed=True), **asked)
    assert not wants(saying(appealed=True), **asked)
    assert not wants(body | {"labels": ["under-dispute"]}, **asked)


def test_bystanders_leave_context_or_score() -> None:
    actions = current_actions()
    left = {*actions.types.values(), *actions.classes.values(), actions.stated, actions.listed}
    left |= {each.tier for each in actions.about.values() if each.shared}
    assert left == {"context", "score"}
    assert "With `shared_infrastructure` the tier is `context` or `score`." in section(
        SIEM, "## Tiers"
    )
