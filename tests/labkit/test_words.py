"""The words that labkit knows by itself are those of the hub."""

from __future__ import annotations

import json

from indicators.domain.disclosure import current_policy
from indicators.domain.stix.extensions import BY_NAME
from indicators.domain.stix.validators import extension_schema_text
from labkit import stix


def listed(extension: str, name: str) -> set[str]:
    schema = json.loads(extension_schema_text(extension))
    return set(schema["properties"][name]["enum"])


def test_extensions_have_the_ids_of_their_definitions() -> None:
    assert {name: BY_NAME[name].id for name in stix.EXTENSIONS} == stix.EXTENSIONS


def test_what_a_lab_may_choose_is_what_the_hub_takes() -> None:
    assert set(stix.NEXUS) == current_policy().threat_nexus
    assert set(stix.TIERS) == listed("share-governance", "action_tier")
    assert set(stix.TEMPLATES) == listed("prompt-family", "template_class")
