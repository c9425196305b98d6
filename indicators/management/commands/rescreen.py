from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from indicators.management.clerk import at_the_command_line
from indicators.pipeline import rescreen


class Command(BaseCommand):
    help = (
        "After a change of the disclosure policy: look again at what is held and at what is "
        "published, to the end. The nightly job does it too, a part a night. docs/law.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="say what it would come to; change nothing"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        clerk = at_the_command_line()
        look = rescreen.preview if options["dry_run"] else rescreen.run
        count = look(policy=clerk.policy, now=clerk.now)
        would = " (nothing was changed)" if options["dry_run"] else ""
        self.stdout.write(
            f"Under {clerk.policy.version}: {count.held} held objects decided anew; of "
            f"{count.checked} published ones {count.revised} revised, {count.withdrawn} withdrawn, "
            f"{count.unknown} from a policy that is not kept{would}."
        )
