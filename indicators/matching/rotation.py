"""The life of keys: made in time, replaced in an emergency, destroyed at the end.

Promises: run as often as you like and by several at once, it makes each key once; a seed that is
listed is never made anew (that would give the same values other tokens); with other evaluators an
epoch begins only once all of them have listed theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from indicators.matching import evaluator, keys
from indicators.matching.errors import SeedMissingError, TokenKeysError
from indicators.matching.quarters import Quarter, due, quarter_of
from indicators.matching.seeds import SeedStore, encode
from indicators.members.registry import Clerk
from labkit.keylist import Entry, KeyList
from labkit.normalise import KINDS


Partners = Mapping[str, KeyList]
"""The verified lists of the other evaluators, by name (`remote.partners`)."""


@dataclass(frozen=True, slots=True)
class Epoch:
    """An epoch that is to be listed, and the span that all its entries give."""

    id: str
    not_before: datetime
    not_after: datetime


def ensure(clerk: Clerk, seeds: SeedStore, partners: Partners) -> list[str]:
    """Have a key listed for this quarter, and for the next from 14 days before.

    Returns the epochs that are new.

    Raises:
        TokenKeysError: seeds and list do not fit together, or another evaluator is not ready.
    """
    with seeds.locked(), transaction.atomic():
        keys.lock()
        return _ensure(clerk, seeds, partners)


def revoke(clerk: Clerk, seeds: SeedStore, *, reason: str, epoch: str = "") -> list[str]:
    """End epochs at once; returns them. `ensure` then makes their replacements.

    All seeds lie in one folder, so without an epoch every one that is not over is revoked.

    Raises:
        TokenKeysError: there is no such epoch to revoke, or the list does not hold.
    """
    with seeds.locked(), transaction.atomic():
        keys.lock()
        found = keys.key_list(seeds)
        standing = [each for each in open_epochs(found, clerk.now) if epoch in {"", each}]
        if not standing:
            raise TokenKeysError(f"There is no epoch {epoch} that could be revoked.")
        for each in standing:
            _end(seeds, found, each, "revoke")
            clerk.note("token key revoked", f"epoch/{each}", reason=reason)
        return standing


def open_epochs(found: KeyList, now: datetime) -> list[str]:
    """Epochs of ours that are not over and of which nothing has ended."""
    fallen = {each.epoch for each in found.entries if each.act != "add"}
    return sorted(
        {each.epoch for each in _own(found) if each.not_after > now and each.epoch not in fallen}
    )


def due_for_destruction(found: KeyList, seeds: SeedStore, now: datetime) -> list[str]:
    """Epochs of ours whose seed serves nobody any more: over, or revoked."""
    ended = {each.epoch for each in _own(found) if each.act != "add" or each.not_after <= now}
    listed = {each.epoch for each in _own(found) if each.act == "destroy"}
    return sorted(each for each in ended if each not in listed or seeds.seed_file(each).exists())


def destroy(clerk: Clerk, seeds: SeedStore) -> list[str]:
    """Remove the seeds that are due and list it; returns their epochs.

    The file goes first: the list must not say "destroyed" of a seed that is still there.
    """
    with seeds.locked(), transaction.atomic():
        keys.lock()
        if keys.is_empty():
            return []
        found = keys.key_list(seeds)
        gone = due_for_destruction(found, seeds, clerk.now)
        for epoch in gone:
            seeds.destroy_seed(epoch)
            _end(seeds, found, epoch, "destroy")
            clerk.note("token seed destroyed", f"epoch/{epoch}")
        return gone


def adopt(clerk: Clerk, seeds: SeedStore, name: str, partner: KeyList, *, begun: bool) -> list[str]:
    """Take another evaluator's keys into our list; returns the epochs that it now takes part in.

    begun: also in epochs that have begun; what was tokenised in them before no longer matches.

    Raises:
        TokenKeysError: it lacks keys for an epoch that would need them.
    """
    with seeds.locked(), transaction.atomic():
        keys.lock()
        found = keys.key_list(seeds)
        joined = []
        for epoch in open_epochs(found, clerk.now):
            own = keys.entries_of(found, settings.EVALUATOR_NAME, epoch)
            first = next(iter(own.values()))
            if keys.entries_of(found, name, epoch) or (first.not_before <= clerk.now and not begun):
                continue
            made = Epoch(epoch, first.not_before, first.not_after)
            keys.append(seeds, _of_partner(name, partner, made, KINDS))
            clerk.note("token key listed", f"epoch/{epoch}", evaluator=name)
            joined.append(epoch)
        return joined


def _ensure(clerk: Clerk, seeds: SeedStore, partners: Partners) -> list[str]:
    seeds.signer(make=keys.is_empty())
    for name, partner in partners.items():
        _follow(clerk, seeds, name, partner)
    made = []
    for quarter in due(clerk.now):
        found = keys.key_list(seeds)
        epoch = _wanted(found, quarter, clerk.now)
        if fields := _missing(seeds, found, epoch, partners):
            keys.append(seeds, fields)
            clerk.note("token key made", f"epoch/{epoch.id}", kinds=len(fields))
            made.append(epoch.id)
    return made


def _follow(clerk: Clerk, seeds: SeedStore, name: str, partner: KeyList) -> None:
    """What another evaluator has revoked or destroyed is over here as well."""
    found = keys.key_list(seeds)
    ours = {(each.act, each.kind, each.epoch) for each in found.entries if each.evaluator == name}
    ended = [
        each
        for each in partner.entries
        if each.evaluator == name
        and each.act != "add"
        and ("add", each.kind, each.epoch) in ours
        and (each.act, each.kind, each.epoch) not in ours
    ]
    keys.append(seeds, [_fields(each, each.act) for each in ended])
    for epoch in sorted({each.epoch for each in ended}):
        clerk.note("token key ended elsewhere", f"epoch/{epoch}", evaluator=name)


def _wanted(found: KeyList, quarter: Quarter, now: datetime) -> Epoch:
    """The quarter's standing epoch; without one, the next letter, from now on if it has begun."""
    ids = {each.epoch for each in _own(found) if quarter_of(each.epoch) == quarter}
    fallen = {each.epoch for each in found.entries if each.act != "add"}
    for each in sorted(ids - fallen, reverse=True):
        first = next(iter(keys.entries_of(found, settings.EVALUATOR_NAME, each).values()))
        return Epoch(each, first.not_before, first.not_after)
    whole = now.replace(microsecond=0)
    begins = max(quarter.starts, whole) if ids else quarter.starts
    return Epoch(quarter.epoch(ids), begins, quarter.not_after)


def _missing(
    seeds: SeedStore, found: KeyList, epoch: Epoch, partners: Partners
) -> list[Mapping[str, str]]:
    listed = keys.entries_of(found, settings.EVALUATOR_NAME, epoch.id)
    seed = _seed(seeds, epoch.id, listed)
    lacking = [kind for kind in KINDS if kind not in listed]
    own = [_own_fields(seed, kind, epoch) for kind in lacking]
    theirs: list[Mapping[str, str]] = []
    for name, partner in partners.items():
        # In an epoch that has been listed without it, another evaluator is added on request only.
        if not listed or keys.entries_of(found, name, epoch.id):
            theirs += _of_partner(name, partner, epoch, lacking)
    return [*own, *theirs]


def _seed(seeds: SeedStore, epoch: str, listed: Mapping[str, Entry]) -> bytes:
    if not listed:
        return seeds.add_seed(epoch)
    kind, entry = next(iter(listed.items()))
    try:
        seed, wrong = seeds.seed(epoch), "Another seed of that name lies there."
    except SeedMissingError as error:
        seed, wrong = b"", str(error)
    if not seed or evaluator.public_key(seed, kind, epoch) != entry.public_key:
        raise TokenKeysError(
            f"{seeds.path} does not hold the seed of {epoch} that the key list speaks of. {wrong} "
            "Copy it from the host that made it or from the backup of that folder; if it is lost, "
            "token_keys rotate replaces the epoch."
        )
    return seed


def _own_fields(seed: bytes, kind: str, epoch: Epoch) -> Mapping[str, str]:
    public = evaluator.public_key(seed, kind, epoch.id)
    return _add(settings.EVALUATOR_NAME, kind, epoch, public)


def _of_partner(
    name: str, partner: KeyList, epoch: Epoch, kinds: Sequence[str]
) -> list[Mapping[str, str]]:
    theirs = keys.entries_of(partner, name, epoch.id)
    fallen = {each.epoch for each in partner.entries if each.act != "add"}
    lacking = [kind for kind in kinds if kind not in theirs]
    if kinds and (lacking or epoch.id in fallen):
        raise TokenKeysError(
            f"{name} has no key of {', '.join(lacking or kinds)} for {epoch.id}, and an epoch "
            "needs those of every evaluator. Let its operator run token_keys ensure (or rotate, "
            "after an emergency), then run this again."
        )
    return [_add(name, kind, epoch, theirs[kind].public_key) for kind in kinds]


def _add(name: str, kind: str, epoch: Epoch, public: bytes) -> Mapping[str, str]:
    return {
        "act": "add",
        "evaluator": name,
        "kind": kind,
        "epoch": epoch.id,
        "public_key": encode(public),
        "not_before": keys.stamp(epoch.not_before),
        "not_after": keys.stamp(epoch.not_after),
    }


def _end(seeds: SeedStore, found: KeyList, epoch: str, act: str) -> None:
    """Append the end of every key of ours in this epoch, unless it is there."""
    there = {each.kind for each in _own(found) if (each.act, each.epoch) == (act, epoch)}
    own = keys.entries_of(found, settings.EVALUATOR_NAME, epoch).values()
    keys.append(seeds, [_fields(each, act) for each in own if each.kind not in there])


def _fields(entry: Entry, act: str) -> Mapping[str, str]:
    return {
        "act": act,
        "evaluator": entry.evaluator,
        "kind": entry.kind,
        "epoch": entry.epoch,
        "public_key": "",
        "not_before": keys.stamp(entry.not_before),
        "not_after": keys.stamp(entry.not_after),
    }


def _own(found: KeyList) -> Iterable[Entry]:
    return (each for each in found.entries if each.evaluator == settings.EVALUATOR_NAME)
