"""The list of public keys: signed, append-only and chained by hash.

A hub that gave each lab keys of its own could tell afterwards which lab a token came from. So all
keys stand in one list that everybody gets: a lab verifies it, pins its signer, refuses a list that
does not extend the last one it saw, and compares `head` with other members outside the hub.
Refused: a list with a wrong signature or a broken chain, a second key for a kind, epoch and
evaluator, and all that this version does not understand. The evaluators' addresses are not signed:
a wrong one gets points that say nothing, and cannot prove the published key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from labkit.keyentry import (
    ACTS,
    CONTEXT,
    EPOCH,
    EVALUATOR,
    Entry,
    KeyListError,
    is_signer,
    packed,
    signed_entry,
    signer_name,
    unpacked,
)
from labkit.normalise import PROFILE
from labkit.tokens import SCHEME


__all__ = [
    "ACTS",
    "CONTEXT",
    "EPOCH",
    "EVALUATOR",
    "Entry",
    "KeyList",
    "KeyListError",
    "packed",
    "signed_entry",
    "signer_name",
    "unpacked",
]


@dataclass(frozen=True)
class KeyList:
    """A verified list. An epoch of a kind ends at once when any of its keys is revoked."""

    signer: str
    urls: Mapping[str, str]  # evaluator's name to where it evaluates
    entries: tuple[Entry, ...]

    @classmethod
    def verified(cls, document: Mapping[str, object], pinned_signer: str | None = None) -> Self:
        """The list of a document, each entry checked.

        Args:
            document: {"scheme", "profile", "signer", "evaluators", "entries"}, as JSON gives it.
            pinned_signer: base64url of the Ed25519 key that must have signed; None takes the
                document's own, which proves only that the list is whole.

        Raises:
            KeyListError: another signer, scheme or profile, a wrong signature, a broken chain, a
                replaced key, or a form that is not known.
        """
        _check_scheme(document)
        signer = _signer(document, pinned_signer)
        entries = tuple(_entries(document))
        _check_chain(entries, Ed25519PublicKey.from_public_bytes(unpacked(signer)))
        urls = _urls(document)
        _check_acts(entries, urls)
        return cls(signer=signer, urls=urls, entries=entries)

    @property
    def head(self) -> str:
        """Hexadecimal SHA-256 that stands for the whole list, to compare with other members'."""
        return self.entries[-1].digest if self.entries else ""

    def extends(self, older: Mapping[str, object] | KeyList) -> None:
        """Check against a list seen before, for example the one that was pinned.

        Raises:
            KeyListError: the older list is not how this one begins: history was rewritten, or
                this is a list for somebody else.
        """
        before = older if isinstance(older, KeyList) else KeyList.verified(older, self.signer)
        if self.signer != before.signer:
            raise KeyListError(
                "The key list has another signer than the one seen before. Do not use it; ask the"
                " Forum outside the hub whether its signing key has changed."
            )
        if [each.digest for each in self.entries[: len(before.entries)]] != [
            each.digest for each in before.entries
        ]:
            raise KeyListError(
                f"The key list does not begin with the {len(before.entries)} entries seen before:"
                " it was cut short or rewritten. Do not use it; compare its head with another"
                " member's and tell the Forum."
            )

    def key(self, kind: str, epoch: str, evaluator: str) -> bytes:
        """The public key, 32 bytes.

        Raises:
            KeyListError: there is none, or the epoch was revoked or destroyed.
        """
        self._check_live(kind, epoch)
        for each in self._added(kind, epoch):
            if each.evaluator == evaluator:
                return each.public_key
        raise KeyListError(f"{evaluator} has no key for {kind} in {epoch}; fetch the key list.")

    def evaluators(self, kind: str, epoch: str) -> tuple[str, ...]:
        """The names of all evaluators whose outputs make a token, in ascending order.

        Raises:
            KeyListError: as `key`.
        """
        self._check_live(kind, epoch)
        return tuple(sorted(each.evaluator for each in self._added(kind, epoch)))

    def window(self, kind: str, epoch: str) -> tuple[datetime, datetime]:
        """From when (inclusive) until when (exclusive) the epoch's tokens are taken.

        Raises:
            KeyListError: as `key`.
        """
        self._check_live(kind, epoch)
        first = self._added(kind, epoch)[0]
        return first.not_before, first.not_after

    def epochs(self, kind: str, now: datetime) -> tuple[str, ...]:
        """The epochs of a kind whose tokens are taken now, the current one first."""
        found = {
            each.epoch
            for each in self.entries
            if each.act == "add" and each.kind == kind and each.not_before <= now < each.not_after
        }
        live = [epoch for epoch in found if not self._ending(kind, epoch)]
        return tuple(sorted(live, reverse=True))

    def current_epoch(self, kind: str, now: datetime) -> str:
        """The newest epoch that has begun and was not revoked.

        Raises:
            KeyListError: there is none.
        """
        live = self.epochs(kind, now)
        if not live:
            raise KeyListError(
                f"The key list has no epoch of {kind} for now; fetch it again, and if it stays so"
                " ask the Forum to add this quarter's keys. Check this machine's clock as well."
            )
        return live[0]

    def _added(self, kind: str, epoch: str) -> list[Entry]:
        return [
            each
            for each in self.entries
            if each.act == "add" and each.kind == kind and each.epoch == epoch
        ]

    def _ending(self, kind: str, epoch: str) -> str:
        for each in self.entries:
            if each.act != "add" and each.kind == kind and each.epoch == epoch:
                return each.act
        return ""

    def _check_live(self, kind: str, epoch: str) -> None:
        if not self._added(kind, epoch):
            raise KeyListError(f"The key list has no keys of {kind} in {epoch}; fetch it again.")
        act = self._ending(kind, epoch)
        if act:
            word = {"revoke": "revoked", "destroy": "destroyed"}[act]
            raise KeyListError(
                f"The keys of {kind} in {epoch} were {word}: its tokens mean nothing any more. Use"
                " the current epoch."
            )


def _check_scheme(document: Mapping[str, object]) -> None:
    found = (document.get("scheme"), document.get("profile"))
    if found != (SCHEME, PROFILE):
        raise KeyListError(
            f"The key list is for scheme and profile {found[0]!r}, {found[1]!r}; this labkit"
            f" speaks {SCHEME}, {PROFILE}. Update labkit."
        )


def _signer(document: Mapping[str, object], pinned: str | None) -> str:
    signer = document.get("signer")
    if not isinstance(signer, str) or not is_signer(signer):
        raise KeyListError("The key list names no signer; fetch it again.")
    if pinned is not None and signer != pinned:
        raise KeyListError(
            "The key list was signed by another key than the pinned one. Do not use it; ask the"
            " Forum outside the hub whether its signing key has changed."
        )
    return signer


def _entries(document: Mapping[str, object]) -> Iterable[Entry]:
    return (Entry.read(raw, index) for index, raw in enumerate(_listed(document, "entries")))


def _urls(document: Mapping[str, object]) -> dict[str, str]:
    urls: dict[str, str] = {}
    for each in _listed(document, "evaluators"):
        name, url = (each.get("name"), each.get("url")) if isinstance(each, Mapping) else (0, 0)
        if not isinstance(name, str) or not isinstance(url, str) or name in urls:
            raise KeyListError("The key list names an evaluator twice, or without a name and URL.")
        urls[name] = url
    return urls


def _listed(document: Mapping[str, object], field: str) -> Sequence[object]:
    found = document.get(field)
    if not isinstance(found, list):
        raise KeyListError(f"The key list has no {field}; fetch it again.")
    return found


def _check_chain(entries: Sequence[Entry], signer: Ed25519PublicKey) -> None:
    link = ""
    for each in entries:
        if each.previous != link:
            raise KeyListError(
                f"Entry {each.index} of the key list does not name the entry before it: the chain"
                " is broken there. Do not use this list; ask the Forum."
            )
        each.check_signature(signer)
        link = each.digest


def _check_acts(entries: Sequence[Entry], urls: Mapping[str, str]) -> None:
    added: dict[tuple[str, str, str], Entry] = {}
    windows: dict[tuple[str, str], tuple[datetime, datetime]] = {}
    for each in entries:
        name = (each.kind, each.epoch, each.evaluator)
        if (each.act == "add") == (name in added):
            what = "replaces the key" if each.act == "add" else f"would {each.act} a key"
            raise KeyListError(
                f"Entry {each.index} of the key list {what} of {each.evaluator} for {each.kind} in"
                f" {each.epoch}, which {'stands' if each.act == 'add' else 'was never added'}. Do"
                " not use this list; ask the Forum."
            )
        if each.act == "add":
            added[name] = each
            window = windows.setdefault(name[:2], (each.not_before, each.not_after))
            _check_place(each, urls, window)


def _check_place(entry: Entry, urls: Mapping[str, str], window: tuple[datetime, datetime]) -> None:
    if entry.evaluator not in urls:
        raise KeyListError(f"The key list gives no address for evaluator {entry.evaluator}.")
    if (entry.not_before, entry.not_after) != window:
        raise KeyListError(
            f"Entry {entry.index} of the key list gives {entry.epoch} another beginning or end than"
            " the epoch's other evaluators; the Forum has to correct it."
        )
