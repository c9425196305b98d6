from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from indicators.management.clerk import at_the_command_line
from indicators.members.registry import revoke
from indicators.models.member import Credential


class Command(BaseCommand):
    help = "End a credential for good; every web process refuses it within seconds. Twice is once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "id",
            metavar="ID",
            help="the credential's id: the eight letters after fshr_ in the secret",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        found = Credential.objects.select_related("member").filter(pk=options["id"]).first()
        if found is None:
            raise CommandError(f"There is no credential {options['id']!r}.")
        done = revoke(at_the_command_line(), found)
        word = "Revoked" if done else "Was revoked before:"
        self.stdout.write(f"{word} credential {found.id} of {found.member.slug}.")
