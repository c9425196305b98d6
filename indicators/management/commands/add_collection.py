from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from indicators.management.clerk import at_the_command_line
from indicators.members.registry import RegistryError, add_collection
from indicators.models.collection import Collection


class Command(BaseCommand):
    help = (
        "Add a collection. A sharing one is a sharing group: what its writers push comes out of it "
        "in the Forum's words; ALIAS-tokens and ALIAS-withdrawn are made beside it. A verbatim one "
        "is plain TAXII for the Forum's own publishers."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("alias", metavar="ALIAS", help="lower-case name used in TAXII URLs")
        parser.add_argument("--title", required=True, help="shown to members; without '.' and ','")
        parser.add_argument("--kind", required=True, choices=["sharing", "verbatim"])
        parser.add_argument("--description", default="", help="shown to members")
        parser.add_argument(
            "--exercise",
            action="store_true",
            help="a sandbox: its objects are marked, and none of them may enter another collection",
        )
        parser.add_argument(
            "--accepts-reserved",
            action="store_true",
            help="documentation and private address ranges and .example names are welcome",
        )
        parser.add_argument(
            "--marking",
            choices=Collection.Marking.values,
            default=Collection.Marking.AMBER_STRICT.value,
            help="TLP of every object in it (default amber+strict)",
        )
        parser.add_argument(
            "--lane",
            choices=Collection.Lane.values,
            default=Collection.Lane.IMMEDIATE.value,
            help="when processed objects are published (default immediate)",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            made = add_collection(
                at_the_command_line(), Collection(**{name: options[name] for name in _FIELDS})
            )
        except RegistryError as error:
            raise CommandError(str(error)) from error
        beside = Collection.objects.filter(parent=made).order_by("alias")
        for each in (made, *beside):
            self.stdout.write(f"Added collection {each.alias} ({each.id}), {each.kind}.")


_FIELDS = (
    "alias",
    "title",
    "kind",
    "description",
    "exercise",
    "accepts_reserved",
    "marking",
    "lane",
)
