"""The report of a quarter: from the journal alone, the same bytes each time, no small count."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from indicators.domain.disclosure import current_policy
from indicators.domain.transparency import Entry, Quarter
from indicators.domain.transparency import report as told_of
from indicators.models.audit import AuditEntry
from indicators.models.publication import Publication
from indicators.models.submission import HeldObject, Submission
from indicators.pipeline import appeals, corroborate, review
from tests.forum import Forum, indicator, now, stix
from tests.pipeline.governing import clerk


def name(number: int) -> str:
    return f"[domain-name:value = 'gw-{number}.meadowexit.example']"


def the_quarter() -> str:
    moment = now().astimezone(UTC)
    return f"{moment.year}Q{(moment.month + 2) // 3}"


def printed(*options: str) -> str:
    out = StringIO()
    call_command("transparency_report", "--quarter", the_quarter(), *options, stdout=out)
    return out.getvalue()


def report() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(printed("--json"))
    return found


@pytest.fixture
def busy(forum: Forum) -> Forum:
    """Twenty accepted, of which six with text left out; six held; seven refused, one for itself."""
    forum.push("alder", *(indicator(name(number)) for number in range(14)))
    texts = (indicator(name(20 + n), description="Our night shift saw it.") for n in range(6))
    forum.push("birch", *texts)
    forum.push("birch", *(indicator(f"[domain-name:value LIKE '%{n}']") for n in range(6)))
    forum.push("cedar", *(indicator(f"[file:name = 'a{n}'") for n in range(6)))
    forum.push("cedar", stix("x-own-type", value="x"))
    return forum


def test_what_became_of_objects_is_told_without_small_counts(busy: Forum) -> None:
    found = report()
    assert found["objects"]["cells"] == {
        "accepted_as_sent": 14,
        "accepted_redacted": 6,
        "held": 6,
        "rejected": 7,
    }
    assert found["rejected_by_reason"] == {"cells": {}, "other": None, "total": None}
    assert found["held_by_reason"]["cells"] == {"BROAD_PATTERN": 6}
    assert found["submissions"] == 5
    assert found["median_time_from_receipt_to_release"] == "within a minute"


def test_of_the_reasons_a_small_one_hides_among_larger_ones(busy: Forum) -> None:
    busy.push("alder", *(indicator(f"[file:name = 'b{n}'") for n in range(10)))
    found = report()["rejected_by_reason"]
    assert found == {"cells": {}, "other": 17, "total": 17}


def test_the_same_journal_gives_the_same_bytes_whatever_became_of_the_rest(busy: Forum) -> None:
    first = printed("--json"), printed()
    Publication.objects.all().delete()
    HeldObject.objects.all().delete()
    Submission.objects.all().update(received_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert (printed("--json"), printed()) == first
    AuditEntry.objects.filter(act="object held").delete()
    assert printed("--json") != first[0]


def test_what_a_person_decides_counts_as_decided(busy: Forum) -> None:
    for held in HeldObject.objects.filter(part="object"):
        review.reject(held.id, by="rowan", message="Too broad.", policy=current_policy(), now=now())
    found = report()["objects"]["cells"]
    assert (found.get("held"), found["rejected"]) == (None, 13)


def test_retractions_and_appeals_are_counted(busy: Forum) -> None:
    for each in busy.feed()[:6]:
        busy.retract("alder", each["id"]) or busy.retract("birch", each["id"])
    for each in busy.feed()[:6]:
        if not each.get("revoked"):
            appeals.open_appeal(
                clerk(), busy.collections["distillation"], each["id"],
                ground="wrong-value", reference="A-1",
            )  # fmt: skip
    found = report()
    assert found["withdrawals_asked_for"] >= 6
    assert found["objects_revoked"] == 6
    assert found["disputes_by_members"] == 0


def test_objects_that_became_corroborated_are_counted(forum: Forum) -> None:
    for lab in ("alder", "birch", "cedar"):
        forum.push(lab, *(indicator(name(number)) for number in range(6)))
    corroborate.run(policy=current_policy(), now=now())
    assert report()["versions_that_say_corroborated"] == 6
    corroborate.run(policy=current_policy(), now=now() + timedelta(days=60))
    assert AuditEntry.objects.filter(act="object weighed anew").count() == 6
    assert report()["versions_that_say_corroborated"] == 6


def test_what_members_dispute_again_is_counted_again_and_as_no_appeal_of_staff() -> None:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    entries = [
        Entry(f"{number}", at, "pipeline", "appeal opened", f"distillation/{number % 3}", {})
        for number in range(6)
    ]
    found = told_of(entries, Quarter(2026, 4), small=5)
    assert (found["disputes_by_members"], found["appeals_opened"]) == (6, 0)


def test_another_quarter_is_empty(busy: Forum) -> None:
    out = StringIO()
    call_command("transparency_report", quarter="2020Q1", stdout=out)
    assert "submissions: 0" in out.getvalue()


@pytest.mark.parametrize("text", ["2026", "2026Q5", "Q42026", "26Q4"])
def test_what_is_no_quarter_is_refused(text: str) -> None:
    with pytest.raises(CommandError, match="2026Q4"):
        call_command("transparency_report", quarter=text)


def test_a_quarter_ends_where_the_next_begins() -> None:
    quarters = [Quarter(2026, number) for number in (1, 2, 3, 4)]
    assert [each.end for each in quarters] == [each.begin for each in quarters[1:]] + [
        datetime(2027, 1, 1, tzinfo=UTC)
    ]
