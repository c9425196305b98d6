"""The table of what mail providers ignore."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from labkit.normalise import email, email_canon


TABLE = tomllib.loads(
    (Path(__file__).parents[2] / "labkit" / "data" / "mailboxes.toml").read_text(encoding="utf-8")
)["provider"]
DOMAINS = [domain for each in TABLE for domain in each["domains"]]


def test_every_rule_says_who_documents_it() -> None:
    assert all(len(each["basis"]) > 20 for each in TABLE)


def test_a_domain_stands_once_and_in_its_exact_form() -> None:
    assert len(DOMAINS) == len(set(DOMAINS))
    assert all(email(f"x@{each}") == f"x@{each}" for each in DOMAINS)


def test_the_domain_that_stands_for_others_is_one_of_them() -> None:
    assert all(each.get("domain", each["domains"][0]) in each["domains"] for each in TABLE)


@pytest.mark.parametrize("rule", TABLE, ids=[each["name"] for each in TABLE])
def test_what_a_provider_ignores_makes_no_difference_and_the_rest_does(
    rule: dict[str, str],
) -> None:
    for domain in rule["domains"]:
        plain = email_canon(f"nobody@{domain}")
        assert plain == f"nobody@{rule.get('domain', domain)}"
        assert email_canon(f"NoBody{rule['tag']}x@{domain}") == plain
        for each in "._":
            assert (email_canon(f"no{each}body@{domain}") == plain) == (
                each in rule.get("ignored", "")
            )
        assert (email_canon(f"x@nobody.{domain}") == plain) == ("subdomains" in rule)
