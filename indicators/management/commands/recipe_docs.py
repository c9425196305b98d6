from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from indicators.management import recipe_pages


class Command(BaseCommand):
    help = "Write docs/integrations/ from the recipes."
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        place = Path(settings.BASE_DIR, "docs/integrations")
        place.mkdir(exist_ok=True)
        for name, text in recipe_pages.pages().items():
            (place / name).write_text(text, encoding="utf-8")
        self.stdout.write(f"Wrote {place.name}/.")
