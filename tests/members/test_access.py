"""The gate: what grant and scopes give together; the rest is not there at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from indicators.members import access
from indicators.members.access import CollectionMissing, RightMissing
from indicators.members.authenticate import Principal
from indicators.members.credentials import EVERYDAY_SCOPES
from indicators.models.collection import Collection
from tests.labs import Lab, grant, new_collection, new_lab


pytestmark = pytest.mark.django_db

DOORS = ("taxii", "rest", "portal", "peers")
INDICATORS = Path(access.__file__).parents[1]


@dataclass
class Scene:
    alder: Lab
    collections: dict[str, Collection]

    def principal(self, *scopes: str) -> Principal:
        return Principal(self.alder.id, "alder", "aaaaaaaa", scopes or EVERYDAY_SCOPES)


@pytest.fixture
def scene() -> Scene:
    """alder may do everything in `both`, one thing in `inbox` and `outbox`, none in `private`."""
    alder, birch = new_lab("alder"), new_lab("birch")
    named = {alias: new_collection(alias) for alias in ("both", "inbox", "outbox", "private")}
    for alias in ("both", "inbox", "outbox", "private"):
        for kind in (Collection.Kind.TOKENS, Collection.Kind.WITHDRAWN):
            beside = f"{alias}-{kind}"
            named[beside] = new_collection(beside, kind, parent=named[alias])
    grant(alder, named["both"], can_write=True)
    grant(alder, named["inbox"], can_read=False, can_write=True)
    grant(alder, named["outbox"])
    grant(birch, named["private"], can_write=True)
    return Scene(alder, named)


def rights(principal: Principal) -> dict[str, tuple[bool, bool]]:
    return {
        one.collection.alias: (one.can_read, one.can_write) for one in access.visible(principal)
    }


def test_a_member_sees_what_it_has_a_right_to_and_nothing_else(scene: Scene) -> None:
    assert rights(scene.principal()) == {
        "both": (True, True),
        "both-tokens": (True, False),
        "both-withdrawn": (True, False),
        "inbox": (False, True),
        "outbox": (True, False),
        "outbox-tokens": (True, False),
        "outbox-withdrawn": (True, False),
    }


def test_collections_come_by_id_ascending(scene: Scene) -> None:
    ids = [str(one.collection.id) for one in access.visible(scene.principal())]
    assert ids == sorted(ids)


@pytest.mark.parametrize(
    ("scopes", "expected"),
    [
        (["submit"], {"both": (False, True), "inbox": (False, True)}),
        (
            ["feed:read:both"],
            {"both": (True, False), "both-tokens": (True, False), "both-withdrawn": (True, False)},
        ),
        (["feed:read:both-tokens"], {"both-tokens": (True, False)}),
        (["feed:read:private"], {}),
        (["status:read"], {}),
    ],
    ids=str,
)
def test_a_scope_that_is_missing_is_a_missing_right(
    scene: Scene, scopes: list[str], expected: dict[str, tuple[bool, bool]]
) -> None:
    assert rights(scene.principal(*scopes)) == expected


def test_the_gate_opens_by_id_and_by_alias(scene: Scene) -> None:
    both = scene.collections["both"]
    for name in (str(both.id), "both"):
        assert access.readable(scene.principal(), name) == both
        assert access.writable(scene.principal(), name) == both
        assert access.deletable(scene.principal(), name) == both


@pytest.mark.parametrize(
    ("gate", "alias"),
    [
        (access.readable, "inbox"),
        (access.writable, "outbox"),
        (access.writable, "both-tokens"),
        (access.writable, "both-withdrawn"),
        (access.deletable, "inbox"),
        (access.deletable, "outbox"),
    ],
)
def test_one_right_of_two_is_a_refusal_that_says_so(
    scene: Scene, gate: Callable[[Principal, str], Collection], alias: str
) -> None:
    with pytest.raises(RightMissing, match=r"right to|may "):
        gate(scene.principal(), alias)


@pytest.mark.parametrize("gate", [access.find, access.readable, access.writable, access.deletable])
@pytest.mark.parametrize("alias", ["private", "private-tokens", "no-such", "", "\x00", "é"])
def test_no_right_at_all_is_the_same_as_no_collection(
    scene: Scene, gate: Callable[[Principal, str], object], alias: str
) -> None:
    with (
        CaptureQueriesContext(connection) as queries,
        pytest.raises(CollectionMissing) as raised,
    ):
        gate(scene.principal(), alias)
    assert raised.value.args == ()
    # The work does not depend on the name: it is not even part of the query.
    assert len(queries) == 1
    assert not alias or alias not in queries[0]["sql"]


@pytest.mark.parametrize("door", DOORS)
def test_no_door_gets_a_collection_but_through_the_gate(door: str) -> None:
    for source in sorted((INDICATORS / door).rglob("*.py")):
        assert "Collection.objects" not in source.read_text(), f"{source} goes past members/access"
