"""The journal's two halves have nothing in common, and together are all of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from indicators.audit.halves import Half
from indicators.models.audit import AuditEntry
from indicators.ui import listing
from tests.admin.desk import Desk, new_clerk
from tests.forum import Forum, indicator
from tests.labs import acting_as


@pytest.fixture
def forum(db: None) -> Forum:
    made = Forum.make()
    made.push("alder", indicator("[ipv4-addr:value = '198.51.100.7']", description="Ours."))
    new_clerk().note("login added", "login/rowan")
    return made


def entries(half: Half) -> list[AuditEntry]:
    return list(half.of(AuditEntry.objects.order_by("act")))


@pytest.mark.usefixtures("forum")
def test_every_entry_belongs_to_one_half() -> None:
    people, feed = entries(Half.PEOPLE), entries(Half.FEED)
    assert people
    assert feed
    assert not {each.id for each in people} & {each.id for each in feed}
    assert len(people) + len(feed) == AuditEntry.objects.count()
    assert not [each for each in people if "indicator--" in each.subject]


@pytest.mark.usefixtures("forum")
@pytest.mark.parametrize("half", Half)
def test_its_acts_are_those_of_its_entries(half: Half) -> None:
    assert half.acts() == sorted({each.act for each in entries(half)})
    AuditEntry.objects.all().delete()
    assert half.acts() == []


def lines(**asked: str) -> Any:
    client = Client()
    client.force_login(User.objects.get(username="auditor"))
    with acting_as("forum_web"):
        return client.get("/ops/audit/", asked).context["lines"]


@pytest.fixture
def auditor(forum: Forum) -> None:
    Desk.of("auditor")


@pytest.mark.usefixtures("auditor")
def test_a_page_of_it_is_asked_for_by_act_by_words_and_by_day() -> None:
    assert {each.entry.act for each in lines(act="login added")} == {"login added"}
    assert [each.entry.subject for each in lines(words="rowan")] == ["login/rowan"]
    assert lines(words="no such words") == []
    assert lines(day="2026-02-30") == lines(day="") == lines()


@pytest.mark.usefixtures("auditor")
def test_a_day_is_from_midnight_to_midnight_in_utc() -> None:
    day = datetime(2026, 3, 1, tzinfo=UTC)
    moments = (timedelta(microseconds=-1), timedelta(), timedelta(hours=24, microseconds=-1))
    AuditEntry.objects.all().delete()
    AuditEntry.objects.bulk_create(
        AuditEntry(at=day + each, actor="rowan", act="x", subject=str(number), policy_version="1",
                   regime="1", body=json.dumps({}), salt=b"")
        for number, each in enumerate((*moments, timedelta(hours=24)))
    )  # fmt: skip
    assert [each.entry.subject for each in lines(day="2026-03-01")] == ["2", "1"]
    assert [each.entry.subject for each in lines(sort="oldest")] == ["0", "1", "2", "3"]


@pytest.mark.usefixtures("forum")
def test_the_admin_says_where_there_is_more_than_it_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    here = Desk.of("auditor")
    assert " and more" not in here.text("indicators/auditentry/")
    monkeypatch.setattr(listing, "MOST", 2)
    assert "2 and more audit entries" in here.text("indicators/auditentry/")
