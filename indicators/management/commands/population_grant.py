from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from indicators.management import clerk
from indicators.management.desk import Desk, add_login
from indicators.matching import population
from indicators.matching.errors import MatchingError
from indicators.matching.limits import current_limits
from indicators.models.matching import PopulationGrant


class Command(BaseCommand):
    help = (
        "Let a member match its whole user base, once in an epoch and for a few days, beyond its "
        "daily budget: e-mail kinds only. An operator requests, counsel approves."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        limits = current_limits()
        acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
        ask = acts.add_parser("request", help="ask for a grant")
        ask.add_argument("member", metavar="MEMBER", help="the member's slug")
        ask.add_argument("--accounts", type=int, required=True, help="as the member declares")
        ask.add_argument(
            "--hours",
            type=int,
            default=limits.population_hours,
            help="how long it lasts once approved (default and most: %(default)s)",
        )
        ask.add_argument("--reason", required=True, help="for the second person and the journal")
        add_login(ask)
        yes = acts.add_parser("approve", help="open a requested grant; another person's decision")
        yes.add_argument("grant", type=UUID, metavar="ID", help="as list shows it")
        add_login(yes)
        acts.add_parser("list", help="show requests and grants, newest first")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            getattr(self, "_" + options["act"])(options)
        except MatchingError as error:
            raise CommandError(str(error)) from error

    def _request(self, options: dict[str, Any]) -> None:
        desk = Desk.of(options["by"])
        desk.require("add_populationgrant")
        member = clerk.member(options["member"])
        with desk.at_work("population_grant request", f"member/{member.slug}"):
            asked = population.request(
                desk.person,
                member,
                current_limits(),
                accounts=options["accounts"],
                hours=options["hours"],
                reason=options["reason"],
            )
        self.stdout.write(f"Requested: {asked.id}. Another person approves it.")

    def _approve(self, options: dict[str, Any]) -> None:
        desk = Desk.of(options["by"])
        desk.require("change_populationgrant")
        with desk.at_work("population_grant approve", f"population-grant/{options['grant']}"):
            opened = population.approve(desk.person, options["grant"], current_limits())
        self.stdout.write(f"{opened.member} may match until {opened.ends_at:%Y-%m-%d %H:%M} UTC.")

    def _list(self, _options: dict[str, Any]) -> None:
        for each in PopulationGrant.objects.select_related("member").order_by("-requested_at"):
            state = f"until {each.ends_at:%Y-%m-%d %H:%M}" if each.ends_at else "requested"
            people = " and ".join(filter(None, (each.requested_by, each.approved_by)))
            self.stdout.write(
                f"{each.id}  {each.member.slug:<16} {each.epoch:<8} {each.accounts:>12} accounts  "
                f"{state}  by {people}"
            )
