"""The application's start: the database roles come before the first migration."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import pre_migrate

from indicators.roles import ensure_roles


class IndicatorsConfig(AppConfig):
    name = "indicators"
    verbose_name = "Forum Share"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        pre_migrate.connect(ensure_roles, sender=self)
