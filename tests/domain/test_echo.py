"""By what the Forum's own words are known again: never by a name that a lab gave."""

from __future__ import annotations

import pytest

from indicators.domain.echo import marks, published_marks


def named(type_: str, name: str) -> dict[str, object]:
    return {"type": type_, "id": f"{type_}--7d3b6f0e-52a1-4c8e-9a55-1f2f6a1f0c11", "name": name}


@pytest.mark.parametrize(
    ("type_", "name"),
    [
        ("campaign", "FDA-2026-001"),
        ("campaign", "FDA-2026-001 QUIET ABACUS"),
        ("campaign", "FDA-2026-1001 ABACUS 9"),
        ("infrastructure", "FDA-2026-001 infrastructure"),
        ("intrusion-set", "FDA-OP-01"),
    ],
)
def test_what_the_forum_calls_something_is_known_under_any_id(type_: str, name: str) -> None:
    body = named(type_, name)
    [mark] = published_marks(body)
    assert marks({"type": type_, "id": f"{type_}--of-a-tool", "name": name}) == [mark]


@pytest.mark.parametrize(
    "name", ["FDA-01", "FDA-2026-001 our relays", "see FDA-2026-001", "QUIET ABACUS"]
)
def test_a_name_that_a_lab_gave_is_not(name: str) -> None:
    assert published_marks(named("campaign", name)) == []
