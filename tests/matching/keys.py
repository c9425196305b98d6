"""A folder of keys at a moment of the test's choosing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from indicators.domain.disclosure import current_policy
from indicators.matching import keys, rotation
from indicators.matching.seeds import SeedStore
from indicators.members.registry import Clerk
from labkit.keylist import KeyList


NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
KINDS = 11


def clerk(now: datetime = NOW, *, by: str = "keeper") -> Clerk:
    return Clerk(by=by, policy=current_policy(), now=now)


def made(path: Path, now: datetime = NOW) -> SeedStore:
    """A folder with the keys that are due then, and their list in the database."""
    seeds = SeedStore(path)
    rotation.ensure(clerk(now), seeds, {})
    return seeds


def listed(seeds: SeedStore) -> KeyList:
    """What a lab makes of the list."""
    document = keys.document(seeds, own_url="https://hub.example/")
    return KeyList.verified(document, seeds.signer_public())
