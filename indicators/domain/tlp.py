"""The Traffic Light Protocol 2.0: levels, their order, and their exact STIX objects.

In the wild these markings carry wrong ids and wrong bodies, so both are constants here and nothing
else counts as TLP. The four markings of TLP 1 are understood and mapped to TLP 2.
Sources: FIRST TLP 2.0; OASIS cti-stix-common-objects, extension-definition--60a3c5c5-…; STIX 2.1
§7.2.1.4 for TLP 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum


EXTENSION_ID = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"


class Level(IntEnum):
    """A TLP 2.0 level; a stricter one is greater."""

    CLEAR = 0
    GREEN = 1
    AMBER = 2
    AMBER_STRICT = 3
    RED = 4

    @property
    def label(self) -> str:
        """As people write it: `TLP:AMBER+STRICT`."""
        return f"TLP:{self.name.replace('_', '+')}"

    @property
    def marking_id(self) -> str:
        """The id of the level's TLP 2.0 marking definition."""
        return _IDS[self]


_IDS: Mapping[Level, str] = {
    Level.CLEAR: "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    Level.GREEN: "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    Level.AMBER: "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    Level.AMBER_STRICT: "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    Level.RED: "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}
TLP1_IDS: Mapping[str, Level] = {
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": Level.CLEAR,
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": Level.GREEN,
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": Level.AMBER,
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": Level.RED,
}
"""The predefined markings of TLP 1 (white, green, amber, red) and what they mean in TLP 2."""

_LEVELS: Mapping[str, Level] = {**{id_: level for level, id_ in _IDS.items()}, **TLP1_IDS}


def definition(level: Level) -> dict[str, object]:
    """The official marking-definition object of a level, fresh to be changed or published."""
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": level.marking_id,
        "created": "2022-10-01T00:00:00.000Z",
        "name": level.label,
        "extensions": {
            EXTENSION_ID: {
                "extension_type": "property-extension",
                "tlp_2_0": level.label.removeprefix("TLP:").lower(),
            }
        },
    }


def level_of(marking_id: str) -> Level | None:
    """The level a marking id stands for, by TLP 2 or TLP 1; None for every other id."""
    return _LEVELS.get(marking_id)


def strictest(marking_refs: Iterable[str]) -> Level | None:
    """The strictest TLP level among the ids; None when none of them is a TLP marking."""
    levels = (level_of(marking_id) for marking_id in marking_refs)
    return max((level for level in levels if level is not None), default=None)
