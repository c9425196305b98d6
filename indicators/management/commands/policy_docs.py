from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from indicators.management import policy_page


class Command(BaseCommand):
    help = "Write docs/policy.md from the policy data."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say whether it is current")

    def handle(self, *_args: Any, **options: Any) -> None:
        page, text = Path(settings.BASE_DIR, "docs/policy.md"), policy_page.render()
        if not options["check"]:
            page.write_text(text, encoding="utf-8")
            self.stdout.write(f"Wrote {page.name}.")
        elif not page.exists() or page.read_text("utf-8") != text:
            raise CommandError("docs/policy.md is not what the data says: manage.py policy_docs")
