"""Parallel processes of the tests stay out of each other's way."""

from __future__ import annotations

import os

import pytest
from django.conf import settings

from tests.conftest import process_number


def test_the_settings_are_those_of_this_process() -> None:
    """Seeds that one process destroys must not be another's."""
    assert str(settings.TOKEN_KEYS) == os.environ["TOKEN_KEYS"]
    assert str(settings.TOKEN_KEYS).endswith(f"token-keys-{process_number()}")
    assert os.environ["REDIS_URL"] == settings.REDIS_URL


_together: set[int] = set()


@pytest.mark.xdist_group("processes")
@pytest.mark.parametrize("one", range(4))
def test_a_group_runs_in_one_process(one: int) -> None:
    """What counts the databases of the whole cluster, or serves on one port, relies on it."""
    assert len(_together) == one
    _together.add(one)
