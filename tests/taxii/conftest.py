"""One hub and three labs for each test of the door."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest


if TYPE_CHECKING:  # Django is not set up yet when pytest reads this file
    from tests.labs import Feed
    from tests.taxii.door import Caller, Hub


@pytest.fixture
def hub(db: None) -> Hub:
    from tests.taxii.door import new_hub  # noqa: PLC0415  as above

    return new_hub()


@pytest.fixture
def alder(hub: Hub) -> Caller:
    return hub.callers["alder"]


@pytest.fixture
def birch(hub: Hub) -> Caller:
    return hub.callers["birch"]


@pytest.fixture
def cedar(hub: Hub) -> Caller:
    return hub.callers["cedar"]


@pytest.fixture
def feed(hub: Hub) -> Feed:
    """What is published in `distillation`."""
    return hub.feeds["distillation"]
