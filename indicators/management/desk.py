"""Who decides when a command runs: a login that somebody at the command line names.

The command line proves nobody's identity. So every step also leaves an entry that says it was
taken there, beside the entry of the step itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.core.management.base import CommandError, CommandParser
from django.db import transaction

from indicators.management.clerk import at_the_command_line
from indicators.members.registry import Clerk


@dataclass(frozen=True, slots=True)
class Desk:
    """A member of the staff, and the clerk who writes down that they came by the command line."""

    login: str
    clerk: Clerk
    rights: frozenset[str]

    @classmethod
    def of(cls, login: str) -> Desk:
        """The desk of this login.

        Raises:
            CommandError: there is no such member of the staff.
        """
        found = User.objects.filter(username=login, is_active=True, is_staff=True).first()
        if found is None:
            raise CommandError(
                f"There is no member of the staff with the login {login!r}. Make one with "
                "`add_person LOGIN --role ROLE`."
            )
        return cls(login, at_the_command_line(), frozenset(found.get_all_permissions()))

    @property
    def person(self) -> Clerk:
        """The clerk who acts in this person's name."""
        return Clerk(by=self.login, policy=self.clerk.policy, now=self.clerk.now)

    def require(self, permission: str) -> None:
        """Raise CommandError unless this person's role has the permission."""
        if f"indicators.{permission}" not in self.rights:
            raise CommandError(f"{self.login} may not do this: their role has no {permission}.")

    @contextmanager
    def at_work(self, command: str, subject: str) -> Iterator[None]:
        """One transaction with a step in it, and the entry that it was taken here."""
        with transaction.atomic():
            self.note(command, subject)
            yield

    def note(self, command: str, subject: str) -> None:
        """Journal, into the running transaction, that the command line said to be this person."""
        self.clerk.note("acted by command line", subject, login=self.login, command=command)


def add_login(parser: CommandParser) -> None:
    parser.add_argument(
        "--by", required=True, metavar="LOGIN", help="who decides: the login of a staff member"
    )


def an_id(text: str) -> uuid.UUID:
    """For argparse: the id of an item or a request."""
    return uuid.UUID(text)
