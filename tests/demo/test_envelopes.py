"""What the three labs of the demo send."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime

import pytest

from indicators.demo.envelopes import Envelope, envelopes
from indicators.domain.observables import is_reserved
from indicators.domain.stix.check import problems
from indicators.domain.stix.types import SCO_TYPES


DAY = date(2026, 11, 24)
MIDNIGHT = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC)


@pytest.fixture(scope="module")
def sent() -> list[Envelope]:
    return envelopes(DAY)


def test_every_object_is_stix(sent: list[Envelope]) -> None:
    wrong = [
        (each["id"], found)
        for envelope in sent
        for each in envelope.objects
        if (found := problems(each))
    ]
    assert wrong == []


def test_each_lab_sees_each_campaign_and_one_report_is_taken_back(sent: list[Envelope]) -> None:
    seen = Counter((each.lab, each.campaign) for each in sent if not each.takes_back)
    assert len(seen) == 9
    assert set(seen.values()) == {1}
    assert [(each.lab, each.campaign) for each in sent if each.takes_back] == [
        ("birch", "grey-orchard")
    ]


def test_a_few_hundred_objects_in_all(sent: list[Envelope]) -> None:
    assert 200 < sum(len(each.objects) for each in sent) < 600


def test_ids_are_a_labs_own_and_the_same_on_any_day(sent: list[Envelope]) -> None:
    again = envelopes(date(2027, 3, 1))
    assert [_ids(each) for each in again] == [_ids(each) for each in sent]
    by_lab: dict[str, set[str]] = {}
    for each in sent:
        own = {one for one in _ids(each) if one.split("--")[0] not in SCO_TYPES}
        by_lab.setdefault(each.lab, set()).update(own)
    alder, birch, cedar = by_lab.values()
    assert len(alder | birch | cedar) == len(alder) + len(birch) + len(cedar)


def test_nothing_lies_in_the_future_and_the_windows_end_on_the_day(sent: list[Envelope]) -> None:
    for envelope in sent:
        for each in envelope.objects:
            for name in ("created", "modified", "valid_from", "first_seen", "last_seen"):
                assert each.get(name, "") < f"{MIDNIGHT:%Y-%m-%dT%H:%M:%S}"
    last = max(
        each["last_seen"]
        for envelope in sent
        for each in envelope.objects
        if each["type"] == "campaign"
    )
    assert last.startswith("2026-11-23")


def test_only_reserved_values_are_used(sent: list[Envelope]) -> None:
    for envelope in sent:
        for each in envelope.objects:
            if each["type"] in ("ipv4-addr", "domain-name", "autonomous-system"):
                assert is_reserved(each.get("value") or each["number"])


def test_the_same_thing_is_spelled_differently(sent: list[Envelope]) -> None:
    patterns = {
        envelope.lab: [each["pattern"] for each in envelope.objects if "pattern" in each]
        for envelope in sent
        if envelope.campaign == "quiet-abacus"
    }
    alder = {each for each in patterns["alder"] if "198.51.100.11" in each}
    birch = {each for each in patterns["birch"] if "198.51.100.11" in each}
    assert alder
    assert birch
    assert alder != birch


def test_an_equal_mailbox_is_equal_at_every_lab(sent: list[Envelope]) -> None:
    mailboxes = [
        {each["value"] for each in envelope.objects if each["type"] == "email-addr"}
        for envelope in sent
        if envelope.campaign == "quiet-abacus"
    ]
    assert len(set.intersection(*mailboxes)) == 1


def test_what_must_not_pass_is_among_it(sent: list[Envelope]) -> None:
    text = json.dumps([each.objects for each in sent])
    for trap in ("$0.41", "Robin Halloway", "Juniper-4", "patient", "192.0.0.0/8", "MATCHES"):
        assert trap in text


def _ids(envelope: Envelope) -> list[str]:
    return [each["id"] for each in envelope.objects]
