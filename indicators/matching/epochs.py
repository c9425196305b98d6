"""Which epochs live: what a pre-blinded token may name, and which tokens have to go."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from indicators.matching import keys
from indicators.matching.errors import SeedMissingError
from indicators.matching.seeds import SeedStore, store
from labkit.keylist import Entry, KeyList


def live_epochs(now: datetime, seeds: SeedStore | None = None) -> Mapping[str, datetime]:
    """Ends (not_after) of the epochs that have begun, are not over and were not revoked, by id.

    Empty while there is no key list.

    Raises:
        TokenKeysError: the key list does not hold.
    """
    found = _list(seeds or store())
    if found is None:
        return {}
    return {
        epoch: each.not_after
        for epoch, each in _standing(found).items()
        if each.not_before <= now < each.not_after
    }


def epoch_ends(epoch: str, *, now: datetime) -> datetime | None:
    """When tokens of this epoch end; None for one that is unknown, revoked or over.

    Raises:
        TokenKeysError: the key list does not hold.
    """
    return live_epochs(now).get(epoch)


def ended_epochs(now: datetime) -> list[str]:
    """Every epoch whose tokens must be deleted, in the feed and wherever they are kept.

    Raises:
        TokenKeysError: the key list does not hold.
    """
    found = _list(store())
    if found is None:
        return []
    standing = _standing(found)
    everything = {each.epoch for each in found.entries}
    return sorted(
        epoch for epoch in everything if epoch not in standing or standing[epoch].not_after <= now
    )


def _standing(found: KeyList) -> dict[str, Entry]:
    """One key of each epoch of which no key was revoked or destroyed."""
    fallen = {each.epoch for each in found.entries if each.act != "add"}
    return {each.epoch: each for each in found.entries if each.epoch not in fallen}


def _list(seeds: SeedStore) -> KeyList | None:
    try:
        return keys.key_list(seeds)
    except SeedMissingError:
        return None
