"""The report of a quarter: drawn up once it is over, signed by another, then published."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from indicators.audit.journal import Act, record
from indicators.domain.disclosure import current_policy
from indicators.domain.transparency import Quarter
from indicators.members import reports
from indicators.models.quarterly_report import QuarterlyReport
from indicators.pipeline import quarterly_report
from indicators.pipeline.quarterly_report import ReportError
from indicators.roles import speaking_for
from tests.forum import now
from tests.labs import acting_as, new_lab
from tests.pipeline.governing import clerk, facts


pytestmark = pytest.mark.django_db
LAST = Quarter.of(now()).before


def happened(times: int = 6, quarter: Quarter = LAST) -> None:
    """So many retractions in a quarter."""
    at = quarter.begin + timedelta(days=3)
    acts = [Act("m", "retraction received", f"s-{number}") for number in range(times)]
    record(acts, policy=current_policy(), now=at)


def drawn_up() -> QuarterlyReport:
    return quarterly_report.draw_up(clerk("ash"), str(LAST))


def signed() -> QuarterlyReport:
    row = drawn_up()
    quarterly_report.sign(clerk("elm"), row.pk)
    return row


def published() -> QuarterlyReport:
    row = signed()
    quarterly_report.publish(clerk("elm"), row.pk)
    return QuarterlyReport.objects.get(pk=row.pk)


def test_it_says_what_the_journal_says() -> None:
    happened()
    assert json.loads(drawn_up().body)["withdrawals_asked_for"] == 6


def test_members_read_it_once_it_is_signed_and_published() -> None:
    row = drawn_up()
    with pytest.raises(ReportError, match="that is signed"):
        quarterly_report.publish(clerk("elm"), row.pk)
    with pytest.raises(ReportError, match="drew it up yourself"):
        quarterly_report.sign(clerk("Ash"), row.pk)
    quarterly_report.sign(clerk("elm"), row.pk)
    assert reports.published() == []
    assert reports.find(row.pk) is None
    quarterly_report.publish(clerk("ash"), row.pk)
    assert reports.published() == [str(LAST)]


def test_a_quarter_that_is_not_over_has_none() -> None:
    with pytest.raises(ReportError, match="is not over"):
        quarterly_report.draw_up(clerk(), str(Quarter.of(now())))
    with pytest.raises(ReportError, match="is no quarter"):
        quarterly_report.draw_up(clerk(), "last one")


def test_what_the_journal_says_otherwise_by_now_is_not_signed() -> None:
    happened()
    row = drawn_up()
    happened(times=9)
    with pytest.raises(ReportError, match="draw it up anew"):
        quarterly_report.sign(clerk("elm"), row.pk)
    assert json.loads(drawn_up().body)["withdrawals_asked_for"] == 15
    quarterly_report.sign(clerk("elm"), row.pk)


def test_what_is_signed_is_not_drawn_up_anew() -> None:
    signed()
    with pytest.raises(ReportError, match="signed off already"):
        drawn_up()


@pytest.mark.parametrize(
    "changed",
    [{"signed_by": "ASH"}, {"signed_by": ""}, {"published_by": ""}, {"quarter": "2026Q5"}],
)
def test_the_database_holds_two_people_and_the_order(changed: dict[str, Any]) -> None:
    row = published()
    with pytest.raises(IntegrityError), transaction.atomic():
        QuarterlyReport.objects.filter(pk=row.pk).update(**changed)
    assert QuarterlyReport.objects.filter(pk=row.pk).update(signed_by="oak") == 1


def test_quarters_to_draw_up_begin_where_the_journal_does() -> None:
    assert quarterly_report.to_draw_up(now=now()) == []
    happened(quarter=LAST.before)
    assert quarterly_report.to_draw_up(now=now()) == [str(LAST), str(LAST.before)]
    drawn_up()
    assert quarterly_report.to_draw_up(now=now()) == [str(LAST.before)]


def test_members_see_what_is_published_and_nothing_before() -> None:
    lab = new_lab("alder")
    row = signed()
    with acting_as("forum_web"), speaking_for(lab.id):
        assert not QuarterlyReport.objects.exists()
    quarterly_report.publish(clerk("elm"), row.pk)
    with acting_as("forum_web"), speaking_for(lab.id):
        assert reports.find(row.pk) is not None
        assert QuarterlyReport.objects.update(body="") == 0


def test_each_step_is_journalled_with_the_digest_of_its_bytes() -> None:
    published()
    digests = {
        facts(f"quarterly report {step}")["sha256"] for step in ("drafted", "signed", "published")
    }
    assert len(digests) == 1


def test_a_moment_lies_in_its_quarter() -> None:
    edge = datetime(2026, 10, 1, tzinfo=UTC)
    assert str(Quarter.of(edge)) == "2026Q4"
    assert str(Quarter.of(edge - timedelta(seconds=1))) == "2026Q3"
    assert str(Quarter(2026, 1).before) == "2025Q4"
