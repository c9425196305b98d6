from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from indicators.domain.accountability import current_accountability
from indicators.management.clerk import at_the_command_line
from indicators.models.member import Member
from indicators.pipeline import concentration, contribution
from indicators.pipeline.contribution import Standing


class Command(BaseCommand):
    help = (
        "What each member gives and gets, and who stands for too much of a collection. For staff "
        "and the member itself, never for others. docs/transparency.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("member", nargs="?", metavar="SLUG", help="one member only")

    def handle(self, *_args: Any, **options: Any) -> None:
        now = at_the_command_line().now
        members = Member.objects.order_by("slug")
        if slug := options["member"]:
            members = members.filter(slug=slug)
            if not members:
                raise CommandError(f"There is no member {slug!r}.")
        self.stdout.write("member\tindex\tpublished\tcorroborated\twithdrawn\tupheld\tread")
        for each in members:
            self.stdout.write(f"{each.slug}\t{_row(contribution.of(each.id, now=now))}")
        for share in concentration.above(current_accountability().concentration, now=now):
            self.stdout.write(
                f"{share.member} stands for {share.percent} % of what {share.collection} published."
            )


def _row(found: Standing) -> str:
    give = found.give
    index = "-" if found.index is None else f"{found.index:.2f}"
    counts = (give.published, give.corroborated, give.withdrawn, give.disputed_upheld)
    return "\t".join([index, *map(str, counts), f"{100 * found.get.share_read:.0f} %"])
