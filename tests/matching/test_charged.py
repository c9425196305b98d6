"""What a lab sends in clear is evaluated at its charge, once a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from indicators.domain.disclosure import current_policy
from indicators.domain.tokens import Identifier
from indicators.matching.charged import Charged, charged_tokens
from indicators.matching.errors import TokensUnavailable
from indicators.matching.limits import current_limits
from indicators.models.matching import BudgetUse
from tests.forum import Forum, now
from tests.labs import acting_as


def phones(*numbers: int) -> list[Identifier]:
    return [Identifier("phone", f"+1202555{each:04}") for each in numbers]


MAIL = Identifier("email-addr", "a@b.example")
PHONES_A_DAY = 3


@pytest.fixture
def forum(db: None) -> Forum:
    return Forum.make()


@pytest.fixture
def alder(forum: Forum) -> UUID:
    return forum.principals["alder"].member_id


def charged(member: UUID, wanted: Sequence[Identifier], *, days: int = 0) -> Charged:
    limits = current_limits()
    limits = replace(limits, daily={**limits.daily, "phone": PHONES_A_DAY})
    with acting_as("forum_worker"):
        return charged_tokens(
            member, wanted, limits=limits, policy=current_policy(), now=now() + timedelta(days=days)
        )


def used(member: UUID) -> int:
    return sum(
        BudgetUse.objects.filter(member_id=member, kind="phone").values_list("used", flat=True)
    )


def test_a_worker_charges_what_it_evaluates(alder: UUID) -> None:
    made = charged(alder, phones(1, 2, 2))
    assert set(made.tokens) == set(phones(1, 2))
    assert used(alder) == 2


def test_what_is_taken_up_again_is_not_charged_again_in_whatever_company(alder: UUID) -> None:
    first = charged(alder, phones(1, 2))
    assert charged(alder, phones(2, 1)) == first
    charged(alder, phones(2))
    charged(alder, phones(2, 3))
    assert used(alder) == 3


def test_it_is_charged_once_though_no_token_can_be_made(
    alder: UUID, settings: Any, tmp_path: Path
) -> None:
    settings.TOKEN_KEYS = tmp_path  # where no seed is
    for wanted in (phones(1, 2), phones(2, 3), phones(3, 1)):
        with pytest.raises(TokensUnavailable):
            charged(alder, wanted)
    assert used(alder) == 3


def test_the_next_day_it_is_charged_again(alder: UUID) -> None:
    charged(alder, phones(1, 2, 3))
    assert not charged(alder, phones(1, 2, 3), days=1).spent
    assert used(alder) == 6


def test_over_budget_nothing_of_the_kind_is_evaluated_and_the_others_are(alder: UUID) -> None:
    made = charged(alder, [*phones(1, 2, 3, 4), MAIL])
    assert set(made.tokens) == {MAIL}
    assert made.spent["phone"].cap == PHONES_A_DAY
    assert used(alder) == 0


def test_each_member_pays_for_itself(forum: Forum, alder: UUID) -> None:
    charged(alder, phones(1, 2, 3))
    birch = forum.principals["birch"].member_id
    assert not charged(birch, phones(1, 2, 3)).spent
    assert charged(alder, phones(4)).spent
