"""The list of public templates: texts that anybody can read, kept as skeletons and their tokens.

The package brings some, operators import more. Their tokens are made under each epoch's key by the
evaluators that make a lab's, and stand in the same table; those of an epoch go when it ends. A list
that lost a template is compared anew with all that stands (`public_matches`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib import resources

from django.db import transaction

from indicators.domain.tokens import Identifier
from indicators.matching.epochs import live_epochs
from indicators.matching.tokenise import in_epoch
from indicators.pipeline import bulk, family_mark, skeletons
from indicators.pipeline.skeletons import New
from indicators.roles import publishing
from labkit.normalise import BAND_BYTES
from labkit.prompts import BAND, band_values


PACKAGE, IMPORTED = "package", "imported"
GAP = "{}"
_LOCK = 0x7075626C  # any constant: one writer of the list at a time, so that its numbers rise
_PAYLOADS = ("abrelo", "bistune", "cadrimo", "dolvaner", "esquilt", "fornabi")
"""What stands in the gaps of a template: no text has these words, so they leave no trace."""


@cache
def packaged() -> Mapping[str, tuple[bytes, ...]]:
    """The bands of the package's templates, by name."""
    folder = resources.files("indicators.policy").joinpath("public_templates")
    texts = {
        each["name"]: each["text"]
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".toml")
        for each in tomllib.loads(file.read_text("utf-8"))["template"]
    }
    return {name: of_prompts(filled(text)) for name, text in texts.items()}


def filled(text: str) -> list[str]:
    """Prompts of a template whose payload stands in its gaps."""
    return [text.replace(GAP, each) for each in _PAYLOADS]


def of_prompts(prompts: Sequence[str]) -> tuple[bytes, ...]:
    """The bands of prompts of one template.

    Raises:
        SkeletonError: they are too few, or share too little.
    """
    from labkit.skeleton import skeleton  # noqa: PLC0415  numpy takes its time

    return skeleton(prompts).bands


def refresh(*, now: datetime) -> int:
    """Bring the package's templates up to date and make what tokens are missing; returns how many.

    Raises:
        TokensUnavailable: no token can be made now.
    """
    with transaction.atomic(), publishing():
        _lock()
        _keep(packaged(), PACKAGE, now=now)
        rows = bulk.rows("SELECT name FROM public_template WHERE source = %s", [PACKAGE])
        _forget({row[0] for row in rows} - packaged().keys())
    return tokenise(now=now)


@transaction.atomic
def take_in(templates: Mapping[str, Sequence[bytes]], *, now: datetime) -> None:
    """Put templates on the list, by name; one of the same name is replaced."""
    with publishing():
        _lock()
        _keep(templates, IMPORTED, now=now)


@transaction.atomic
def remove(name: str) -> bool:
    """Take one off the list; False if there was none. The package's own come back by night."""
    with publishing():
        _lock()
        return _forget([name]) > 0


@transaction.atomic
def tokenise(*, now: datetime) -> int:
    """Make the tokens that are missing in epochs that live, and drop those of others.

    Tokens of bands that a template had before go with the transaction that makes the new ones:
    no match is taken back in between.

    Returns how many skeletons were made.

    Raises:
        TokensUnavailable: no token can be made now.
    """
    epochs = sorted(live_epochs(now))
    with publishing():
        _lock()
        missing = bulk.rows(
            "SELECT t.id, t.bands, e.epoch "
            "FROM public_template t, unnest(%s::text[]) AS e (epoch) "
            "WHERE t.is_changed OR NOT EXISTS (SELECT FROM skeleton s WHERE s.template_id = t.id "
            "AND s.epoch = e.epoch) ORDER BY e.epoch, t.id",
            [epochs],
        )
    new = [
        New(None, None, template, epoch, _tokens(bytes(bands), epoch))
        for template, bands, epoch in missing
    ]
    with publishing():
        _drop_old(epochs)
        skeletons.keep(new)
    return len(new)


def _drop_old(epochs: Sequence[str]) -> None:
    """Of epochs that are over, and of bands that a template had before."""
    old = bulk.rows(
        "SELECT s.id, t.is_changed FROM skeleton s JOIN public_template t ON t.id = s.template_id "
        "WHERE t.is_changed OR s.epoch <> ALL(%s::text[])",
        [epochs],
    )
    if old:
        family_mark.take_every_turn()
        bulk.run("DELETE FROM skeleton WHERE id = ANY(%s)", [[row[0] for row in old]])
    if any(is_changed for _, is_changed in old):
        family_mark.compare_anew()
    bulk.run("UPDATE public_template SET is_changed = false WHERE is_changed")


def _tokens(bands: bytes, epoch: str) -> bytes:
    values = [Identifier(*each).value for each in band_values(_parted(bands))]
    return skeletons.raw_tokens(each.value for each in in_epoch(BAND, values, epoch))


def _parted(bands: bytes) -> list[bytes]:
    return [bands[at : at + BAND_BYTES] for at in range(0, len(bands), BAND_BYTES)]


def _lock() -> None:
    bulk.rows("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _keep(templates: Mapping[str, Sequence[bytes]], source: str, *, now: datetime) -> None:
    """What is on the list stays; what has other bands keeps its tokens until it has new ones."""
    bulk.insert(
        "public_template AS old",
        ("name", "bands", "source", "since"),
        ((name, b"".join(bands), source, now.date()) for name, bands in sorted(templates.items())),
        tail="""ON CONFLICT (name) DO UPDATE SET
                bands = excluded.bands, source = excluded.source, since = excluded.since,
                is_changed = true WHERE old.bands <> excluded.bands""",
    )


def _forget(names: Iterable[str]) -> int:
    listed = list(names)
    if not listed:
        return 0
    # First, as who has a turn refers to templates: it would wait for us, and we for it.
    family_mark.take_every_turn()
    gone = bulk.run("DELETE FROM public_template WHERE name = ANY(%s)", [listed])
    if gone:
        family_mark.compare_anew()
    return gone
