from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from indicators.domain.regime import SWITCHES, current_table, day_of
from indicators.management.clerk import at_the_command_line
from indicators.management.desk import Desk
from indicators.pipeline import pauses
from indicators.pipeline.pauses import PauseError


class Command(BaseCommand):
    help = (
        "Pause what the law or counsel wants paused, or lift the pause; both need a reason. What "
        "comes in meanwhile waits and then goes on by itself. Without a switch: what stands. "
        "docs/law.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("switch", nargs="?", choices=list(SWITCHES), metavar="SWITCH")
        parser.add_argument("--lift", action="store_true", help="end the pause")
        parser.add_argument("--reason", default="", help="goes into the journal")
        parser.add_argument("--by", default="", metavar="LOGIN", help="of a staff member")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["switch"] is None:
            self.stdout.write(_standing())
            return
        desk = Desk.of(options["by"])
        desk.require("change_pause")
        try:
            self.stdout.write(_set(desk, options))
        except PauseError as error:
            raise CommandError(str(error)) from error


def _set(desk: Desk, options: dict[str, Any]) -> str:
    switch, reason = options["switch"], options["reason"]
    with desk.at_work("pause", f"pause/{switch}"):
        if not options["lift"]:
            pauses.pause(desk.person, switch, reason=reason)
            return f"{switch} is paused: what comes in now waits."
        done = pauses.lift(desk.person, switch, reason=reason)
        return f"{switch} goes on; {done} objects that waited go down the river again."


def _standing() -> str:
    now = at_the_command_line().now
    on = pauses.standing(now=now)
    lines = [f"{each}: {on.get(each, 'not paused')}" for each in SWITCHES]
    return "\n".join([*lines, *current_table().banner(day_of(now))])
