"""Requests of authorities are counted; no authority gets a role, and no request opens anything."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps

from indicators.members.people import ROLES
from indicators.models.government_request import GovernmentRequest
from indicators.pipeline import government
from indicators.pipeline.government import RequestError
from tests.pipeline.governing import acts, clerk


def recorded(**words: Any) -> GovernmentRequest:
    given = {
        "received_on": date(2026, 11, 2),
        "jurisdiction": "US",
        "authority": "law-enforcement",
        "instrument": "subpoena",
        "reference": "G-7",
    }
    return government.record_request(clerk(), **{**given, **words})


@pytest.mark.django_db
def test_requests_are_counted_by_year_and_answer() -> None:
    refused, pending = recorded(), recorded(instrument="voluntary")
    recorded(received_on=date(2025, 1, 1))
    government.record_answer(clerk(), refused.id, answer="refused")
    assert government.counts(2026) == {
        "received": 2, "pending": 1, "refused": 1, "referred-to-member": 0, "answered": 0,
        "withdrawn": 0,
    }  # fmt: skip
    assert [each.subject for each in acts("government request refused")] == [
        f"government-request/{refused.id}"
    ]
    assert pending.answer == "pending"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"jurisdiction": "usa"}, "no country"),
        ({"authority": "friends"}, "no authority 'friends'"),
        ({"instrument": "phone call"}, "no instrument"),
        ({"reference": " "}, "case file"),
        ({"received_on": date(2026, 11, 2) + timedelta(days=9999)}, "not to come"),
    ],
)
def test_the_register_knows_its_words(words: dict[str, Any], said: str) -> None:
    with pytest.raises(RequestError, match=said):
        recorded(**words)


@pytest.mark.django_db
def test_a_request_is_answered_once() -> None:
    request = recorded()
    with pytest.raises(RequestError, match="no answer"):
        government.record_answer(clerk(), request.id, answer="pending")
    government.record_answer(clerk(), request.id, answer="referred-to-member")
    with pytest.raises(RequestError, match="pending"):
        government.record_answer(clerk(), request.id, answer="refused")


def test_no_role_is_an_authoritys_and_a_row_alone_leads_to_nothing() -> None:
    assert not [role for role in ROLES if "gov" in role or "authority" in role]
    model = apps.get_model("indicators", "GovernmentRequest")
    assert [field.name for field in model._meta.get_fields() if field.is_relation] == []
