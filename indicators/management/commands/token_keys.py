from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from indicators.management import clerk
from indicators.matching import keys, overview, remote, rotation
from indicators.matching.errors import MatchingError
from indicators.matching.seeds import store


class Command(BaseCommand):
    help = (
        "Keys of the tokens: make them in time, replace them in an emergency, destroy them at the "
        "end. Seeds lie in the folder TOKEN_KEYS; back it up apart from the database. "
        "docs/matching.md explains."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
        acts.add_parser("ensure", help="make what is missing; twice is once")
        acts.add_parser("list", help="show the epochs and what has become of them")
        rotate = acts.add_parser("rotate", help="emergency: revoke at once and make new keys")
        rotate.add_argument("--reason", required=True, help="for the journal")
        rotate.add_argument("--epoch", default="", help="only this one (default: all that live)")
        acts.add_parser("destroy", help="remove seeds that are over; runs by itself every night")
        add = acts.add_parser(
            "add-evaluator", help="let another evaluator of TOKEN_EVALUATORS take part"
        )
        add.add_argument("name", metavar="NAME", help="its name in TOKEN_EVALUATORS")
        add.add_argument(
            "--signer", required=True, help="what token_keys show-signer prints at its operator's"
        )
        add.add_argument(
            "--from-current",
            action="store_true",
            help="also in the current epoch: tokens made in it so far no longer match",
        )
        acts.add_parser("show-signer", help="print the public key that labs pin")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            getattr(self, "_" + options["act"].replace("-", "_"))(options)
        except MatchingError as error:
            raise CommandError(str(error)) from error

    def _ensure(self, _options: dict[str, Any]) -> None:
        made = rotation.ensure(clerk.at_the_command_line(), store(), remote.partners(store()))
        self.stdout.write(f"New: {', '.join(made)}." if made else "All keys are there.")

    def _rotate(self, options: dict[str, Any]) -> None:
        revoked = rotation.revoke(
            clerk.at_the_command_line(),
            store(),
            reason=options["reason"],
            epoch=options["epoch"],
        )
        self.stdout.write(f"Revoked: {', '.join(revoked)}.")
        # What is revoked stays so, whatever keeps the new keys from being made.
        self._ensure(options)

    def _destroy(self, _options: dict[str, Any]) -> None:
        gone = rotation.destroy(clerk.at_the_command_line(), store())
        self.stdout.write(f"Destroyed: {', '.join(gone)}." if gone else "No seed is due.")

    def _list(self, _options: dict[str, Any]) -> None:
        now = clerk.at_the_command_line().now
        for each in overview.spans(keys.key_list(store()), now):
            span = f"{keys.stamp(each.not_before)} to {keys.stamp(each.not_after)}"
            self.stdout.write(f"{each.epoch:<8} {each.evaluator:<12} {span}  {each.state}")

    def _add_evaluator(self, options: dict[str, Any]) -> None:
        partner = remote.introduce(store(), options["name"], options["signer"])
        joined = rotation.adopt(
            clerk.at_the_command_line(),
            store(),
            options["name"],
            partner,
            begun=options["from_current"],
        )
        self.stdout.write(
            f"{options['name']} takes part in {', '.join(joined) or 'the epochs to come'}."
        )

    def _show_signer(self, _options: dict[str, Any]) -> None:
        self.stdout.write(store().signer_public())
