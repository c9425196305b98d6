"""Each kind of personal datum that is kept has its reason, and no other kind is kept."""

from __future__ import annotations

import pytest

from indicators.domain.related import UnrelatedError, current_rules, read_rules
from labkit.normalise import KINDS


def test_every_kind_of_token_has_a_rule_and_no_other() -> None:
    assert set(current_rules().by_kind) == set(KINDS)


def test_rules_are_named_once_each() -> None:
    rules = current_rules()
    assert rules.ids(["phone", "email-addr", "phone"]) == ("personal.email-addr", "personal.phone")
    assert rules.ids([]) == ()


def test_a_kind_without_a_rule_is_not_kept() -> None:
    with pytest.raises(UnrelatedError, match="no rule relates passport"):
        current_rules().ids(["email-addr", "passport"])


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('keeps = "a"\nrelated = "b"\nnever = "c"', "form is missing"),
        ('keeps = "a"\nrelated = " "\nnever = "c"\nform = "token"', "related is missing"),
        ('keeps = "a"\nrelated = "b"\nnever = "c"\nform = "clear"', "unknown form 'clear'"),
    ],
)
def test_a_rule_that_leaves_something_out_is_refused(body: str, said: str) -> None:
    with pytest.raises(UnrelatedError, match=said):
        read_rules(f'version = "v"\n[personal.shoe-size]\n{body}\n')
