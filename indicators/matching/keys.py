"""The signed list of public keys as the hub keeps it: rows that are only ever added to.

The list is read and judged by the code that labs use (`labkit.keylist`), so that hub and labs agree
on what is current, over or revoked.
Promises: a list whose signatures or chain do not hold is not served and nothing is evaluated under
it; two writers cannot both append the same number.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import rfc8785
from django.conf import settings
from django.db import connection

from indicators.matching.errors import KeyOverError, TokenKeysError, UnknownKeyError
from indicators.matching.seeds import SeedStore
from indicators.models.key_list import KeyListEntry
from labkit.keylist import Entry, KeyList, KeyListError, signed_entry
from labkit.normalise import PROFILE
from labkit.tokens import SCHEME


# Machines' clocks differ: a lab may find that an epoch has begun a little before we do.
CLOCK_TOLERANCE = timedelta(minutes=5)
_LOCK = 0x6B657973  # any constant: one appender at a time, on whatever host


@dataclass(frozen=True, slots=True)
class _Read:
    """The list as it was verified, and what it was verified against."""

    head: str
    signer: str
    urls: Mapping[str, str]
    list: KeyList
    entries: Sequence[Mapping[str, object]]


_last: list[_Read] = []


def key_list(seeds: SeedStore) -> KeyList:
    """The list, verified. Costs one small query while nothing has been added.

    Raises:
        SeedMissingError: there is no signing key yet.
        TokenKeysError: the list does not hold.
    """
    return _read(seeds).list


def document(seeds: SeedStore, *, own_url: str) -> dict[str, object]:
    """What labs get.

    Raises:
        SeedMissingError, TokenKeysError: as `key_list`.
    """
    read = _read(seeds)
    urls = {**read.urls, settings.EVALUATOR_NAME: own_url}
    return _document(read.signer, urls, read.entries)


def usable(found: KeyList, kind: str, epoch: str, now: datetime) -> None:
    """Return if this evaluator evaluates this kind in this epoch now.

    Raises:
        UnknownKeyError: no such kind or epoch, or it has not begun.
        KeyOverError: it has ended, or was revoked or destroyed, here or at another evaluator.
    """
    entries = [each for each in found.entries if (each.kind, each.epoch) == (kind, epoch)]
    own = next((each for each in entries if each.evaluator == settings.EVALUATOR_NAME), None)
    if own is None:
        raise UnknownKeyError("There is no key for this kind and epoch: look at the key list.")
    if now < own.not_before - CLOCK_TOLERANCE:
        raise UnknownKeyError(f"The epoch {epoch} begins at {stamp(own.not_before)}.")
    ended = next((each.act for each in entries if each.act != "add"), "")
    if ended:
        word = {"revoke": "revoked", "destroy": "destroyed"}[ended]
        raise KeyOverError(f"The epoch {epoch} was {word}. Use the current one of the key list.")
    if now >= own.not_after:
        raise KeyOverError(f"The epoch {epoch} ended at {stamp(own.not_after)}.")


def lock() -> None:
    """Be the only one to append until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def is_empty() -> bool:
    return not KeyListEntry.objects.exists()


def append(seeds: SeedStore, wanted: Iterable[Mapping[str, str]]) -> int:
    """Sign and store entries (fields as in JSON) after the last one; returns how many.

    Call `lock` first, in the same transaction.

    Raises:
        TokenKeysError: there is no signing key, or an entry is not of the form.
    """
    signer = seeds.signer()
    last = KeyListEntry.objects.order_by("-seq").first()
    previous: dict[str, object] | None = json.loads(last.entry) if last else None
    rows: list[KeyListEntry] = []
    for fields in wanted:
        try:
            previous = signed_entry(signer, fields, previous)
        except KeyListError as error:
            raise TokenKeysError(f"The key list takes no such entry. {error}") from error
        text = rfc8785.dumps(previous)  # type: ignore[arg-type]  # its type has a private name
        digest = sha256(text).hexdigest()
        rows.append(KeyListEntry(seq=len(rows) + _next(last), entry=text.decode(), hash=digest))
    KeyListEntry.objects.bulk_create(rows)
    return len(rows)


def stamp(moment: datetime) -> str:
    """A moment as the list writes it, in whole seconds."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def entries_of(found: KeyList, evaluator: str, epoch: str) -> dict[str, Entry]:
    """The keys that an evaluator has in an epoch, by kind."""
    return {
        each.kind: each
        for each in found.entries
        if (each.act, each.evaluator, each.epoch) == ("add", evaluator, epoch)
    }


def _next(last: KeyListEntry | None) -> int:
    return 0 if last is None else last.seq + 1


def _read(seeds: SeedStore) -> _Read:
    signer, urls = seeds.signer_public(), _urls()
    head = KeyListEntry.objects.order_by("-seq").values_list("hash", flat=True).first() or ""
    if not _last or (_last[0].head, _last[0].signer, _last[0].urls) != (head, signer, urls):
        _last[:] = [_verified(signer, urls)]
    return _last[0]


def _verified(signer: str, urls: Mapping[str, str]) -> _Read:
    texts = KeyListEntry.objects.order_by("seq").values_list("entry", flat=True)
    entries: list[Mapping[str, object]] = [json.loads(text) for text in texts]
    try:
        found = KeyList.verified(_document(signer, urls, entries), signer)
    except KeyListError as error:
        raise TokenKeysError(
            f"The key list in the database does not hold: {error} Nothing is evaluated until it "
            "does: restore the table key_list_entry and TOKEN_KEYS from the same moment."
        ) from error
    return _Read(found.head, signer, dict(urls), found, entries)


def _document(
    signer: str, urls: Mapping[str, str], entries: Sequence[Mapping[str, object]]
) -> dict[str, object]:
    # Who took part once stays named; without an address it takes part no more.
    named = {str(each["evaluator"]): "" for each in entries} | dict(urls)
    return {
        "scheme": SCHEME,
        "profile": PROFILE,
        "signer": signer,
        "evaluators": [{"name": name, "url": named[name]} for name in sorted(named)],
        "entries": list(entries),
    }


def _urls() -> dict[str, str]:
    return {settings.EVALUATOR_NAME: "", **settings.TOKEN_EVALUATORS}
