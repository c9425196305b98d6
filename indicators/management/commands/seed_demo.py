from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from indicators.demo.cast import PLACES
from indicators.management.clerk import at_the_command_line
from indicators.management.seeding import cast, correlating, places, push
from indicators.members.registry import RegistryError
from indicators.pipeline import canary


class Command(BaseCommand):
    help = (
        "Fill a running hub with the demo: four members, five people of the Forum's staff, four "
        "collections, the reference data, and three fictional campaigns that the labs push through "
        "the TAXII door. Prints one JSON object with all credentials. Running it again makes and "
        "pushes only what is missing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--root",
            required=True,
            metavar="URL",
            help="where the hub answers, e.g. http://127.0.0.1:8000/",
        )
        parser.add_argument(
            "--credentials",
            type=Path,
            metavar="FILE",
            help="what an earlier run printed; secrets in it that still work are kept",
        )
        parser.add_argument(
            "--wait",
            type=float,
            default=60.0,
            metavar="SECONDS",
            help="how long to wait for the worker (default 60)",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        clerk = at_the_command_line()
        try:
            people = cast.gather(clerk, self._earlier(options["credentials"]))
            opened = places.open_all(clerk, people.members)
        except RegistryError as error:
            raise CommandError(str(error)) from error
        canary.ensure(policy=clerk.policy, now=clerk.now)
        report = places.fill_reference(clerk, opened["reference"])
        self._say(f"reference: {report.new} new, {report.unchanged} unchanged")
        pushed = push.push_all(
            options["root"].rstrip("/") + "/",
            opened["exercise"],
            people.members,
            day=clerk.now.date(),
            wait=options["wait"],
            say=self._say,
        )
        self._say(f"{pushed} envelopes pushed" if pushed else "nothing new to push")
        if pushed:
            found = correlating.correlate(opened["exercise"], wait=options["wait"])
            self._say(f"{found} campaigns found in what the labs see")
        ids = {each.alias: str(opened[each.alias].id) for each in PLACES}
        card = {"members": people.members, "staff": people.staff, "collections": ids}
        self.stdout.write(json.dumps(card))

    def _say(self, text: str) -> None:
        self.stderr.write(text, self.style.NOTICE)

    def _earlier(self, path: Path | None) -> Mapping[str, Any]:
        if path is None or not path.exists():
            return {}
        try:
            found = json.loads(path.read_text())
        except (OSError, ValueError) as error:
            self._say(f"{path} cannot be read ({error}): new credentials are made")
            return {}
        return found if isinstance(found, dict) else {}
