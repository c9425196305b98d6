from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from indicators.domain.reserved import is_reserved_name, is_reserved_network
from indicators.domain.screens import warning_lists
from indicators.domain.screens.warning_lists import Lists


FOLDER = Path(warning_lists.__file__).parents[2] / "policy" / "warninglists"


@dataclass(frozen=True)
class Wanted:
    """One of our lists, made of lists of the MISP project."""

    title: str
    of: tuple[str, ...]
    licence: str = "CC0-1.0"
    below: str = ""
    """Another list of ours that need not be repeated."""


WANTED: Mapping[str, Wanted] = {
    "cloud-amazon": Wanted("Amazon Web Services", ("amazon-aws",)),
    "cloud-google": Wanted("Google Cloud", ("google-gcp",)),
    "cloud-microsoft": Wanted(
        "Microsoft Azure and 365",
        ("microsoft-azure", "microsoft-azure-china", "microsoft-azure-germany",
         "microsoft-azure-us-gov", "microsoft-office365-ip"),
    ),
    "content-delivery": Wanted("content delivery networks", ("akamai", "cloudflare", "fastly")),
    "corporate-proxies": Wanted("proxies of companies", ("zscaler",)),
    "platforms": Wanted("names of large platforms", ("google", "microsoft", "microsoft-office365")),
    "top-sites": Wanted(
        "much visited sites", ("majestic_million",), "CC-BY-3.0 (The Majestic Million, Majestic)"
    ),
    "universities-by-name": Wanted(
        "universities", ("university_domains",), "MIT (Hipo university-domains-list)",
        below="universities",
    ),
}  # fmt: skip


class Command(BaseCommand):
    help = (
        "Renew the warning lists that come from the MISP project, from a folder of its lists (a "
        "checkout of misp-warninglists, or the data of the package pymispwarninglists). Our own "
        "lists beside them are written by hand."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="holds NAME/list.json for each list")

    def handle(self, *_args: Any, **options: Any) -> None:
        for name, wanted in WANTED.items():
            found = [_list(options["folder"], each) for each in wanted.of]
            values = _values([value for each in found for value in each["list"]])
            if wanted.below:
                above = Lists(
                    [warning_lists.read_list(wanted.below, _ours(wanted.below).read_text())]
                )
                values = [value for value in values if not above.with_name(value)]
            versions = "+".join(str(each["version"]) for each in found)
            source = f"misp-warninglists: {', '.join(wanted.of)}"
            head = f"# title: {wanted.title}\n# source: {source}\n# licence: {wanted.licence}\n"
            body = "\n".join(values)
            _ours(name).write_text(f"{head}# version: {versions}\n{body}\n", "utf-8")
            self.stdout.write(f"{name}: {len(values)} values")


def _ours(name: str) -> Path:
    return FOLDER / f"{name}.txt"


def _list(folder: Path, name: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / name / "list.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{folder} holds no readable list {name}: {error}") from error
    return found


def _values(values: Iterable[str]) -> list[str]:
    """Names and merged networks, none of them reserved, each once."""
    networks: list[IPv4Network | IPv6Network] = []
    names = set()
    for value in values:
        try:
            networks.append(ip_network(value.strip(), strict=False))
        except ValueError:
            names.add(value.strip().strip(".").lower())
    usual = [each for each in networks if not is_reserved_network(each)]
    merged = [
        *collapse_addresses(each for each in usual if isinstance(each, IPv4Network)),
        *collapse_addresses(each for each in usual if isinstance(each, IPv6Network)),
    ]
    return sorted(_shortest(names)) + [str(each) for each in merged]


def _shortest(names: set[str]) -> Iterator[str]:
    """Names below none of the others, and not reserved."""
    for name in names:
        labels = name.split(".")
        above = {".".join(labels[start:]) for start in range(1, len(labels))}
        if above and names.isdisjoint(above) and not is_reserved_name(name):
            yield name
