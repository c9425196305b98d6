"""Forms of e-mail addresses, told apart from one address in the clothes of a form."""

from __future__ import annotations

import pytest

from indicators.domain.screens.mail_forms import names_a_mailbox


@pytest.mark.parametrize(
    "text",
    [
        "j.doe@kestrelmail.example",
        "j@kestrelmail.example",
        "%j.doe@kestrelmail.example",
        "%j.doe@kestrelmail.example%",
        r"^j\.doe@kestrelmail\.example$",
        "j[.]doe@kestrelmail[.]example",
        "(j)([.])(doe)@kestrelmail.example",
        "(?i)^(?:j.doe)@kestrelmail.example",
        r".*j\.doe@kestrelmail\.example",
        r"^(x.roe@meadow\.example|j\.doe@kestrelmail\.example)$",
        "j{1}.doe@kestrelmail.example",
        r"\j.doe@kestrelmail.example",
        "j.doe+tag@kestrelmail.example",
        "selection:\n  user|contains: 'j.doe@kestrelmail.example'\ncondition: selection",
    ],
)
def test_one_mailbox_is_no_form(text: str) -> None:
    assert names_a_mailbox(text)


@pytest.mark.parametrize(
    "text",
    [
        "%@kestrelmail.example",
        ".*@.*\\.example$",
        r"^[a-z]{6}[0-9]{4}@kestrelmail\.example$",
        r"^\w+@kestrelmail\.example$",
        r"^\d+@kestrelmail\.example$",
        r".+7@kestrelmail\.example",
        "user%@kestrelmail.example",
        r"user[0-9]+@kestrelmail\.example",
        r"^user\d{3}@(kestrelmail|meadow)\.example$",
        "@kestrelmail.example",
        "kestrelmail.example",
        "",
    ],
)
def test_a_form_of_many_addresses_names_none(text: str) -> None:
    assert not names_a_mailbox(text)


@pytest.mark.parametrize("part", ["[", "[a", "{1", "(?a", ".*", "%.*", "a@", "\\", "\0*"])
def test_a_hostile_form_costs_linear_time(part: str) -> None:
    assert not names_a_mailbox(part * 200_000)
