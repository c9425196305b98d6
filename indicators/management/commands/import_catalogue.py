from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from indicators.management import clerk
from indicators.management.importing import Report, import_objects
from indicators.models.collection import Collection


class Command(BaseCommand):
    help = (
        "Import a STIX 2.1 bundle or TAXII envelope (ATLAS, ATT&CK …) into a verbatim collection, "
        "ids and versions kept. Running it again changes nothing. Of an id that comes twice in one "
        "version with other content the first is kept and the others are reported."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help='JSON with a list "objects"')
        parser.add_argument(
            "--collection", required=True, metavar="ALIAS", help="a verbatim collection"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        collection = clerk.collection(options["collection"])
        if collection.kind != Collection.Kind.VERBATIM:
            raise CommandError(
                f"{collection.alias} is a {collection.kind} collection; only a verbatim one keeps "
                "objects as they are."
            )
        objects = _objects(options["file"])

        def tell(report: Report) -> None:
            if self.stderr.isatty():
                self.stderr.write(f"\r{report.total} of {len(objects)} objects", ending="")

        report = import_objects(
            objects, collection=collection, clerk=clerk.at_the_command_line(), tell=tell
        )
        self._say(report)

    def _say(self, report: Report) -> None:
        if self.stderr.isatty():
            self.stderr.write("")
        for each in report.refused:
            self.stdout.write(
                f"refused  {each.id or f'object {each.ordinal}'}  {each.reason}: {each.message}"
            )
        self.stdout.write(
            f"{report.new} new, {report.unchanged} unchanged, {len(report.refused)} refused."
        )


def _objects(path: Path) -> list[Mapping[str, object]]:
    try:
        found = json.loads(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise CommandError(f"Cannot read {path}: {error.strerror}.") from error
    except ValueError as error:
        raise CommandError(f"{path} is not JSON in UTF-8: {error}.") from error
    objects = found.get("objects") if isinstance(found, dict) else None
    if not isinstance(objects, list) or not all(isinstance(each, dict) for each in objects):
        raise CommandError(
            f'{path} holds no list "objects" of JSON objects: not a bundle or envelope.'
        )
    return objects
