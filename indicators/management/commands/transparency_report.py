from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from indicators.audit import transparency
from indicators.domain.transparency import Quarter, as_json, in_words


class Command(BaseCommand):
    help = (
        "What the Forum did in a quarter, counted from the journal alone, without small counts. "
        "The same journal gives the same bytes. docs/transparency.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--quarter", required=True, metavar="2026Q4")
        parser.add_argument("--json", action="store_true", help="canonical JSON and not text")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            quarter = Quarter.read(options["quarter"])
        except ValueError as error:
            raise CommandError(str(error)) from error
        found = transparency.report(quarter)
        self.stdout.write(
            as_json(found).decode() if options["json"] else in_words(found), ending=""
        )
