from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from indicators.management import clerk
from indicators.members.credentials import EVERYDAY_SCOPES, MAX_DAYS
from indicators.members.registry import RegistryError, issue


class Command(BaseCommand):
    help = (
        "Make a key for a member's machine and print its secret, this once. Two keys of one label "
        "may live side by side, so that a lab can change over; to replace a lost one, revoke it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("member", metavar="MEMBER", help="the member's slug")
        parser.add_argument("--label", default="", help="what it is for, e.g. siem")
        parser.add_argument(
            "--scopes",
            nargs="+",
            metavar="SCOPE",
            default=list(EVERYDAY_SCOPES),
            help=f"default: {' '.join(EVERYDAY_SCOPES)}; feed:read:ALIAS reads one collection only",
        )
        parser.add_argument(
            "--days",
            type=int,
            default=365,
            help=f"how long it lives (default 365, at most {MAX_DAYS})",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        member = clerk.member(options["member"])
        try:
            made, token = issue(
                clerk.at_the_command_line(),
                member,
                label=options["label"],
                scopes=options["scopes"],
                days=options["days"],
            )
        except RegistryError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"credential_id  {made.id}")
        self.stdout.write(f"secret         {token}")
        self.stdout.write(f"expires        {made.expires_at:%Y-%m-%d}")
        self.stderr.write(
            "The secret is shown only now. TAXII Basic: user is the id, password the secret."
        )
