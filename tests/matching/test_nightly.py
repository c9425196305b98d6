"""What becomes of the keys by itself: every night, and whenever a worker starts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from indicators.domain.disclosure import current_policy
from indicators.matching import epochs, rotation
from indicators.matching.seeds import store
from indicators.matching.tasks import make_keys
from indicators.models.matching import EvaluationRequest
from indicators.pipeline import nightly
from tests.forum import now
from tests.labs import acting_as, new_lab
from tests.matching.keys import clerk


pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=150)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.TOKEN_KEYS = tmp_path
    return tmp_path


def a_night() -> nightly.Report:
    with acting_as("forum_worker"):
        return nightly.run(policy=current_policy(), now=now())


def test_it_makes_what_is_due_and_destroys_what_is_over(folder: Path) -> None:
    over = rotation.ensure(clerk(now() - LONG_AGO), store(), {})
    EvaluationRequest.objects.create(
        member=new_lab("alder").member, day=(now() - LONG_AGO).date(), tag=bytes(32), elements=1
    )
    first, second = a_night(), a_night()
    assert epochs.live_epochs(now())
    assert not any((folder / f"{epoch}.seed").exists() for epoch in over)
    assert not EvaluationRequest.objects.exists()
    done = ("seeds_destroyed", "keys_made", "evaluations_forgotten")
    assert [first.counts[each] for each in done] == [len(over), 1, 1]
    assert [second.counts[each] for each in done] == [0, 0, 0]


def test_a_worker_that_starts_makes_the_first_keys() -> None:
    with acting_as("forum_worker"):
        make_keys()
    assert epochs.live_epochs(now())


def test_an_evaluator_that_is_away_does_not_keep_a_seed_alive(folder: Path, settings: Any) -> None:
    (old, *_) = rotation.ensure(clerk(now() - LONG_AGO), store(), {})
    settings.TOKEN_EVALUATORS = {"trustee": "http://127.0.0.1:9/"}
    store().keep_partner("trustee", '{"signer": "x"}')
    failed = set(a_night().failed)
    assert "keys_made" in failed
    assert failed <= {"keys_made", "public_templates_tokenised"}
    assert not (folder / f"{old}.seed").exists()
