from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from indicators.management.clerk import at_the_command_line
from indicators.members.registry import RegistryError, change
from indicators.models.collection import Collection


_OPTIONS = {
    "batch_minutes": "form a batch this often at most",
    "batch_members": "a batch holds something of this many members at least",
    "batch_soon_percent": "this share of a batch goes out at once",
    "batch_spread_minutes": "the rest within this time, each object at a moment of its own",
    "batch_longest_hours": "form a batch after this, however few members sent something",
}


class Command(BaseCommand):
    help = (
        "Say when a collection publishes: 'immediate', as soon as an object is processed, or "
        "'batched', together with what others sent (docs/privacy.md). ALIAS-tokens has a lane of "
        "its own."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("alias", metavar="ALIAS")
        parser.add_argument("lane", choices=Collection.Lane.values)
        parser.add_argument("--expected-delay", metavar="WORDS", help="shown to members")
        for name, text in _OPTIONS.items():
            parser.add_argument(f"--{name.replace('_', '-')}", type=int, metavar="N", help=text)

    def handle(self, *_args: Any, **options: Any) -> None:
        found = Collection.objects.filter(alias=options["alias"]).first()
        if found is None:
            raise CommandError(f"There is no collection {options['alias']!r}.")
        given = {
            name: options[name]
            for name in ("lane", "expected_delay", *_OPTIONS)
            if options[name] is not None
        }
        for name, value in given.items():
            setattr(found, name, value)
        try:
            change(at_the_command_line(), found, list(given))
        except RegistryError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{found.alias}: {found.lane}, expected delay {found.expected_delay}.")
