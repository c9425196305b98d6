from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from indicators.management import clerk
from indicators.members.people import ROLES, add_person, new_password
from indicators.members.registry import RegistryError


class Command(BaseCommand):
    help = "Make a person's login, for a member or for a staff role, and print its password once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("login", metavar="LOGIN", help="the name to log in with")
        group = parser.add_mutually_exclusive_group(required=True)
        group.add_argument("--member", metavar="SLUG", help="speaks for this member")
        group.add_argument("--role", choices=list(ROLES), help="works for the Forum, as this")

    def handle(self, *_args: Any, **options: Any) -> None:
        member = clerk.member(options["member"]) if options["member"] else None
        password = new_password()
        try:
            add_person(
                clerk.at_the_command_line(),
                login=options["login"],
                password=password,
                member=member,
                role=options["role"] or "",
            )
        except RegistryError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"login     {options['login']}")
        self.stdout.write(f"password  {password}")
        self.stderr.write("The password is shown only now.")
