from __future__ import annotations

from types import MappingProxyType

import pytest

from indicators.domain import tlp
from indicators.domain.stix.check import problems
from indicators.domain.stix.timestamps import NESTED_TIMES, TIMES
from indicators.domain.stix.types import KNOWN_TYPES, STANDARD_TYPES
from indicators.domain.stix.validators import _documents
from tests.domain.stix.corpus import a_valid, valid_objects
from tests.domain.stix.pieces import (
    IDENTITY,
    OTHER_UUID,
    UNKNOWN_EXTENSION,
    UUID,
    Object,
    a_ref,
    an_indicator,
    an_sco,
    an_sdo,
    extended,
)


def codes(obj: Object, *, allow_custom: bool = False) -> set[str]:
    return {problem.code for problem in problems(obj, allow_custom=allow_custom)}


def paths(obj: Object) -> set[str]:
    return {problem.path for problem in problems(obj)}


@pytest.mark.parametrize("obj", valid_objects(), ids=lambda obj: str(obj["type"]))
def test_a_rich_object_of_every_type_is_valid(obj: Object) -> None:
    assert problems(obj) == []
    assert problems(obj, allow_custom=True) == []


def test_the_corpus_has_every_type() -> None:
    assert {str(obj["type"]) for obj in valid_objects()} == KNOWN_TYPES


def test_any_mapping_will_do() -> None:
    assert problems(MappingProxyType(an_indicator())) == []


@pytest.mark.parametrize(
    ("obj", "code"),
    [
        ({}, "TYPE"),
        ({"type": 5}, "TYPE"),
        ({"type": "bundle", "id": f"bundle--{UUID}"}, "UNKNOWN_TYPE"),
        (an_sdo("x-alder-note", name="x"), "UNKNOWN_TYPE"),
        (an_sco("user-agent", value="x"), "UNKNOWN_TYPE"),
        (an_sdo("indicator"), "SCHEMA"),
        (an_indicator(confidence=101), "SCHEMA"),
        (an_indicator(labels=[]), "SCHEMA"),
        (an_indicator(name=None), "SCHEMA"),
        (an_sco("domain-name", value="domain autuo.example"), "SCHEMA"),
        (an_sco("url", value="not a url"), "SCHEMA"),
        (an_sco("email-addr", value="Someone <someone@alder.example>"), "SCHEMA"),
    ],
)
def test_what_the_schemas_refuse_is_refused(obj: Object, code: str) -> None:
    assert codes(obj) == {code}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"created": "2026-02-30T00:00:00.000Z"}, "TIMESTAMP"),
        ({"modified": "2026-12-31T23:59:60.000Z"}, "TIMESTAMP"),
        ({"valid_from": "1969-12-31T23:59:59Z"}, "TIMESTAMP"),
        ({"valid_until": "2101-01-01T00:00:00Z"}, "TIMESTAMP"),
        ({"valid_from": "2026-05-11T00:00:00.1234567Z"}, "TIMESTAMP"),
        ({"modified": "2026-05-11T09:13:59.999Z"}, "ORDER"),
        ({"valid_until": "2026-05-11T00:00:00.000Z"}, "ORDER"),
        ({"id": f"indicator--{UUID.upper()}"}, "ID"),
        ({"created_by_ref": a_ref("indicator")}, "REFERENCE"),
        ({"created_by_ref": IDENTITY.replace("b", "B")}, "REFERENCE"),
        ({"object_marking_refs": [a_ref("identity")]}, "REFERENCE"),
        ({"x_alder_ref": "anything"}, "REFERENCE"),
        ({"x_alder_refs": ["anything"]}, "REFERENCE"),
        ({"alderScore": 1}, "NAME"),
        ({"Alder": 1}, "SCHEMA"),
        ({"al": 1}, "SCHEMA"),
        ({"a" * 251: 1}, "NAME"),
        ({"allow_custom": True}, "NAME"),
        ({"external_references": [{"source_name": "x", "external_id": "1", "X": 1}]}, "NAME"),
        ({"x_alder": {"": 1}}, "NAME"),
        ({"x_alder": {"list": []}}, "EMPTY"),
        ({"x_alder": {"none": None}}, "EMPTY"),
        ({"spec_version": "2.0"}, "VALUE"),
        ({"pattern_version": "2.0"}, "VALUE"),
        ({"pattern": "[ipv4-addr:value = ]"}, "PATTERN"),
        (
            {
                "granular_markings": [
                    {"marking_ref": tlp.Level.RED.marking_id, "selectors": ["name"]}
                ]
            },
            "MARKING",
        ),
        ({"extensions": {"archive-ext": {"contains_refs": [a_ref("file")]}}}, "EXTENSION"),
        ({"extensions": extended("feedback-verdict", verdict="stale")}, "EXTENSION"),
        ({"extensions": extended("share-governance", action_tier="block")}, "EXTENSION"),
        ({"extensions": extended("share-governance", note="free text")}, "EXTENSION"),
    ],
)
def test_what_the_schemas_cannot_say_is_refused(changes: Object, code: str) -> None:
    assert codes(an_indicator() | changes) == {code}


@pytest.mark.parametrize(
    ("obj", "code"),
    [
        (a_valid("campaign", last_seen="2026-05-03T00:00:00Z"), "ORDER"),
        (a_valid("relationship", stop_time="2026-05-04T00:00:00.000000Z"), "ORDER"),
        (a_valid("observed-data", last_observed="2026-05-03T00:00:00Z"), "ORDER"),
        (a_valid("observed-data", number_observed=0), "SCHEMA"),
        (a_valid("observed-data", number_observed=1_000_000_000), "SCHEMA"),
        (a_valid("observed-data", object_refs=[a_ref("marking-definition")]), "REFERENCE"),
        (
            a_valid("observed-data", object_refs=None, objects={"0": an_sco("mutex", name="x")}),
            "VALUE",
        ),
        (a_valid("sighting", sighting_of_ref=a_ref("ipv4-addr")), "REFERENCE"),
        (a_valid("sighting", count=1_000_000_000), "SCHEMA"),
        (a_valid("relationship", source_ref=a_ref("sighting")), "SCHEMA"),
        (a_valid("domain-name", resolves_to_refs=[a_ref("url")]), "REFERENCE"),
        (a_valid("file", hashes={"MD5": "ab" * 20}), "SCHEMA"),
        (a_valid("file", hashes={"md5": "ab" * 20}), "HASH"),
        (a_valid("file", hashes={"SHA-384": "ab"}), "HASH"),
        (a_valid("network-traffic", is_active=None), "VALUE"),
        (a_valid("network-traffic", dst_packets=-1), "VALUE"),
        (
            a_valid(
                "network-traffic",
                extensions={"socket-ext": {"address_family": "AF_INET", "options": {"SO_X": 5.0}}},
            ),
            "VALUE",
        ),
        (
            an_sco(
                "file",
                name="x",
                extensions={"raster-image-ext": {"image_compression_algorithm": "x"}},
            ),
            "VALUE",
        ),
        (a_valid("location", precision=-0.5), "VALUE"),
        (a_valid("extension-definition", created_by_ref=None), "VALUE"),
        (a_valid("language-content", contents={"de": "x"}), "VALUE"),
        (an_sco("process", name="x"), "VALUE"),
        (a_valid("match-token", value="A" * 42 + "B"), "EXTENSION"),
        (a_valid("match-token", kind="passport"), "EXTENSION"),
        (a_valid("match-token", note="x"), "EXTENSION"),
        (a_valid("match-token", extensions=None), "EXTENSION"),
        (a_valid("prompt-family", bands=["A" * 43] * 31), "EXTENSION"),
    ],
)
def test_each_type_has_its_own_rules(obj: Object, code: str) -> None:
    assert codes(obj) == {code}


@pytest.mark.parametrize(
    "changes",
    [
        {"id": tlp.Level.RED.marking_id},
        {"name": "TLP:AMBER"},
        {"object_marking_refs": [a_ref("marking-definition")]},
        {
            "extensions": {
                tlp.EXTENSION_ID: {"extension_type": "property-extension", "tlp_2_0": "x"}
            }
        },
        {"id": a_ref("marking-definition")},
    ],
)
def test_a_tlp_marking_is_the_published_one_or_none(changes: Object) -> None:
    assert codes(tlp.definition(tlp.Level.AMBER_STRICT) | changes) == {"MARKING"}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("statement", {"statement": "x", "more": 1}),
        ("statement", {"statement": ""}),
        ("x-alder", {"x": 1}),
    ],
)
def test_other_marking_bodies_are_refused(kind: str, body: Object) -> None:
    obj = an_sdo("marking-definition", definition_type=kind, definition=body)
    assert codes(obj) == {"MARKING"}


@pytest.mark.parametrize(
    "selector",
    [
        "pattern",
        "indicator_types",
        "indicator_types.[0]",
        "x_alder.inner.[1]",
        "object_marking_refs",
    ],
)
def test_a_granular_marking_selects_what_is_there(selector: str) -> None:
    marking = {"marking_ref": tlp.Level.RED.marking_id, "selectors": [selector]}
    obj = an_indicator(
        x_alder={"inner": ["a", "b"]},
        object_marking_refs=[tlp.Level.AMBER.marking_id],
        granular_markings=[marking],
    )
    assert problems(obj) == []


@pytest.mark.parametrize("selector", ["nothing", "indicator_types.[1]", "revoked", "pattern.[0]"])
def test_a_granular_marking_that_selects_nothing_is_refused(selector: str) -> None:
    marking = {"marking_ref": tlp.Level.RED.marking_id, "selectors": [selector]}
    assert codes(an_indicator(revoked=False, granular_markings=[marking])) == {"MARKING"}


def test_an_unknown_property_extension_is_tolerated_whatever_it_holds() -> None:
    body = {"extension_type": "property-extension", "level": 5, "more": {"A": ["x"]}}
    assert problems(an_indicator(extensions={UNKNOWN_EXTENSION: body})) == []


def test_custom_properties_are_tolerated() -> None:
    assert problems(an_indicator(x_alder_score=0.5, x_alder={"Deep": [{"er": 1}]})) == []


def test_an_observable_may_have_any_uuid() -> None:
    v5 = "ipv4-addr--efcd5e80-570d-5131-b213-62cb18eaa6a8"
    assert problems(an_sco("ipv4-addr", value="192.0.2.1") | {"id": v5}) == []
    assert problems(an_sco("ipv4-addr", value="192.0.2.1")) == []


def test_problems_say_where_in_the_words_of_stix_selectors() -> None:
    obj = an_indicator(
        external_references=[{"source_name": "x", "external_id": "1", "hashes": {"MD5": "x"}}],
        kill_chain_phases=[{"kill_chain_name": "x", "phase_name": 5}],
    )
    assert "kill_chain_phases.[0].phase_name" in paths(obj)
    assert "external_references.[0].hashes.MD5" in paths(obj)


def test_problems_never_repeat_the_value_they_are_about() -> None:
    secret = "4111111111111111"
    for name in ("confidence", "created", "id", "pattern", "labels", "valid_from", "x_alder_ref"):
        for value in (secret, [secret], {secret: secret}):
            told = problems(an_indicator() | {name: value})
            assert all(secret not in problem.message for problem in told)


def test_no_more_than_twenty_problems_are_told() -> None:
    assert len(problems(an_indicator() | {f"alder{number}X": 1 for number in range(100)})) == 20


class TestCatalogues:
    """`allow_custom`: what verbatim collections accept beside all this."""

    def test_unknown_types_pass_by_their_common_properties(self) -> None:
        odd = an_sdo("x-mitre-tactic", x_mitre_refs=["x"], nested={"": None, "list": []})
        assert problems(odd, allow_custom=True) == []
        assert codes(odd | {"shortName": "x"}, allow_custom=True) == {"NAME"}

    def test_an_unknown_object_without_any_time_counts_as_an_observable(self) -> None:
        bare = an_sco("x-mitre-collection", name="x", x_mitre_contents=["anything"])
        assert problems(bare, allow_custom=True) == []

    def test_an_unknown_object_with_half_its_times_is_refused(self) -> None:
        half = an_sco("x-mitre-collection", created="2026-05-11T09:14:00.000Z")
        assert codes(half, allow_custom=True) == {"SCHEMA"}

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"id": f"x-other--{OTHER_UUID}"}, "ID"),
            ({"created": "2026-02-30T00:00:00.000Z"}, "TIMESTAMP"),
            ({"created_by_ref": a_ref("tool")}, "REFERENCE"),
            ({"spec_version": "2.0"}, "VALUE"),
            ({"revoked": "no"}, "SCHEMA"),
        ],
    )
    def test_common_properties_of_unknown_types_are_checked(
        self, changes: Object, code: str
    ) -> None:
        assert codes(an_sdo("x-mitre-tactic") | changes, allow_custom=True) == {code}

    def test_a_bundle_is_never_an_object(self) -> None:
        assert codes({"type": "bundle", "id": f"bundle--{UUID}"}, allow_custom=True)

    def test_published_slips_of_known_types_are_taken_as_they_are(self) -> None:
        slips = an_sdo(
            "attack-pattern",
            name="x",
            modified="2026-05-10T00:00:00.000Z",
            external_references=[{"source_name": "x", "url": "https://x.example/a b"}],
        )
        assert codes(slips) == {"SCHEMA"}
        assert problems(slips, allow_custom=True) == []

    def test_known_types_keep_their_rules(self) -> None:
        assert codes(an_indicator(valid_until="2026-05-11T00:00:00Z"), allow_custom=True)


def test_the_table_of_timestamps_is_that_of_the_schemas() -> None:
    for type_ in STANDARD_TYPES - {"marking-definition"}:
        text = _documents()[type_]
        assert text.count("timestamp.json") == len(TIMES.get(type_, ())) + len(
            NESTED_TIMES.get(type_, ())
        ), type_
