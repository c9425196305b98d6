from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest


if TYPE_CHECKING:
    from tests.console.seat import Seat
    from tests.forum import Forum


@pytest.fixture(autouse=True)
def _quick(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a fast one


@pytest.fixture
def forum(db: None) -> Forum:
    from tests.forum import Forum  # noqa: PLC0415  models need Django's settings, made by then

    return Forum.make()


@pytest.fixture
def seat(db: None) -> Callable[..., Seat]:
    """The seat of a login in a role; of a member's person if the role is a member's slug."""
    from tests.console.seat import Seat  # noqa: PLC0415  as above

    return Seat.of
