from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from indicators.management.desk import Desk, add_login, an_id
from indicators.models.family_proposal import FamilyProposal
from indicators.pipeline import families, family_proposals
from indicators.pipeline.family_proposals import ProposalError


class Command(BaseCommand):
    help = (
        "Proposals that two prompt families are one: accepted, they are joined and readers see it; "
        "rejected, they are kept apart. docs/families.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        verbs.add_parser("list", help="open proposals, those of most bands first")
        for name, said in (("accept", "they are one family"), ("reject", "keep them apart")):
            verb = verbs.add_parser(name, help=said)
            verb.add_argument("proposal", metavar="ID", type=an_id)
            add_login(verb)

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["verb"] == "list":
            self.stdout.write(_listing())
            return
        desk = Desk.of(options["by"])
        desk.require("change_familyproposal")
        accepted = options["verb"] == "accept"
        try:
            with desk.at_work(f"family_proposal {options['verb']}", str(options["proposal"])):
                done = family_proposals.decide(desk.person, options["proposal"], accepted=accepted)
        except ProposalError as error:
            raise CommandError(str(error)) from error
        families.run(policy=desk.clerk.policy, now=desk.clerk.now)
        self.stdout.write(f"{done.get_state_display()}.")


def _listing() -> str:
    found = FamilyProposal.objects.filter(state=FamilyProposal.State.OPEN)
    lines = [
        f"{each.id}  {each.bands} bands  {each.collection.alias}/{each.older}  {each.newer}"
        for each in found.select_related("collection", "older", "newer").order_by("-bands", "id")
    ]
    return "\n".join(lines) or "None."
