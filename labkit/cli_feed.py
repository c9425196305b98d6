"""labkit push, pull, retract and status: the lab and the feed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TextIO
from uuid import UUID

import click
from taxii2client.v21 import Collection, Status

from labkit import pull as pulling
from labkit.bundles import objects_of
from labkit.client import in_turn
from labkit.clock import now, stamp
from labkit.database import DamagedError
from labkit.lab import Lab
from labkit.progress import bar, say
from labkit.stix import is_id
from labkit.trouble import TroubleError


JSON = Mapping[str, Any]
as_json = click.option("--json", "as_json", is_flag=True, help="Results as JSON.")


@click.command()
@click.argument("collection")
@click.argument("files", nargs=-1, required=True, type=click.File("r", encoding="utf-8-sig"))
@click.option(
    "--wait/--no-wait", default=True, help="Ask until nothing waits for its turn (the default)."
)
@click.option("--within", default=60.0, show_default=True, help="Seconds to wait at most.")
@as_json
@click.pass_obj
def push(
    lab: Lab,
    collection: str,
    files: Sequence[TextIO],
    *,
    wait: bool,
    within: float,
    as_json: bool,
) -> int:
    """Share STIX objects in a COLLECTION.

    FILES hold an envelope, a bundle, objects, or an object in each line; - is standard input. They
    are sent in as many envelopes as the hub's limit asks for. Held and waiting objects are not
    waited for: `labkit status` tells of them later. The same push again changes nothing.

    \b
    Exit status: 0 all taken, 1 some were refused, 2 error.
    Example: labkit push distillation seen.json
    """  # noqa: D301  click looks for the character itself
    objects = [each for file in files for each in objects_of(_read(file), file.name)]
    if not objects:
        raise TroubleError("There is no object in these files.")
    target = lab.client.collection(collection)
    statuses = []
    with bar("push", unit="object", quiet=lab.quiet, total=len(objects)) as progress:
        for first in lab.client.push(target, objects):
            pulling.remember(lab.store, first, target.id, now=stamp(now()))
            progress.update(first.total_count)
            statuses.append(first)
        for each in statuses if wait else ():
            lab.client.settle(each, within=within)
            pulling.remember(lab.store, each, target.id, now=stamp(now()))
    return _tell(statuses, as_json=as_json)


def _read(file: TextIO) -> str:
    try:
        return file.read()
    except UnicodeDecodeError as error:
        raise TroubleError(f"{file.name} is not UTF-8: {error}.") from error


@click.command()
@click.argument("collections", nargs=-1)
@click.option(
    "--afresh", is_flag=True, help="Drop what was pulled and begin again; mends a damaged copy."
)
@click.option(
    "--objects",
    is_flag=True,
    help="Afterwards print every object that stands, one in a line: collection, own, object.",
)
@as_json
@click.pass_obj
def pull(
    lab: Lab, collections: Sequence[str], *, afresh: bool, objects: bool, as_json: bool
) -> int:
    """Bring the local copy of the feed up to date.

    COLLECTIONS are aliases; without any, those of the settings, else all that may be read. What
    stands beside one (-tokens, -withdrawn) comes along. An interrupted pull goes on where it was.

    \b
    Exit status: 0 done, 2 error.
    Example: labkit pull distillation
    """  # noqa: D301  click looks for the character itself
    wanted = pulling.chosen(lab.client, collections or lab.config.collections)
    if not wanted:
        raise TroubleError("This credential may read no collection: ask the Forum for a grant.")
    if afresh:
        _begin_again(lab, wanted)
    pulling.refresh_own(lab.client, lab.store, now=stamp(now()))
    with bar("pull", unit="object", quiet=lab.quiet) as progress:

        def stored(alias: str, count: int) -> None:
            progress.set_description(alias, refresh=False)
            progress.update(count)

        done = list(
            pulling.pull(lab.client, lab.store, wanted, now=lambda: stamp(now()), on_page=stored)
        )
    _tell_pulled(lab, done, objects=objects, as_json=as_json)
    return 0


def _begin_again(lab: Lab, wanted: Iterable[Collection]) -> None:
    """Drop these collections, and of a damaged store everything."""
    try:
        lab.store.check()
        for each in wanted:
            lab.store.forget(each.id)
    except DamagedError:
        lab.discard_store()
        say(
            f"{lab.state.feed} was damaged and is made anew. Collections that are not pulled now "
            "have to be pulled again; which submissions were pushed from here is forgotten.",
            quiet=lab.quiet,
        )


def _tell_pulled(lab: Lab, done: Sequence[pulling.Pulled], *, objects: bool, as_json: bool) -> None:
    if objects:
        for stored in lab.store.objects():
            line = {"collection": stored.collection, "own": stored.own, "object": stored.body}
            click.echo(json.dumps(line))
    elif as_json:
        click.echo(json.dumps({each.alias: each.changed for each in done}))
    else:
        for each in done:
            click.echo(f"{each.alias}: {each.changed} new or changed")


@click.command()
@click.argument("collection")
@click.argument("ids", nargs=-1, required=True)
@as_json
@click.pass_obj
def retract(lab: Lab, collection: str, ids: Sequence[str], *, as_json: bool) -> int:
    """Take back what you shared in a COLLECTION.

    IDS are those of your own objects, or the Forum's. An object goes from the feed when nobody
    stands behind it any more.

    \b
    Exit status: 0 all taken back, 1 you have nothing under some id, 2 error.
    Example: labkit retract distillation indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f
    """  # noqa: D301  click looks for the character itself
    for each in ids:
        _check_id(each)
    target = lab.client.collection(collection)
    done = {each: lab.client.retract(target, each) for each in ids}
    if as_json:
        click.echo(json.dumps(done))
    for each, taken_back in () if as_json else done.items():
        click.echo(f"{each}: {'taken back' if taken_back else 'you have nothing under this id'}")
    return 0 if all(done.values()) else 1


def _check_id(stix_id: str) -> None:
    """Raises TroubleError for what must not become a part of an address."""
    if not stix_id.strip():
        raise TroubleError("The id is empty: write the id of an object that you shared.")
    if not is_id(stix_id):
        raise TroubleError(
            f"{stix_id!r} is no STIX id: write it as in "
            "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f."
        )


@click.command()
@click.argument("submissions", nargs=-1, type=click.UUID)
@click.option("--all", "everything", is_flag=True, help="Finished ones too, as last heard of.")
@as_json
@click.pass_obj
def status(lab: Lab, submissions: Sequence[UUID], *, everything: bool, as_json: bool) -> int:
    """What became of what you pushed.

    SUBMISSIONS are ids that `labkit push` told; without any, all of this state folder that were not
    finished when last asked for.

    \b
    Exit status: 0 nothing was refused, 1 something was, 2 error.
    """  # noqa: D301  click looks for the character itself
    if submissions:
        found = [lab.client.status(str(each)) for each in submissions]
    else:
        pulling.refresh_own(lab.client, lab.store, now=stamp(now()))
        found = list(_remembered(lab, everything=everything))
    return _tell(found, as_json=as_json)


def _remembered(lab: Lab, *, everything: bool) -> Iterator[Status]:
    for submission, _, last in lab.store.pushes(open_only=not everything):
        yield Status(f"{lab.config.root}status/{submission}/", status_info=json.loads(last))


def _tell(statuses: Sequence[Status], *, as_json: bool) -> int:
    """Print statuses; 1 if something was refused."""
    if as_json:
        click.echo(json.dumps([each._raw for each in statuses]))  # noqa: SLF001  the whole of it
    else:
        for each in statuses:
            click.echo("\n".join(_lines(each)))
        if not statuses:
            say("Nothing of yours is unfinished.")
    return 1 if any(each.failure_count for each in statuses) else 0


def _lines(status: Status) -> Iterator[str]:
    waiting = status.pending_count - in_turn(status)
    counts = {
        "taken": status.success_count,
        "refused": status.failure_count,
        "held or waiting": waiting,
        "not looked at yet": in_turn(status),
    }
    said = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    yield f"{status.id}: {said or 'nothing'}"
    for each in (*status.failures, *status.pendings):
        yield f"  {each['id']}: {each.get('message', '')}"
    messages = Counter(str(each.get("message", "")) for each in status.successes)
    for message, count in messages.most_common(_MOST_MESSAGES):
        yield f"  {count} times {message}" if count > 1 else f"  {message}"
    if len(messages) > _MOST_MESSAGES:
        yield f"  … {len(messages) - _MOST_MESSAGES} more; --json has all"


_MOST_MESSAGES = 20
