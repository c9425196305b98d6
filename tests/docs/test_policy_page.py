"""docs/policy.md is what the data says; drafts for counsel say that they are drafts."""

from __future__ import annotations

from indicators.domain.regime import SWITCHES
from indicators.domain.terms import current_terms
from indicators.management import policy_page
from indicators.models.legal_hold import LONGEST_HOLD
from tests.docs.pages import CHECKOUT, code, page, section, table


LAW = page("docs/law.md")


def test_the_page_is_what_the_data_says() -> None:
    said = page("docs/policy.md")
    assert said == policy_page.render(), "run manage.py policy_docs"


def test_every_section_has_something_to_say() -> None:
    said = page("docs/policy.md")
    assert [each for each in policy_page._SECTIONS if f"\n## {each}\n" not in said] == []


def test_a_section_whose_data_is_not_there_is_left_out() -> None:
    assert policy_page._section("Nothing", iter(())) == ""


def test_every_switch_is_explained() -> None:
    assert [code(row[0]) for row in table(LAW, "## Pauses")] == list(SWITCHES)


def test_the_terms_are_those_of_the_data() -> None:
    terms = current_terms()
    kept = section(LAW, "## How long what is kept")
    assert f"{terms.statuses} days; then" in kept
    assert f"{terms.grace} days after their `valid_until`" in kept
    assert f"kind and {terms.observable} days" in kept
    assert (terms.other, terms.links) == (365, 365), "the page says a year"
    assert f"{LONGEST_HOLD} days at most" in section(LAW, "## Legal hold")


def test_a_draft_for_counsel_says_so_before_anything_else() -> None:
    drafts = sorted((CHECKOUT / "docs/counsel").glob("*.md"))
    assert [each.stem for each in drafts] == [
        "record-of-processing", "roles", "sharing-conditions",
    ]  # fmt: skip
    for each in drafts:
        lines = each.read_text().splitlines()
        assert lines[2].startswith("> **DRAFT FOR COUNSEL.**"), each.name
        assert "no legal advice" in " ".join(lines[2:5]), each.name
