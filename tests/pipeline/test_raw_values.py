"""After processing and the purge no raw value is left: in no table, no task, no log, no feed."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.db import connection

from indicators.domain.disclosure import current_policy
from indicators.models.submission import Submission
from indicators.pipeline import nightly
from tests.canaries import leaked, objects
from tests.forum import Forum, now, outcomes, stix


def everything() -> str:
    """Every row of every table as text, bytes in hexadecimal."""
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


def test_no_raw_value_is_left(forum: Forum, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        status = forum.push(
            "alder",
            *objects(),
            stix("user-account", account_type="unix", account_login="heroncanarylogin"),
        )
    assert outcomes(status) == [
        *["published"] * 5,
        "rejected",
        "held",
        "published",
        "rejected",
    ]
    assert leaked(caplog.text.encode()) == []
    assert leaked(everything().encode()) == []  # what is kept lies sealed

    later = now() + timedelta(days=200)
    report = nightly.run(policy=current_policy(), now=later)
    assert report.failed == {}
    assert not Submission.objects.filter(body_ct__isnull=False).exists()
    assert leaked(everything().encode()) == []
