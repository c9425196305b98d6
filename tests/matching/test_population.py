"""A population grant: two people, e-mail kinds, once an epoch, a few days."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from indicators.domain.disclosure import current_policy
from indicators.matching import budgets, population, rotation
from indicators.matching.budgets import Batch
from indicators.matching.errors import BudgetSpentError
from indicators.matching.limits import Limits, current_limits
from indicators.matching.population import PopulationRefused
from indicators.matching.seeds import SeedStore
from indicators.members.people import add_person
from indicators.members.registry import RegistryError
from indicators.models.audit import AuditEntry
from indicators.models.matching import PopulationGrant
from tests.forum import now
from tests.labs import Lab, acting_as, new_lab
from tests.matching.keys import NOW, clerk, made


pytestmark = pytest.mark.django_db

LIMITS = current_limits()
SMALL = replace(LIMITS, daily={**LIMITS.daily, "email-addr": 10, "phone": 10})


@pytest.fixture
def alder(tmp_path: Path, settings: Any) -> Lab:
    settings.TOKEN_KEYS = tmp_path
    made(tmp_path)
    for login, role in (("olive", "operator"), ("quinn", "counsel")):
        add_person(clerk(), login=login, password="x", role=role)
    return new_lab("alder")


def ask(lab: Lab, *, by: str = "olive", accounts: int = 100, hours: int = 48) -> PopulationGrant:
    return population.request(
        clerk(by=by), lab.member, LIMITS, accounts=accounts, hours=hours, reason="joining"
    )


def approve(asked: PopulationGrant, *, by: str = "quinn", hours: float = 0) -> PopulationGrant:
    at = clerk(NOW + timedelta(hours=hours), by=by)
    return population.approve(at, asked.id, LIMITS)


def charge(
    lab: Lab,
    elements: int,
    *,
    kind: str = "email-addr",
    hours: float = 0,
    limits: Limits = SMALL,
) -> int:
    batch = Batch(lab.id, kind, "2026Q4", elements, os.urandom(32))
    with acting_as("forum_web"):
        return budgets.charge(
            batch, limits, policy=current_policy(), now=NOW + timedelta(hours=hours)
        ).remaining


def test_it_gives_the_declared_accounts_and_a_fifth_after_the_day_s_budget(alder: Lab) -> None:
    opened = approve(ask(alder))
    assert opened.ends_at == NOW + timedelta(hours=48)
    assert charge(alder, 10) == 120
    assert charge(alder, 100) == 20
    with pytest.raises(BudgetSpentError):
        charge(alder, 21)
    assert charge(alder, 20) == 0
    # The next day has a budget again; the grant is used up.
    assert charge(alder, 10, hours=24) == 0


def test_each_email_kind_has_its_own_and_no_other_kind_has_any(alder: Lab) -> None:
    approve(ask(alder))
    limits = replace(LIMITS, daily=dict.fromkeys(LIMITS.daily, 1))
    for kind in LIMITS.daily:
        granted = kind in ("email-addr", "email-canon")
        if granted:
            assert charge(alder, 120, kind=kind, limits=limits) == 1
        else:
            with pytest.raises(BudgetSpentError):
                charge(alder, 120, kind=kind, limits=limits)


def test_what_is_sent_in_clear_does_not_draw_on_it(alder: Lab) -> None:
    approve(ask(alder))
    values = [f"a{number}@kestrelmail.example" for number in range(11)]
    with acting_as("forum_worker"), pytest.raises(BudgetSpentError):
        budgets.charge_values(
            alder.id, "email-addr", values, SMALL, policy=current_policy(), now=NOW
        )


def test_nothing_is_granted_before_another_person_approves(alder: Lab) -> None:
    asked = ask(alder)
    with pytest.raises(BudgetSpentError):
        charge(alder, 11)
    with pytest.raises(PopulationRefused, match="Another person"):
        approve(asked, by="olive")
    with pytest.raises(IntegrityError), transaction.atomic():
        PopulationGrant.objects.update(approved_by="olive", approved_at=NOW)


@pytest.mark.parametrize("login", ["", "nobody", "pushers", "gone"])
def test_only_people_of_the_staff_ask_and_approve(alder: Lab, login: str) -> None:
    User.objects.create_user("pushers")
    User.objects.create_user("gone", is_staff=True, is_active=False)
    with pytest.raises(PopulationRefused, match="no person"):
        ask(alder, by=login)
    with pytest.raises(PopulationRefused, match="no person"):
        approve(ask(alder), by=login)


def test_it_ends(alder: Lab) -> None:
    approve(ask(alder, hours=1))
    assert charge(alder, 100, hours=0.9) == 10 + 20
    with pytest.raises(BudgetSpentError):
        charge(alder, 11, hours=1)


@pytest.mark.parametrize(("accounts", "hours"), [(0, 1), (-5, 1), (1, 0), (1, 73)])
def test_figures_out_of_bounds_are_refused(alder: Lab, accounts: int, hours: int) -> None:
    with pytest.raises(PopulationRefused, match="1 to 72 hours"):
        ask(alder, accounts=accounts, hours=hours)


def test_a_reason_is_asked_for(alder: Lab) -> None:
    with pytest.raises(PopulationRefused, match="Say why"):
        population.request(clerk(by="olive"), alder.member, LIMITS, accounts=1, hours=1, reason=" ")


def test_once_an_epoch(alder: Lab) -> None:
    first, second = ask(alder), ask(alder)
    approve(first)
    with pytest.raises(PopulationRefused, match="had its population grant"):
        approve(second)
    with pytest.raises(PopulationRefused, match="approved it already"):
        approve(first)
    approve(ask(new_lab("birch")))


def test_a_request_grows_old_with_its_days_and_its_epoch(alder: Lab, settings: Any) -> None:
    asked = ask(alder)
    with pytest.raises(PopulationRefused, match="hours ago"):
        approve(asked, hours=72.1)
    rotation.revoke(clerk(), SeedStore(settings.TOKEN_KEYS), reason="x")
    with pytest.raises(PopulationRefused, match="is over"):
        approve(asked)


def test_a_member_sees_its_open_grants(alder: Lab) -> None:
    opened = approve(ask(alder))
    charge(alder, 100)
    with acting_as("forum_web"):
        mine = budgets.standing(alder.id, LIMITS, NOW)["population_grants"]
        theirs = budgets.standing(new_lab("birch").id, LIMITS, NOW)["population_grants"]
    assert mine == [
        {
            "epoch": "2026Q4",
            "ends_at": f"{opened.ends_at:%Y-%m-%dT%H:%M:%SZ}",
            "kinds": {
                "email-addr": {"used": 100, "cap": 120},
                "email-canon": {"used": 0, "cap": 120},
            },
        }
    ]
    assert theirs == []


def test_request_and_approval_are_journalled_under_their_people(alder: Lab) -> None:
    approve(ask(alder))
    entries = AuditEntry.objects.filter(act__startswith="population grant").order_by("act")
    assert [(each.act, each.actor) for each in entries] == [
        ("population grant approved", "quinn"),
        ("population grant requested", "olive"),
    ]


def test_one_person_in_two_spellings_is_one_person(alder: Lab) -> None:
    User.objects.create_user("Olive", is_staff=True)
    with pytest.raises(PopulationRefused, match="Another person"):
        approve(ask(alder), by="Olive")
    with pytest.raises(IntegrityError), transaction.atomic():
        PopulationGrant.objects.update(approved_by="OLIVE", approved_at=NOW)
    with pytest.raises(RegistryError, match="taken"):
        add_person(clerk(), login="Quinn", password="x", role="counsel")


def test_the_command_asks_approves_and_lists(alder: Lab, settings: Any) -> None:
    rotation.ensure(clerk(now()), SeedStore(settings.TOKEN_KEYS), {})
    said = run("request", "alder", "--accounts", "5000", "--reason", "joining", "--by", "olive")
    (asked,) = PopulationGrant.objects.all()
    assert str(asked.id) in said
    with pytest.raises(CommandError, match="their role has no change_populationgrant"):
        run("approve", str(asked.id), "--by", "olive")
    with pytest.raises(CommandError, match="their role has no add_populationgrant"):
        run("request", "alder", "--accounts", "5", "--reason", "joining", "--by", "quinn")
    assert "alder may match until" in run("approve", str(asked.id), "--by", "quinn")
    assert "5000 accounts" in run("list")
    assert "by olive and quinn" in run("list")


def run(*words: str) -> str:
    out = io.StringIO()
    call_command("population_grant", *words, stdout=out)
    return out.getvalue()
