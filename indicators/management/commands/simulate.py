from __future__ import annotations

import argparse
import json
import platform
import signal
import time
from contextlib import ExitStack
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from indicators.domain.correlation.policy import current_correlation
from indicators.domain.stix.times import format_time
from indicators.management.clerk import at_the_command_line
from indicators.management.simulating.hub import Hub, NotPublishedError
from indicators.management.simulating.measure import Measurement
from indicators.management.simulating.scratch import ScratchError, scratch
from indicators.simulation import world
from indicators.simulation.envelopes import Labs


_EXAMPLES = """
examples:
  manage.py simulate --seed 7
      a summary of the world of seed 7
  manage.py simulate --seed 7 --out world/ --epoch 2026Q4
      what its labs would send, a file for each
  manage.py simulate --seed 7 --score
      the whole through a hub in a scratch database; some ten minutes
  manage.py simulate --seed 7 --score --campaigns 20 --accounts 4000
      less of it, in a minute

Each line of a file is one envelope for `labkit push`. docs/simulation.md says what the world is.
"""


class Command(BaseCommand):
    help = (
        "Invent campaigns over labs and accounts, of which the truth is known.\n"
        "Without --score says what the world is, or writes what its labs would send.\n"
        "With --score a hub in a database of its own works it off and correlates it;\n"
        "prints one line of JSON that says how well what was found agrees with the\n"
        "truth. The database is dropped at the end."
    )
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        kwargs |= {"epilog": _EXAMPLES, "formatter_class": argparse.RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, required=True, help="equal seeds, equal worlds")
        parser.add_argument("--labs", type=_count, default=8, help="default 8")
        parser.add_argument("--campaigns", type=_count, default=300, help="default 300")
        parser.add_argument("--accounts", type=_count, default=60_000, help="default 60000")
        parser.add_argument("--score", action="store_true", help="through a hub, against the truth")
        parser.add_argument("--json", action="store_true", help="one line of JSON and no bar")
        parser.add_argument("--out", type=Path, metavar="DIR", help="write a file for each lab")
        parser.add_argument("--epoch", help="of the tokens in --out, a quarter such as 2026Q4")
        parser.add_argument(
            "--processes", type=_count, default=2, help="that work on envelopes (default 2)"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # what is scratch goes then, too
        if options["out"] and not options["epoch"]:
            raise CommandError("--out writes tokens: name their quarter too, e.g. --epoch 2026Q4.")
        size = {name: options[name] for name in ("labs", "campaigns", "accounts")}
        begin = time.perf_counter()
        made = world.make(options["seed"], **size)
        said = {"seed": options["seed"], **size, **_summary(made)}
        said["seconds"] = {"invent": round(time.perf_counter() - begin, 1)}
        if options["out"]:
            self._write(made, options)
        if options["score"]:
            measured = _score(made, options)
            said |= measured | {"seconds": {**said["seconds"], **measured["seconds"]}}
            said["versions"] = _versions()
        self.stdout.write(json.dumps(said) if options["json"] or options["score"] else _text(said))

    def _write(self, made: world.World, options: dict[str, Any]) -> None:
        labs = Labs(made, options["epoch"], format_time(at_the_command_line().now))
        options["out"].mkdir(parents=True, exist_ok=True)
        with ExitStack() as files:
            lines = [
                files.enter_context((options["out"] / f"lab-{lab:02}.jsonl").open("w"))
                for lab in range(made.labs)
            ]
            for each in chain(labs.views(), labs.reports(range(len(made.accounts)))):
                lines[each.lab].write(json.dumps({"objects": each.objects}) + "\n")
        self.stderr.write(f"Wrote {made.labs} files into {options['out']}.")


def _score(made: world.World, options: dict[str, Any]) -> dict[str, Any]:
    try:
        with scratch():
            clerk = at_the_command_line()
            hub = Hub.open(made.labs, clerk)
            quiet = options["json"]
            return Measurement(made, hub, clerk, options["processes"], quiet=quiet).run()
    except (ScratchError, NotPublishedError) as error:
        raise CommandError(str(error)) from error
    except KeyboardInterrupt as error:
        raise CommandError("Stopped; the scratch database is gone.") from error


def _summary(made: world.World) -> dict[str, Any]:
    values = {value for account in made.accounts for value in account.values}
    honest = sum(account.campaign is None for account in made.accounts)
    return {"honest": honest, "values": len(values), "views": len(made.views)}


def _versions() -> dict[str, str]:
    names = ("graspologic-native", "numpy", "scipy")
    return {
        "correlation": current_correlation().version,
        "python": platform.python_version(),
        **{name: version(name) for name in names},
    }


def _text(said: dict[str, Any]) -> str:
    return (
        "{accounts} accounts at {labs} labs, {honest} of them honest; {campaigns} campaigns, of "
        "which labs have {views} views with those of public evaluations; {values} values shown."
    ).format(**said)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 on")
    return int(text)
