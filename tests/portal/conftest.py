from __future__ import annotations

from typing import TYPE_CHECKING

import pytest


if TYPE_CHECKING:
    from tests.forum import Forum


@pytest.fixture
def forum(db: None) -> Forum:
    from tests.forum import Forum  # noqa: PLC0415  models need Django's settings, made by then

    return Forum.make()
