"""labkit match: a lab's own accounts against the feed."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

import click
from tqdm import tqdm

from labkit.cli_input import Given, Source, input_options, jsonl_key
from labkit.cli_tokens import tell_first_pin
from labkit.clock import now
from labkit.hits import FIELDS, Hit, Matcher
from labkit.keylist import KeyList
from labkit.lab import Lab
from labkit.progress import bar, say
from labkit.prompts import band_values, texts_of
from labkit.records import ERRORS, Record, refusals
from labkit.tokeniser import Tokenised, Tokeniser
from labkit.trouble import BudgetSpentError, TroubleError


HITS = 1


@click.command()
@input_options
@click.option(
    "--prompts",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='Instead of FILE: prompts of one family, {"text": …} in each line; may be repeated.',
)
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file for the hits; it appears when all is done. Default: standard output.",
)
@click.option("--wait", is_flag=True, help="Wait for a new day's budget instead of stopping.")
@click.option(
    "--exercise", is_flag=True, help="Compare with the invented content of exercises too."
)
@click.pass_obj
def match(
    lab: Lab,
    given: Given,
    *,
    prompts: Sequence[Path],
    form: str,
    output: Path | None,
    wait: bool,
    exercise: bool,
) -> int:
    """Find your own accounts that the feed speaks of.

    FILE is a table (--column) or has a value in each line (--kind), of any size; - is standard
    input. Compares with what `labkit pull` brought. Values are evaluated once an epoch, then they
    come from the encrypted cache. Killed or out of budget, the same command goes on where it was.

    For each hit: your record key, kind, publication, collection, campaign, action tier, confidence,
    corroborated, counter-evidence, expiry, match, own. A hit is advice. Read its tier and what
    speaks against it; no tier of the Forum blocks anybody.

    \b
    Exit status: 0 no hit, 1 hits, 2 error (also: budget spent, --wait not given).
    Example: labkit match accounts.csv --id account --column email=mail --column phone=msisdn
    """  # noqa: D301  click looks for the character itself
    moment = now()
    taken = None if prompts else given.source()
    epochs = _epochs(lab, moment, exercise=exercise)
    tell_first_pin(lab)
    lab.cache.forget_all_but(_alive(lab.keys, moment))
    with bar("match", unit="B", quiet=lab.quiet, total=taken.size if taken else None) as progress:
        tokeniser = Tokeniser(
            lab.cache,
            lab.workers(given.jobs),
            given.reader(epochs),
            epochs,
            on_wait=_waiting(lab, moment) if wait else None,
            on_batch=_evaluated(progress),
        )
        matcher = Matcher(lab.store, ends=_ends(lab.keys, epochs), now=moment, exercise=exercise)
        found = _found(taken, prompts, tokeniser, matcher, progress)
        try:
            hits = _write(found, form=form, output=output)
        except BudgetSpentError as error:
            raise _out_of_budget(error, tokeniser) from error
    _tell(lab, tokeniser, hits)
    return HITS if hits else 0


def _epochs(lab: Lab, moment: datetime, *, exercise: bool) -> dict[str, list[str]]:
    """Which epochs each kind has to be evaluated for: those that live and are on the feed."""
    if not lab.store.pulled():
        raise TroubleError("Nothing was pulled yet: labkit pull.")
    found: dict[str, list[str]] = {}
    unknown = set()
    for kind, epoch in lab.store.spoken(exercise=exercise):
        if epoch in lab.keys.epochs(kind, moment):
            found.setdefault(kind, []).append(epoch)
        else:
            unknown.add(epoch)
    if unknown:
        say(
            f"Tokens of {', '.join(sorted(unknown))} are left out: over, revoked or not begun.",
            quiet=lab.quiet,
        )
    if not found:
        say("The feed speaks of no identifier that could match.", quiet=lab.quiet)
    return found


def _alive(keys: KeyList, moment: datetime) -> set[str]:
    return {
        epoch
        for kind in {each.kind for each in keys.entries}
        for epoch in keys.epochs(kind, moment)
    }


def _ends(keys: KeyList, epochs: Mapping[str, Sequence[str]]) -> dict[str, datetime]:
    return {epoch: keys.window(kind, epoch)[1] for kind, each in epochs.items() for epoch in each}


def _found(
    taken: Source | None,
    prompts: Sequence[Path],
    tokeniser: Tokeniser,
    matcher: Matcher,
    progress: tqdm[Any],
) -> Iterator[Hit]:
    if taken is None:
        yield from matcher.hits(tokeniser.run(map(_family, prompts)))
        return
    with taken.records() as (records, position):
        made = _watched(tokeniser.run(records), position, progress)
        yield from matcher.hits(made)


def _watched(
    made: Iterable[Tokenised], position: Callable[[], int], progress: tqdm[Any]
) -> Iterator[Tokenised]:
    for number, each in enumerate(made):
        if number % 1000 == 0:
            progress.update(position() - progress.n)
        yield each


def _family(path: Path) -> Record:
    """The record of a file of prompts: its key is the file's name."""
    from labkit.skeleton import SkeletonError, skeleton  # noqa: PLC0415  numpy takes its time

    with path.open(encoding="utf-8-sig") as file:
        texts = texts_of(file, str(path))
    try:
        return Record(path.stem, 1, band_values(skeleton(texts).bands))
    except SkeletonError as error:
        raise TroubleError(f"{path}: {error}") from error


def _evaluated(progress: tqdm[Any]) -> Callable[[int], None]:
    total = 0

    def note(count: int) -> None:
        nonlocal total
        total += count
        progress.set_postfix_str(f"{total:,} evaluated")

    return note


def _waiting(lab: Lab, moment: datetime) -> Callable[[float], None]:
    def tell(seconds: float) -> None:
        until = moment + timedelta(seconds=seconds)
        say(f"The budget is spent; going on at {until:%Y-%m-%d %H:%M} UTC.", quiet=lab.quiet)

    return tell


def _write(found: Iterator[Hit], *, form: str, output: Path | None) -> int:
    with _opened(output) as file:
        write = _csv_writer(file) if form == "csv" else _jsonl_writer(file)
        return sum(write(hit) for hit in found)


@contextmanager
def _opened(output: Path | None) -> Iterator[TextIO]:
    """Standard output, or a file that takes its name when all is in it.

    What a killed run left is written over.
    """
    if output is None:
        yield sys.stdout
        sys.stdout.flush()
        return
    part = output.with_name(f".{output.name}.part")
    try:
        part.touch(mode=0o600)
        with part.open("w", encoding="utf-8", errors=ERRORS, newline="") as file:
            yield file
        part.replace(output)
    except OSError as error:
        raise TroubleError(f"The hits cannot be written to {output}: {error}") from error
    finally:
        part.unlink(missing_ok=True)


def _jsonl_writer(file: TextIO) -> Callable[[Hit], int]:
    def write(hit: Hit) -> int:
        file.write(json.dumps({**asdict(hit), "key": jsonl_key(hit.key)}) + "\n")
        file.flush()  # a hit is rare, and whoever reads along should have it
        return 1

    return write


def _csv_writer(file: TextIO) -> Callable[[Hit], int]:
    table = csv.DictWriter(file, FIELDS, lineterminator="\n")
    table.writeheader()

    def write(hit: Hit) -> int:
        row = {**asdict(hit), "counter_evidence": " ".join(hit.counter_evidence)}
        table.writerow({name: "" if value is None else value for name, value in row.items()})
        file.flush()
        return 1

    return write


def _out_of_budget(error: BudgetSpentError, tokeniser: Tokeniser) -> TroubleError:
    return TroubleError(
        f"{error} Stopped after {tokeniser.counts.records:,} records; "
        f"{tokeniser.counts.evaluated:,} values were evaluated now and are kept. The same command "
        "goes on from there; --wait waits for the next budget."
    )


def _tell(lab: Lab, tokeniser: Tokeniser, hits: int) -> None:
    counts = tokeniser.counts
    for line in refusals(counts.unread):
        say(line)
    say(
        f"{counts.records:,} records, {counts.evaluated:,} values evaluated, {hits:,} hits.",
        quiet=lab.quiet,
    )
