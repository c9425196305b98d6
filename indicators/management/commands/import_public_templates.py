from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from indicators.management.clerk import at_the_command_line
from indicators.matching.errors import TokensUnavailable
from indicators.models.family import PublicTemplate
from indicators.pipeline import public_templates
from labkit.normalise import BAND_BYTES, BANDS
from labkit.prompts import texts_of
from labkit.trouble import TroubleError


class Command(BaseCommand):
    help = (
        "Put templates that anybody can read on the list of public ones: a match on them proves "
        'nothing, and readers are told. FILE has prompts of one template, {"text": …} in each '
        "line, or what `labkit skeleton` printed of several. Without FILE: those of the package. "
        "docs/families.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", metavar="FILE", help="- is standard input")
        parser.add_argument("--name", default="", help="what the template is called; see --list")
        parser.add_argument("--remove", default="", metavar="NAME", help="take one off the list")
        parser.add_argument("--list", action="store_true", help="show the list")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["list"]:
            self.stdout.write(_listing())
            return
        clerk = at_the_command_line()
        with transaction.atomic():
            if options["remove"]:
                said = _remove(options["remove"])
                clerk.note("public template removed", f"template/{options['remove']}")
            elif options["file"]:
                found = _read(options["file"], options["name"].strip())
                public_templates.take_in(found, now=clerk.now)
                for name in found:
                    clerk.note("public template listed", f"template/{name}")
                said = f"{len(found)} on the list."
            else:
                said = "Those of the package are on the list."
        try:
            made = public_templates.refresh(now=clerk.now)
        except TokensUnavailable as error:
            said += f" No tokens now: {error} The nightly job makes them."
        else:
            said += f" Tokens of {made} made."
        self.stdout.write(f"{said} The feed follows in a moment.")


def _listing() -> str:
    found = PublicTemplate.objects.order_by("name")
    return "\n".join(f"{each.source:<9} {each.since}  {each.name}" for each in found) or "None."


def _remove(name: str) -> str:
    found = PublicTemplate.objects.filter(name=name).first()
    if found is None:
        raise CommandError(f"There is no public template {name!r}; --list shows those there are.")
    if found.source == public_templates.PACKAGE:
        raise CommandError(f"{name!r} comes with the package and would come back by night.")
    public_templates.remove(name)
    return f"{name} is off the list."


def _read(place: str, name: str) -> Mapping[str, Sequence[bytes]]:
    if not name or name in public_templates.packaged():
        raise CommandError("Give the template a --name that is none of the package's; see --list.")
    lines = (sys.stdin.read() if place == "-" else _text(place)).splitlines()
    lines = [each for each in lines if each.strip()]
    try:
        if lines and "bands" in _object(lines[0]):
            return _named(name, [_skeleton(each) for each in lines])
        return {name: public_templates.of_prompts(texts_of(lines, place))}
    except (TroubleError, ValueError) as error:
        raise CommandError(f"{place}: {error}") from error


def _text(place: str) -> str:
    try:
        return Path(place).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{place} cannot be read: {error}") from error


def _object(line: str) -> Mapping[str, Any]:
    found = json.loads(line)
    return found if isinstance(found, dict) else {}


def _skeleton(line: str) -> Sequence[bytes]:
    bands = [bytes.fromhex(each) for each in _object(line).get("bands", ())]
    if len(bands) != BANDS or any(len(each) != BAND_BYTES for each in bands):
        raise ValueError(
            f"a skeleton has {BANDS} bands of {BAND_BYTES} bytes in hexadecimal digits; print it "
            "with labkit skeleton."
        )
    return bands


def _named(name: str, found: Sequence[Sequence[bytes]]) -> Mapping[str, Sequence[bytes]]:
    if len(found) == 1:
        return {name: found[0]}
    return {f"{name} {number}": each for number, each in enumerate(found, 1)}
