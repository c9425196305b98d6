from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from indicators.domain.disclosure import current_policy
from indicators.management import clerk
from indicators.members.registry import RegistryError, grant


class Command(BaseCommand):
    help = (
        "Give a member rights in a collection. What is given here takes the place of what the "
        "member had there. The companions of a sharing collection (-tokens, -withdrawn) follow it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        policy = current_policy()
        parser.add_argument("member", metavar="MEMBER", help="the member's slug")
        parser.add_argument("collection", metavar="COLLECTION", help="the collection's alias")
        parser.add_argument("--read", action="store_true", help="may read")
        parser.add_argument("--write", action="store_true", help="may write")
        parser.add_argument(
            "--purpose",
            choices=sorted(policy.purposes),
            default="adversarial-distillation-defence",
            help="the standing purpose of what the member pushes (default: %(default)s)",
        )
        parser.add_argument(
            "--threat-nexus",
            nargs="*",
            metavar="NEXUS",
            default=[],
            help=(
                "what makes it a threat, for objects that do not say: "
                f"{', '.join(sorted(policy.threat_nexus))}; without any, each object must say"
            ),
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        member, collection = (
            clerk.member(options["member"]),
            clerk.collection(options["collection"]),
        )
        try:
            given = grant(
                clerk.at_the_command_line(),
                member,
                collection,
                can_read=options["read"],
                can_write=options["write"],
                purpose=options["purpose"],
                threat_nexus=options["threat_nexus"],
            )
        except RegistryError as error:
            raise CommandError(str(error)) from error
        rights = " and ".join(
            word for word, has in (("read", given.can_read), ("write", given.can_write)) if has
        )
        self.stdout.write(f"{member.slug} may {rights} {collection.alias}.")
