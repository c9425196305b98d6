from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indicators.management.clerk import at_the_command_line
from indicators.pipeline import nightly


class Command(BaseCommand):
    help = (
        "Do now what the nightly job does: end whatever is due, and journal what that was. Beat "
        "runs it by itself; twice does no harm."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        clerk = at_the_command_line()
        report = nightly.run(policy=clerk.policy, now=clerk.now)
        for name, count in report.counts.items():
            self.stdout.write(f"{name}: {count}")
        if report.failed:
            failed = ", ".join(f"{name} ({why})" for name, why in report.failed.items())
            raise CommandError(f"Failed, see the log by these references: {failed}")
