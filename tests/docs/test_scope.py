"""docs/scope.md says what the disclosure policy does, word for word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from indicators.domain.disclosure import WITHHELD, Policy, Rule, TypeRule, current_policy
from tests.docs.pages import code, page, section, table


PAGE = page("docs/scope.md")
POLICY: Policy = current_policy()
DECISIONS = {
    "auto": "publishes by itself",
    "review": "held",
    "refuse": "refused",
    "unshared": "read, not shared",
    "catalogue": "referred to, never copied",
    "feedback": "counted, never shared by itself",
}
PATHS = {
    "auto": "publishes by itself",
    "review": "held: `NEEDS_REVIEW`",
    "token": "a token takes its place",
}


def test_every_type_of_the_policy_stands_in_the_table() -> None:
    expected = [
        [f"`{name}`", decision(rule), going(rule), waiting(rule), left(rule)]
        for name, rule in sorted(POLICY.types.items())
    ]
    assert_table("## Types", expected)


def decision(rule: TypeRule) -> str:
    reason = f": `{rule.reason}`" if rule.reason else ""
    values = "".join(
        f"; held if `{value}`: `{why}`" for value, why in sorted(rule.review_values.items())
    )
    return f"{DECISIONS[rule.verb]}{reason}{values}"


def going(rule: TypeRule) -> str:
    if rule.verb == "feedback":
        return listed(())
    return listed(
        f"`{name}` ({each.action})"
        for name, each in rule.properties.items()
        if each.action not in WITHHELD and each.action != "drop"
    )


def waiting(rule: TypeRule) -> str:
    properties = names(rule.properties.items(), *WITHHELD)
    return listed([*properties, *names(rule.extensions.items(), *WITHHELD)])


def left(rule: TypeRule) -> str:
    return listed(names(rule.properties.items(), "drop"))


def names(rules: Iterable[tuple[str, Rule]], *actions: str) -> Iterator[str]:
    return (f"`{name}`" for name, rule in rules if rule.action in actions)


def listed(words: Iterable[str]) -> str:
    return ", ".join(words) or "\N{EN DASH}"


def test_every_way_in_which_a_value_goes_out_is_explained() -> None:
    used = {
        rule.action
        for type_ in POLICY.types.values()
        for rule in (*type_.properties.values(), *type_.extensions.values())
    }
    explained = {code(row[0]) for row in table(PAGE, "## How a value goes out")}
    assert explained == used


def test_every_path_of_the_policy_stands_in_the_table() -> None:
    expected = [[f"`{path}`", PATHS[word]] for path, word in POLICY.paths.items()]
    assert_table("## Paths in patterns", expected)


def test_every_extension_and_what_of_it_goes_out() -> None:
    rules = {
        (name, type_): rule
        for type_, each in POLICY.types.items()
        if each.verb != "feedback"
        for name, rule in each.extensions.items()
    }
    expected = [
        [f"`{name}`", f"`{type_}`", said(rule)] for (name, type_), rule in sorted(rules.items())
    ]
    assert_table("## Extensions", expected)


def said(rule: Rule) -> str:
    if rule.action in WITHHELD:
        return f"waits for a person: `{WITHHELD[rule.action]}`"
    if rule.argument == "*":
        return "all of it"
    return listed(f"`{key}`" for key in rule.argument.split(","))


def test_every_list_of_words_is_given_in_full() -> None:
    lists = {
        "purpose": POLICY.purposes,
        "threat-nexus": POLICY.threat_nexus,
        **POLICY.vocabularies,
    }
    expected = [
        [f"`{name}`", listed(f"`{word}`" for word in sorted(words))]
        for name, words in sorted(lists.items())
    ]
    assert_table("## Words", expected)


def test_kill_chains_catalogues_and_what_urls_may_hold_are_given_in_full() -> None:
    chains = sorted(POLICY.kill_chains.items())
    assert_table(
        "## Kill chains",
        [[f"`{name}`", listed(f"`{word}`" for word in sorted(words))] for name, words in chains],
    )
    catalogues = sorted(POLICY.catalogues.items())
    assert_table("## Catalogues", [[f"`{name}`", form(each)] for name, each in catalogues])
    contents = POLICY.url_contents.items()
    assert_table("## Paths and queries of URLs", [[name, form(each)] for name, each in contents])


def form(expression: re.Pattern[str]) -> str:
    """The expression as it stands in a table."""
    return "`" + expression.pattern.replace("|", "\\|") + "`"


def test_lifetimes_and_precision_are_those_of_the_policy() -> None:
    expected = [
        [kind, str(days), POLICY.precision.get(kind, POLICY.precision["other"])]
        for kind, days in POLICY.lifetimes.items()
    ]
    assert_table("## How long, and how precise", expected)


def test_the_page_names_the_policy_it_describes() -> None:
    assert f"`{POLICY.version}`" in PAGE
    narrow = section(PAGE, "## Paths in patterns")
    assert f"/{POLICY.limits['narrowest_ipv4']}" in narrow
    assert f"/{POLICY.limits['narrowest_ipv6']}" in narrow


def assert_table(heading: str, expected: list[list[str]]) -> None:
    """Compare, and on a difference print the table as it should stand."""
    right = "\n".join(f"| {' | '.join(row)} |" for row in expected)
    assert table(PAGE, heading) == expected, f"{heading} should read:\n{right}"
