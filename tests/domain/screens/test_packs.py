"""Packs are data: every rule is proven by its own cases, and refused if it is not understood."""

from __future__ import annotations

import re
from typing import get_args

import pytest
import yaml
from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class

from indicators.domain.screens.borrowed import NOT_TAKEN, borrowed_rules
from indicators.domain.screens.detectors import Rules, current_packs, findings
from indicators.domain.screens.packs import Basis, PackError, Rule, read_pack
from indicators.domain.screens.views import views
from tests.domain.screens.borrowed_cases import CASES


RULES = current_packs().block.rules + current_packs().flag.rules
OURS = [rule for rule in RULES if rule.owner != "detect-secrets"]


def holds(rule: Rule, text: str) -> bool:
    alone = Rules.of([rule])
    return any(list(alone.matching(view.text)) for view in views(text))


@pytest.mark.parametrize("rule", OURS, ids=lambda rule: rule.id)
def test_a_rule_finds_what_it_says_and_not_what_it_does_not(rule: Rule) -> None:
    assert [text for text in rule.positive if not holds(rule, text)] == []
    assert [text for text in rule.negative if holds(rule, text)] == []
    assert rule.rationale.endswith(".")


@pytest.mark.parametrize("rule", OURS, ids=lambda rule: rule.id)
def test_a_rule_finds_its_own_cases_among_all_others(rule: Rule) -> None:
    for text in rule.positive:
        assert rule.id in {found.rule_id for found in findings(text)}


@pytest.mark.parametrize(("secret_type", "text"), CASES.items())
def test_each_kind_of_borrowed_secret_is_found(secret_type: str, text: str) -> None:
    kinds = {found.kind for found in findings(f"we saw {text} there")}
    assert f"a credential ({secret_type})" in kinds


def test_all_borrowed_plugins_have_a_case_and_no_other_plugin_is_left_out() -> None:
    taken = {rule.kind.removeprefix("a credential (")[:-1] for rule in borrowed_rules()}
    assert taken == set(CASES)
    plugins: dict[str, type] = get_mapping_from_secret_type_to_class()
    left = {
        plugin.__module__.rpartition(".")[2]
        for secret_type, plugin in plugins.items()
        if secret_type not in taken
    }
    assert left == NOT_TAKEN - {"base"}


@pytest.mark.parametrize(
    "text",
    [
        "sha256 e7d705a3286e19ea42f587b344ee6865e7d705a3286e19ea42f587b344ee6865",
        "JA4 t13d1516h2_8daaf6152771_b186095e22b6, ja3 e7d705a3286e19ea42f587b344ee6865",
        "SETTINGS 1:65536;2:0;4:6291456;6:262144|15663105|0|m,a,s,p",
        "serial 03:a7:1e:9c:55:10, indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
        "198.51.100.10 198.51.100.11 203.0.113.0/24 2001:db8:40::/48 AS64501",
        "[ipv4-addr:value = '198.51.100.10'] on 2026-11-24T10:00:00.000Z",
        "at 20261124093112 and 1763978400123 the clock was wrong",
    ],
)
def test_what_is_shared_here_is_no_secret(text: str) -> None:
    assert [found.rule_id for found in findings(text) if found.action == "block"] == []


ANCESTRY = re.compile(
    r"(?<![a-z])(?:nationalit|ethnic|origin|race|racial|language|accent|foreign|immigra|citizen|surname|"
    r"chin|russ|iran|korea|arab|jew|muslim|christ|hindu|africa|asian|europ|america|latin|slav|"
    r"german|french|spanish|polish|india|turk|ukrain|israel|vietnam|japan|mandarin|persian)",
    re.IGNORECASE,
)


def test_no_rule_looks_for_nationality_origin_or_language() -> None:
    looking = {rule.id for rule in RULES if ANCESTRY.search(rule.form.pattern)}
    assert looking == set()


def test_no_such_ground_can_be_stated() -> None:
    assert not [basis for basis in get_args(Basis) if ANCESTRY.search(basis)]
    with pytest.raises(PackError, match="'nationality' is none of"):
        read_pack(pack(basis="nationality"))


def pack(**changes: object) -> str:
    rule = {
        "id": "x", "kind": "an x", "pattern": "x+", "action": "flag", "category": "pii",
        "basis": "identity-wording", "score": 50, "rationale": "An x.", "positive": ["x"],
        "negative": ["y"], **changes,
    }  # fmt: skip
    kept = {key: value for key, value in rule.items() if value is not None}
    return yaml.safe_dump({"pack": "p", "owner": "privacy", "rules": [kept]})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"pattern": "(?=x)"}, "invalid perl operator"),
        ({"pattern": r"(x)\1"}, "p.x: "),
        ({"action": "warn"}, "'warn' is none of block, flag"),
        ({"category": "gossip"}, "'gossip' is none of"),
        ({"score": 0}, "score must be 1 to 100"),
        ({"proof": "magic"}, "there is no proof 'magic'"),
        ({"rationale": None}, "missing or unknown: rationale"),
        ({"colour": "red"}, "missing or unknown: colour"),
        ({"positive": []}, "lists of at least one text"),
        ({"negative": "y"}, "lists of at least one text"),
    ],
)
def test_a_rule_that_is_not_understood_is_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(PackError, match=re.escape(said)):
        read_pack(pack(**changes))


def test_a_pack_of_another_shape_is_refused() -> None:
    for text in ("[]", "rules: []", "pack: p\nowner: o\nrules: []\nmood: good"):
        with pytest.raises(PackError, match="a pack has the keys"):
            read_pack(text)


def test_ids_are_unique() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
