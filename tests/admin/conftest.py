from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest


if TYPE_CHECKING:
    from tests.admin.desk import Desk
    from tests.forum import Forum


@pytest.fixture(autouse=True)
def _screens(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.admin.urls"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a fast one


@pytest.fixture
def forum(db: None) -> Forum:
    from tests.forum import Forum  # noqa: PLC0415  models need Django's settings, made by then

    return Forum.make()


@pytest.fixture
def desk(db: None) -> Callable[[str], Desk]:
    """The desk of a role, by its name."""
    from tests.admin.desk import Desk  # noqa: PLC0415  models need Django's settings, made by then

    return Desk.of
