"""After processing and the purge no raw value is left: in no table, no task, no log, no feed."""

from __future__ import annotations

import logging
import re
from datetime import timedelta

import pytest
from django.db import connection

from indicators.domain.disclosure import current_policy
from indicators.models.submission import Submission
from indicators.pipeline import nightly
from tests.forum import HOUSEHOLD, STATES_NEXUS, Forum, indicator, now, outcomes, stix


CANARIES = {
    "heron.canary@kestrelmail.example": re.compile(r"heron\.?canary", re.IGNORECASE),
    "+12025550147": re.compile("2025550147"),
    "5555555555554444": re.compile("5555555555554444"),
    "heroncanarylogin": re.compile("heroncanarylogin", re.IGNORECASE),
    "203.0.113.147": re.compile(r"203\.0\.113\.147"),
}


def everything() -> str:
    """Every row of every table as text; bytes appear in hexadecimal and are searched as such."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname, tablename FROM pg_tables "
            "WHERE schemaname IN ('private', 'shared', 'public')"
        )
        found = []
        for schema, table in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM {schema}."{table}" t')
            found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found)


def leaked(text: str) -> list[str]:
    hexadecimal = text.lower()
    return [
        value
        for value, form in CANARIES.items()
        if form.search(text) or value.encode().hex() in hexadecimal
    ]


def test_no_raw_value_is_left(forum: Forum, caplog: pytest.LogCaptureFixture) -> None:
    mail, phone, card, login, home = CANARIES
    with caplog.at_level(logging.DEBUG):
        status = forum.push(
            "alder",
            indicator(f"[email-addr:value = '{mail}']", extensions=STATES_NEXUS),
            indicator(f"[phone-number:value = '{phone}']", extensions=STATES_NEXUS),
            indicator(f"[payment-card:value = '{card}']", extensions=STATES_NEXUS),
            indicator(
                "[user-account:account_type = 'github' AND "
                f"user-account:account_login = '{login}']",
                extensions=STATES_NEXUS,
            ),
            indicator(f"[ipv4-addr:value = '{home}']", extensions=HOUSEHOLD),
            indicator(f"[phone-number:value LIKE '{phone}%']", extensions=STATES_NEXUS),
            stix("user-account", account_type="unix", account_login=login),
            indicator(
                "[domain-name:value = 'gw-2.meadowexit.example']",
                description=f"Ask {mail} or {phone}, card {card}, from {home}; {login}.",
            ),
        )
    assert outcomes(status) == [*["published"] * 5, "rejected", "rejected", "published"]
    assert leaked(caplog.text) == []
    assert leaked(everything()) == []  # what is kept lies sealed

    later = now() + timedelta(days=200)
    report = nightly.run(policy=current_policy(), now=later)
    assert report.failed == {}
    assert not Submission.objects.filter(body_ct__isnull=False).exists()
    assert leaked(everything()) == []
