"""What the worker does for the keys every night, and whenever it starts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from forum_share.celery import KEEP_KEYS, app
from indicators.matching import epochs, rotation
from indicators.matching.errors import TokenKeysError
from indicators.matching.seeds import store
from indicators.matching.tasks import keep_keys
from indicators.models.audit import AuditEntry
from indicators.models.matching import EvaluationRequest
from tests.forum import now
from tests.labs import acting_as, new_lab
from tests.matching.keys import clerk


pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=150)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.TOKEN_KEYS = tmp_path
    return tmp_path


def test_it_makes_what_is_due_and_destroys_what_is_over(folder: Path) -> None:
    (old, *_) = rotation.ensure(clerk(now() - LONG_AGO), store(), {})
    EvaluationRequest.objects.create(
        member=new_lab("alder").member, day=(now() - LONG_AGO).date(), tag=bytes(32), elements=1
    )
    with acting_as("forum_worker"):
        keep_keys()
        keep_keys()
    assert epochs.live_epochs(now())
    assert not (folder / f"{old}.seed").exists()
    assert not EvaluationRequest.objects.exists()
    acts = AuditEntry.objects.filter(actor="worker").values_list("act", "subject")
    assert ("token seed destroyed", f"epoch/{old}") in acts
    assert len(acts) == len(set(acts))


def test_a_hub_without_any_keys_gets_its_first() -> None:
    with acting_as("forum_worker"):
        keep_keys()
    assert epochs.live_epochs(now())


def test_an_evaluator_that_is_away_does_not_keep_a_seed_alive(folder: Path, settings: Any) -> None:
    (old, *_) = rotation.ensure(clerk(now() - LONG_AGO), store(), {})
    settings.TOKEN_EVALUATORS = {"trustee": "http://127.0.0.1:9/"}
    store().keep_partner("trustee", '{"signer": "x"}')
    with pytest.raises(TokenKeysError, match="trustee does not answer"):
        keep_keys()
    assert not (folder / f"{old}.seed").exists()


def test_it_stands_in_the_timetable() -> None:
    assert KEEP_KEYS in {entry["task"] for entry in app.conf.beat_schedule.values()}
