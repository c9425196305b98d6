"""What a personal identifier needs to be said of it, and by which object."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.domain.nexus import covers_personal, stated
from indicators.domain.objects import Declaration
from indicators.domain.stix.extensions import BY_NAME


GOVERNANCE = BY_NAME["share-governance"].id
MAIL = "email-addr--2d77a846-6264-5d51-b586-e43822ea1ea3"
OTHER = "email-addr--11111111-6264-5d51-b586-e43822ea1ea3"
ALDER = "identity--33333333-3333-4333-8333-333333333333"


def stating(type_: str, *words: str, **properties: Any) -> dict[str, Any]:
    body = {"threat_nexus": list(words or ("fraudulent-account",))}
    return {
        "type": type_,
        "id": f"{type_}--22222222-2222-4222-8222-222222222222",
        "extensions": {GOVERNANCE: {"extension_type": "property-extension", **body}},
        **properties,
    }


def silent(type_: str, **properties: Any) -> dict[str, Any]:
    return {"type": type_, "id": f"{type_}--44444444-4444-4444-8444-444444444444", **properties}


@pytest.mark.parametrize("type_", ["grouping", "observed-data", "report"])
def test_an_object_states_it_for_what_it_refers_to(type_: str) -> None:
    envelope = [silent("email-addr", id=MAIL), stating(type_, object_refs=[MAIL])]
    assert MAIL in stated(envelope)
    assert OTHER not in stated(envelope)


@pytest.mark.parametrize(("source", "target"), [("infrastructure", MAIL), (MAIL, "infrastructure")])
def test_a_relationship_carries_it_whichever_way_it_points(source: str, target: str) -> None:
    cluster = stating("infrastructure")
    named = {"infrastructure": cluster["id"]}
    link = silent(
        "relationship",
        relationship_type="consists-of",
        source_ref=named.get(source, source),
        target_ref=named.get(target, target),
    )
    assert MAIL in stated([cluster, link])
    assert MAIL not in stated([silent("infrastructure", id=cluster["id"]), link])


def test_what_is_said_of_observed_data_is_said_of_what_was_observed() -> None:
    seen = silent("observed-data", object_refs=[MAIL])
    group = stating("grouping", object_refs=[seen["id"]])
    assert MAIL in stated([seen, group])


def test_it_does_not_travel_further_than_one_step() -> None:
    inner = silent("grouping", object_refs=[MAIL])
    outer = stating("grouping", object_refs=[inner["id"]])
    assert MAIL not in stated([inner, outer])


def test_a_breach_of_terms_alone_states_nothing() -> None:
    assert stated([stating("grouping", "tos-breach", object_refs=[MAIL])]) == frozenset()
    both = stating("grouping", "tos-breach", "geo-evasion", object_refs=[MAIL])
    assert MAIL in stated([both])


@pytest.mark.parametrize(
    "stating_nothing",
    [
        stating("grouping", object_refs=[MAIL], revoked=True),
        stating("grouping", "because-we-say-so", object_refs=[MAIL]),
        stating("grouping", "geo-evasion", "because-we-say-so", object_refs=[MAIL]),
        stating("note", object_refs=[MAIL]),
        stating("x-rumour", object_refs=[MAIL]),
    ],
    ids=["revoked", "unknown word", "one unknown word", "no place for it", "unknown type"],
)
def test_what_would_not_be_accepted_states_nothing(stating_nothing: dict[str, Any]) -> None:
    assert stated([stating_nothing]) == frozenset()


def test_a_relationship_that_is_taken_back_carries_nothing() -> None:
    cluster = stating("infrastructure")
    link = silent(
        "relationship",
        relationship_type="consists-of",
        source_ref=cluster["id"],
        target_ref=MAIL,
        revoked=True,
    )
    assert MAIL not in stated([cluster, link])


def test_authors_and_markings_are_not_what_it_is_about() -> None:
    body = stating(
        "grouping", object_refs=[MAIL], created_by_ref=ALDER, object_marking_refs=[OTHER]
    )
    assert stated([body]) == {body["id"], MAIL}


def test_a_defaulted_declaration_covers_a_person_only_through_a_statement() -> None:
    purpose = "adversarial-distillation-defence"
    own = Declaration(purpose, ("geo-evasion",), defaulted=False)
    standing = Declaration(purpose, ("geo-evasion",), defaulted=True)
    assert covers_personal(own, MAIL, stated=frozenset())
    assert not covers_personal(standing, MAIL, stated=frozenset({OTHER}))
    assert covers_personal(standing, MAIL, stated=frozenset({MAIL}))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["id", "type", "extensions", GOVERNANCE, "threat_nexus", "object_refs",
                         "source_ref", "target_ref", "x"]),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(
    st.lists(st.dictionaries(st.sampled_from(["id", "type", "extensions", "source_ref"]), _JSON))
)
def test_any_shape_can_be_read(envelope: list[dict[str, Any]]) -> None:
    assert isinstance(stated(envelope), frozenset)
