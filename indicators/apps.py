"""The application's start: the roles come before the first migration, the policy after each."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate

from indicators.roles import ensure_roles


class IndicatorsConfig(AppConfig):
    name = "indicators"
    verbose_name = "Forum Share"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        pre_migrate.connect(ensure_roles, sender=self)
        post_migrate.connect(remember_policy, sender=self)
        post_migrate.connect(refresh_roles, sender=self)


def remember_policy(*, using: str, **_signal: Any) -> None:
    """Keep the text of the policy of this version, before anything is decided under it.

    Runs after each `migrate`, that is with each new version of the hub.
    """
    if not _is_migrated(using):
        return
    from indicators.management.clerk import at_the_command_line  # noqa: PLC0415  needs the models
    from indicators.pipeline.rescreen import remember  # noqa: PLC0415  needs the models

    clerk = at_the_command_line()
    remember(clerk.policy, now=clerk.now)


def refresh_roles(*, using: str, **_signal: Any) -> None:
    """Give the staff's roles what this version lets them do, no more and no less."""
    if not _is_migrated(using):
        return
    from indicators.members import people  # noqa: PLC0415  needs the models

    people.ensure_roles()


def _is_migrated(using: str) -> bool:
    """Not to a version before these things were."""
    return "policy_text" in connections[using].introspection.table_names()
