"""labkit tokenise and skeleton: what is blinded before it is shared."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TextIO

import click

from labkit import stix
from labkit.cli_input import Given, Source, input_options, jsonl_key
from labkit.clock import now, stamp
from labkit.keylist import KeyList
from labkit.lab import Lab
from labkit.normalise import KINDS
from labkit.progress import bar, say
from labkit.prompts import BAND, band_values, texts_of
from labkit.records import Record, refusals
from labkit.tokeniser import Token, Tokenised, Tokeniser
from labkit.trouble import TroubleError
from labkit.values import Reader


if TYPE_CHECKING:
    from labkit.skeleton import Skeleton


@click.command()
@input_options
@click.option("--epoch", help="Another epoch than the current one, such as 2026Q3.")
@click.option(
    "--stix",
    "as_stix",
    is_flag=True,
    help="An envelope of indicators that `labkit push` takes.",
)
@click.option(
    "--nexus",
    multiple=True,
    type=click.Choice(stix.NEXUS),
    help="With --stix: what makes these identifiers a threat; may be repeated.",
)
@click.option("--tier", type=click.Choice(stix.TIERS), help="With --stix: the action supported.")
@click.pass_obj
def tokenise(
    lab: Lab,
    given: Given,
    *,
    epoch: str | None,
    as_stix: bool,
    nexus: Sequence[str],
    tier: str | None,
) -> int:
    """Turn identifiers into tokens; the hub never sees the identifiers.

    FILE is a table (--column) or has a value in each line (--kind); - is standard input. Each
    output line is {"key", "kind", "scheme", "epoch", "value"}. Keep it at your lab together with
    the records: it says which of them you looked at.

    \b
    Exit status: 0 done, 1 some values could not be read, 2 error.
    Examples: echo ann@example.com | labkit tokenise --kind email
              labkit tokenise ring.csv --column email=mail --stix --nexus fraudulent-account
    """  # noqa: D301  click looks for the character itself
    if as_stix and not nexus:
        raise TroubleError(
            "--stix needs --nexus: personal identifiers are shared only with what makes them a "
            f"threat, one of {', '.join(stix.NEXUS)}."
        )
    taken = given.source()
    moment = now()
    tell_first_pin(lab)
    epochs = _epochs(lab.keys, moment, epoch)
    tokeniser = Tokeniser(
        lab.cache,
        lab.workers(given.jobs),
        given.reader(epochs, prefixes=False),
        {kind: (each,) for kind, each in epochs.items()},
    )
    made = _made(lab, taken, tokeniser)
    if as_stix:
        _print_stix(lab.keys, made, nexus=nexus, tier=tier, moment=moment)
    else:
        _print_lines(made)
    for line in refusals(tokeniser.counts.unread):
        say(line)
    return 1 if tokeniser.counts.unread else 0


def tell_first_pin(lab: Lab) -> None:
    """The key list is pinned on first use: then a person should compare its signer."""
    if lab.pinned.first:
        say(
            f"The key list was pinned. Compare its signer with what the Forum told you outside the "
            f"hub: {lab.pinned.fingerprint}",
            quiet=lab.quiet,
        )


def _epochs(keys: KeyList, moment: datetime, asked: str | None) -> dict[str, str]:
    """The epoch to use of each kind that has one."""
    found = {}
    for kind in KINDS:
        live = keys.epochs(kind, moment)
        if live and (asked is None or asked in live):
            found[kind] = asked or live[0]
    if not found:
        known = ", ".join(sorted({e for kind in KINDS for e in keys.epochs(kind, moment)}))
        raise TroubleError(f"No keys for {asked or 'now'}; epochs in use: {known or 'none'}.")
    return found


def _made(lab: Lab, taken: Source, tokeniser: Tokeniser) -> Iterator[Tokenised]:
    with (
        taken.records() as (records, _),
        bar("tokenise", unit="record", quiet=lab.quiet) as progress,
    ):
        for each in tokeniser.run(records):
            progress.update()
            yield each


def _print_lines(made: Iterator[Tokenised]) -> None:
    for each in made:
        for token in each.tokens:
            line = {"key": jsonl_key(each.key), **stix.content(token)}
            click.echo(json.dumps(line))


def _print_stix(
    keys: KeyList,
    made: Iterator[Tokenised],
    *,
    nexus: Sequence[str],
    tier: str | None,
    moment: datetime,
) -> None:
    objects: dict[str, stix.JSON] = {}
    for each in made:
        for tokens in _identifiers(each.tokens):
            until = min(keys.window(token.kind, token.epoch)[1] for token in tokens)
            sign = stix.indicator(
                tokens, nexus=nexus, tier=tier, now=stamp(moment), until=stamp(until)
            )
            objects[sign["id"]] = sign
    click.echo(json.dumps(stix.envelope(list(objects.values())), indent=1))


def _identifiers(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """The tokens of each identifier: an e-mail address has two, one after the other."""
    group: list[Token] = []
    for token in tokens:
        if group and (group[-1].kind, token.kind) != ("email-addr", "email-canon"):
            yield group
            group = []
        group.append(token)
    if group:
        yield group


@click.command()
@click.option(
    "--prompts",
    type=click.File("r", encoding="utf-8-sig"),
    required=True,
    help='Prompts of one family, {"text": …} in each line; - is standard input.',
)
@click.option("--tokenise", "blinded", is_flag=True, help="A prompt-family object, ready to push.")
@click.option("--template", type=click.Choice(stix.TEMPLATES), default="other", show_default=True)
@click.option("--language", default="und", show_default=True, help="ISO 639; und when mixed.")
@click.pass_obj
def skeleton(lab: Lab, prompts: TextIO, *, blinded: bool, template: str, language: str) -> int:
    """The fingerprint of a family of prompts: what is about to be blinded.

    Prints {"bands": [32 hexadecimal texts], "shingles": n}. Keep that at your lab: whoever has it
    can test which phrases are in it. What --tokenise prints tells nobody without the keys.

    \b
    Exit status: 0 done, 2 error.
    Example: labkit skeleton --prompts family.jsonl --tokenise | labkit push distillation -
    """  # noqa: D301  click looks for the character itself
    from labkit.skeleton import SCHEME as BANDED  # noqa: PLC0415  numpy takes its time
    from labkit.skeleton import SkeletonError  # noqa: PLC0415  as above
    from labkit.skeleton import skeleton as made_of  # noqa: PLC0415  as above

    try:
        found = made_of(texts_of(prompts, prompts.name))
    except SkeletonError as error:
        raise TroubleError(f"{prompts.name}: {error}") from error
    if not blinded:
        bands = [band.hex() for band in found.bands]
        click.echo(json.dumps({"bands": bands, "shingles": found.shingles}))
        return 0
    family = stix.prompt_family(
        _band_tokens(lab, found),
        scheme=BANDED,
        shingle_bucket=found.bucket,
        template=template,
        language=language,
    )
    click.echo(json.dumps(stix.envelope([family]), indent=1))
    return 0


def _band_tokens(lab: Lab, found: Skeleton) -> Sequence[Token]:
    tell_first_pin(lab)
    epoch = lab.keys.current_epoch(BAND, now())
    tokeniser = Tokeniser(lab.cache, lab.workers(1), Reader(frozenset({BAND})), {BAND: (epoch,)})
    [made] = tokeniser.run([Record("", 1, band_values(found.bands))])
    return made.tokens
