"""Incidents: 72 hours from when it was noticed, a timeline that only grows, no word in clear."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from indicators.models.audit import AuditEntry
from indicators.models.incident import Incident, IncidentEntry
from indicators.pipeline import incidents
from indicators.pipeline.incidents import IncidentError
from indicators.roles import speaking_for_staff
from tests.architecture.test_at_rest import private_rows
from tests.forum import now
from tests.labs import acting_as
from tests.pipeline.governing import clerk, facts


pytestmark = pytest.mark.django_db
WORD = "heronwatch"


def opened(*, noticed: timedelta = timedelta(hours=1), **words: Any) -> Incident:
    given = {"reference": "I-1", "kind": "leak", "text": f"A list of {WORD} was sent out."}
    return incidents.open_incident(clerk(), noticed_at=now() - noticed, **{**given, **words})


def hours(amount: float) -> timedelta:
    return timedelta(hours=amount)


def fresh(incident: Incident) -> Incident:
    return Incident.objects.get(pk=incident.pk)


def test_the_clock_counts_from_when_it_was_noticed() -> None:
    incident = opened(noticed=hours(70))
    clock = incidents.clock_of(incident, now=incident.noticed_at + hours(70))
    assert (clock.runs, clock.left, clock.is_over) == (True, hours(2), False)
    late = incidents.clock_of(incident, now=incident.noticed_at + hours(73))
    assert (late.is_over, late.amount) == (True, hours(1))


@pytest.mark.parametrize(("after", "in_time"), [(71, True), (72, True), (73, False)])
def test_a_notice_stops_it_and_says_whether_it_was_in_time(after: float, *, in_time: bool) -> None:
    incident = opened(noticed=hours(100))
    incidents.give_notice(
        clerk(), incident.pk, at=incident.noticed_at + hours(after), text="To the authority."
    )
    clock = incidents.clock_of(fresh(incident), now=now() + timedelta(days=30))
    assert (clock.runs, clock.is_over) == (False, not in_time)
    assert facts("incident notice given") == {"in_time": in_time}


@pytest.mark.parametrize("at", [timedelta(hours=-2), timedelta(hours=2)])
def test_a_notice_lies_between_noticing_and_now(at: timedelta) -> None:
    incident = opened()
    with pytest.raises(IncidentError, match="after it was noticed"):
        incidents.give_notice(clerk(), incident.pk, at=now() + at, text="To the authority.")
    assert fresh(incident).notice == "open"


def test_that_none_is_due_stops_it_and_a_notice_may_still_follow() -> None:
    incident = opened()
    incidents.owe_none(clerk(), incident.pk, why="Nobody's data.")
    assert not incidents.running(now=now())
    with pytest.raises(IncidentError, match="settled already"):
        incidents.owe_none(clerk(), incident.pk, why="Once more.")
    incidents.give_notice(clerk(), incident.pk, at=now(), text="To the authority after all.")
    assert fresh(incident).notice == "given"
    with pytest.raises(IncidentError, match="recorded already"):
        incidents.give_notice(clerk(), incident.pk, at=now(), text="Again.")


def test_it_is_closed_only_once_its_clock_is_settled_and_then_nothing_is_added() -> None:
    incident = opened()
    with pytest.raises(IncidentError, match="clock still runs"):
        incidents.close(clerk(), incident.pk, why="Done.")
    incidents.owe_none(clerk(), incident.pk, why="Nobody's data.")
    incidents.close(clerk("elm"), incident.pk, why="Done.")
    assert fresh(incident).closed_by == "elm"
    with pytest.raises(IncidentError, match="is open"):
        incidents.add(clerk(), incident.pk, kind="finding", text="Too late.")
    assert [each.text for each in incidents.timeline(incident)][1:] == ["Nobody's data.", "Done."]


def test_the_database_closes_none_whose_clock_runs() -> None:
    incident = opened()
    closed = {"closed_by": "elm", "closed_at": now()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Incident.objects.filter(pk=incident.pk).update(**closed)
    incidents.owe_none(clerk(), incident.pk, why="Nobody's data.")
    assert Incident.objects.filter(pk=incident.pk).update(**closed) == 1


@pytest.mark.parametrize(
    "change", ["UPDATE incident_entry SET by = 'x'", "DELETE FROM incident_entry"]
)
def test_the_web_adds_to_a_timeline_and_changes_nothing_in_it(change: str) -> None:
    incident = opened()
    with acting_as("forum_web"), speaking_for_staff():
        incidents.add(clerk(), incident.pk, kind="decision", text="The key is revoked.")
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            run(change)
    assert IncidentEntry.objects.count() == 2


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_nobody_sees_one_but_staff() -> None:
    opened()
    with acting_as("forum_web"):
        assert not Incident.objects.exists()
        assert not IncidentEntry.objects.exists()
        with speaking_for_staff():
            assert Incident.objects.count() == IncidentEntry.objects.count() == 1


def test_neither_the_table_nor_the_journal_has_a_word_of_it() -> None:
    incident = opened()
    incidents.add(clerk(), incident.pk, kind="decision", text=f"{WORD} is told.")
    assert WORD in incidents.timeline(incident)[0].text
    found = [row for row in private_rows() if WORD in row or WORD.encode().hex() in row]
    assert found == []
    bodies = [
        json.loads(each.body) for each in AuditEntry.objects.filter(act__startswith="incident")
    ]
    assert bodies == [{"kind": "leak"}, {"kind": "finding"}, {"kind": "decision"}]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"kind": "flood"}, "no kind 'flood'"),
        ({"reference": " "}, "reference"),
        ({"noticed": timedelta(hours=-1)}, "not to come"),
        ({"text": " "}, "in words"),
    ],
)
def test_what_it_needs_to_be_opened(words: dict[str, Any], said: str) -> None:
    with pytest.raises(IncidentError, match=said):
        opened(**words)
    assert not Incident.objects.exists()


def test_a_reference_is_used_once() -> None:
    opened()
    with pytest.raises(IncidentError, match="no other incident"):
        opened()


def test_lines_stand_in_the_order_in_which_they_were_added() -> None:
    incident = opened()
    for number in range(4):
        later: datetime = now() + timedelta(minutes=number + 1)
        who = clerk(after=later - now())
        incidents.add(who, incident.pk, kind="finding", text=f"Number {number}.")
    told = [each.text for each in incidents.timeline(incident)]
    assert told[1:] == [f"Number {number}." for number in range(4)]
