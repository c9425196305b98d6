"""What counts as a hit, and what it says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from labkit.clock import stamp
from labkit.hits import Hit, Matcher
from labkit.stix import EXTENSIONS, GOVERNANCE, indicator
from labkit.store import EXERCISE, Store
from labkit.tokeniser import Token, Tokenised
from tests.labkit.evaluator import EPOCH, NOW, observable


END = NOW + timedelta(days=60)
ADDR, CANON = (Token(kind, EPOCH, fill * 43) for kind, fill in
               (("email-addr", "A"), ("email-canon", "B")))  # fmt: skip
RECORD = Tokenised("A1", 1, [ADDR, CANON])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "feed.sqlite")
    yield made
    made.close()


def sign(*tokens: Token, until: str = "2027-01-31T00:00:00.000Z", **more: Any) -> dict[str, Any]:
    made = indicator(
        tokens, nexus=["fraudulent-account"], tier="step-up", now="2026-11-24T00:00:00.000Z",
        until=until,
    )  # fmt: skip
    return made | more


def take(store: Store, *objects: dict[str, Any], alias: str = "ring-tokens") -> None:
    store.take(alias, alias, objects, added_last="", now="today")


def hits(store: Store, record: Tokenised = RECORD, *, exercise: bool = False) -> list[Hit]:
    matcher = Matcher(store, ends={EPOCH: END}, now=NOW, exercise=exercise)
    return list(matcher.hits([record]))


def test_a_hit_says_what_a_lab_needs_to_decide(store: Store) -> None:
    made = sign(ADDR, CANON, confidence=70, labels=["corroborated"])
    made["extensions"][GOVERNANCE]["counter_evidence"] = ["long-tenure"]
    take(store, made)
    assert hits(store) == [
        Hit(
            key="A1",
            kind="email-addr",
            publication=made["id"],
            collection="ring-tokens",
            campaign="uncorrelated",
            action_tier="step-up",
            confidence=70,
            corroborated=True,
            counter_evidence=["long-tenure"],
            expires="2027-01-31T00:00:00.000Z",
            match="exact",
            own=False,
        )
    ]


def test_a_hit_on_a_public_template_says_so(store: Store) -> None:
    """The Forum says it of an observable by a note, and takes it back by revoking that."""
    seen = sign(ADDR)
    seen["extensions"][GOVERNANCE] |= {"counter_evidence": ["long-tenure"], "public_template": True}
    take(store, seen)
    assert [each.counter_evidence for each in hits(store)] == [["long-tenure", "public-template"]]
    bare = observable(CANON)
    note = {
        "type": "note", "id": "note--1", "content": "x", "labels": ["public-template"],
        "object_refs": [bare["id"]],
    }  # fmt: skip
    record = Tokenised("A1", 1, [CANON])
    take(store, bare)
    assert [each.counter_evidence for each in hits(store, record)] == [[]]
    take(store, note)
    assert [each.counter_evidence for each in hits(store, record)] == [["public-template"]]
    take(store, note | {"revoked": True})
    assert [each.counter_evidence for each in hits(store, record)] == [[]]


def test_what_was_revoked_never_hits_nor_the_bare_token_that_it_spoke_of(store: Store) -> None:
    take(store, sign(ADDR), observable(ADDR))
    assert len(hits(store)) == 1
    take(store, sign(ADDR) | {"revoked": True, "pattern": "[x:y = 1]"})
    assert hits(store) == []


def test_what_has_expired_never_hits_nor_the_bare_token_that_it_spoke_of(store: Store) -> None:
    take(store, sign(ADDR, until="2026-11-24T12:00:00.000Z"), observable(ADDR))
    assert hits(store) == []


def test_a_bare_token_hits_until_its_epoch_ends(store: Store) -> None:
    take(store, observable(CANON))
    [hit] = hits(store)
    assert (hit.kind, hit.action_tier, hit.expires) == (
        "email-canon",
        None,
        stamp(END),
    )


def test_whatever_a_moment_is_written_like_it_is_told_in_one_way(store: Store) -> None:
    take(store, sign(ADDR, until="2027-01-31T00:00:00Z"))
    assert [hit.expires for hit in hits(store)] == ["2027-01-31T00:00:00.000Z"]


def test_a_bare_token_that_was_withdrawn_does_not(store: Store) -> None:
    seen = observable(CANON)
    take(store, seen)
    note = {"type": "note", "id": "note--1", "object_refs": [seen["id"]]}
    take(store, note, alias="ring-withdrawn")
    assert hits(store) == []


def test_two_publications_are_two_hits(store: Store) -> None:
    take(store, sign(ADDR), sign(CANON))
    assert [hit.kind for hit in hits(store)] == ["email-addr", "email-canon"]


def test_what_is_invented_hits_only_when_asked_for(store: Store) -> None:
    take(store, sign(ADDR, object_marking_refs=[EXERCISE]))
    assert hits(store) == []
    assert len(hits(store, exercise=True)) == 1


@pytest.mark.parametrize(
    ("equal", "found"), [(2, []), (3, ["probable-family"]), (4, ["family"]), (32, ["family"])]
)
def test_families_match_by_their_bands(store: Store, equal: int, found: list[str]) -> None:
    bands = [f"{place:043d}" for place in range(32)]
    family = {
        "type": "prompt-family", "id": "prompt-family--1", "scheme": "fs-prompt-band-v1",
        "epoch": EPOCH, "bands": bands, "extensions": {EXTENSIONS["prompt-family"]: {}},
    }  # fmt: skip
    take(store, family)
    mine = bands[:equal] + [f"{place:042d}x" for place in range(equal, 32)]
    record = Tokenised("A1", 1, [Token("prompt-band", EPOCH, each) for each in mine])
    assert [hit.match for hit in hits(store, record)] == found
    assert {hit.expires for hit in hits(store, record)} <= {stamp(END)}
