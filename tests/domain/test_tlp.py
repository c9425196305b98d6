from __future__ import annotations

import pytest
import stix2

from indicators.domain.tlp import TLP1_IDS, Level, definition, level_of, strictest


STATEMENT = "marking-definition--5f5b8a3e-8d0a-4b6e-9c1f-2d3e4f5a6b7c"


def test_levels_are_ordered_by_strictness() -> None:
    assert max(Level) is Level.RED
    assert Level.CLEAR < Level.GREEN < Level.AMBER < Level.AMBER_STRICT < Level.RED


def test_a_definition_is_the_published_object_to_the_letter() -> None:
    assert definition(Level.AMBER_STRICT) == {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
        "created": "2022-10-01T00:00:00.000Z",
        "name": "TLP:AMBER+STRICT",
        "extensions": {
            "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d": {
                "extension_type": "property-extension",
                "tlp_2_0": "amber+strict",
            }
        },
    }


@pytest.mark.parametrize(
    ("ours", "level"),
    [
        (stix2.TLP_WHITE, Level.CLEAR),
        (stix2.TLP_GREEN, Level.GREEN),
        (stix2.TLP_AMBER, Level.AMBER),
        (stix2.TLP_RED, Level.RED),
    ],
)
def test_the_markings_of_tlp_1_count_as_their_successors(
    ours: stix2.MarkingDefinition, level: Level
) -> None:
    assert TLP1_IDS[ours.id] is level


def test_the_strictest_of_several_markings_wins_whatever_else_stands_there() -> None:
    refs = [Level.GREEN.marking_id, STATEMENT, next(iter(TLP1_IDS)), Level.AMBER.marking_id]
    assert strictest(refs) is Level.AMBER


@pytest.mark.parametrize("refs", [[], [STATEMENT], [Level.RED.marking_id[:-1] + "2"]])
def test_ids_that_are_no_tlp_marking_have_no_level(refs: list[str]) -> None:
    assert strictest(refs) is None
    assert all(level_of(ref) is None for ref in refs)
