from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from indicators.management.clerk import at_the_command_line
from indicators.members.registry import RegistryError, add_member
from indicators.models.member import Member


class Command(BaseCommand):
    help = (
        "Add a member: a lab or partner organisation. It may do nothing yet: give it rights with "
        "`grant` and a key with `add_credential`."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG", help="short lower-case name, e.g. alder")
        parser.add_argument("--name", required=True, help="the organisation's name")
        parser.add_argument(
            "--review-first",
            type=int,
            default=0,
            metavar="N",
            help="its first N objects wait for a reviewer (default 0)",
        )

        parser.add_argument(
            "--jurisdiction",
            default="",
            metavar="CC",
            help="the law it shares under, ISO 3166-1 alpha-2; matters while sharing across "
            "borders is paused",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            member = add_member(
                at_the_command_line(),
                Member(
                    slug=options["slug"],
                    name=options["name"],
                    review_first_n=options["review_first"],
                    jurisdiction=options["jurisdiction"],
                ),
            )
        except RegistryError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Added member {member.slug} ({member.id}).")
