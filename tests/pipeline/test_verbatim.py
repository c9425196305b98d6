"""Verbatim collections: plain TAXII for the Forum's own publishers."""

from __future__ import annotations

import json

import pytest

from indicators.models.publication import Publication
from tests.forum import Forum, messages, outcomes, stix


MATRIX = "x-mitre-matrix--11111111-1111-4111-8111-111111111111"
STATEMENT = "marking-definition--11111111-1111-4111-8111-111111111111"


@pytest.fixture
def library(forum: Forum) -> Forum:
    forum.add_collection("reference", kind="verbatim", marking="clear")
    return forum


def technique(**properties: object) -> dict[str, object]:
    return stix("attack-pattern", name="Extract AI Model", **properties)


def test_an_object_keeps_its_id_version_and_words(library: Forum) -> None:
    sent = technique(x_mitre_version="1.0", description="As its publisher wrote it.")
    status = library.push("alder", sent, into="reference")
    assert outcomes(status) == ["published"], messages(status)
    assert library.feed("reference") == [sent]


def test_custom_types_are_welcome(library: Forum) -> None:
    tactic = stix("x-mitre-tactic", name="Exfiltration", x_mitre_shortname="exfiltration")
    assert outcomes(library.push("alder", tactic, into="reference")) == ["published"]


def test_every_version_stays_and_the_newest_is_live_in_any_order(library: Forum) -> None:
    old = technique()
    new = old | {"modified": "2026-11-09T00:00:00.000Z", "name": "Extract the model"}
    library.push("alder", new, into="reference")
    library.push("alder", old, into="reference")
    assert library.feed("reference") == [new]
    assert library.feed("reference", versions="all") == [new, old]


def test_of_a_repeated_version_the_first_is_kept_and_the_other_reported(library: Forum) -> None:
    first = technique()
    second = first | {"name": "Another"}
    status = library.push("alder", first, second, into="reference")
    assert outcomes(status) == ["published", "rejected"]
    assert "VERSION_CONFLICT" in messages(status)[1]
    assert library.feed("reference") == [first]


def test_of_an_unversioned_object_the_latest_counts(library: Forum) -> None:
    first = {"type": "x-mitre-matrix", "id": MATRIX,
             "spec_version": "2.1", "name": "one"}  # fmt: skip
    second = first | {"name": "two"}
    library.push("alder", first, into="reference")
    library.push("alder", second, into="reference")
    assert library.feed("reference") == [second]


def test_delete_removes_every_version(library: Forum) -> None:
    old = technique()
    new = old | {"modified": "2026-11-09T00:00:00.000Z"}
    library.push("alder", old, new, into="reference")
    assert library.retract("alder", str(old["id"]), into="reference")
    assert not Publication.objects.filter(collection=library.collections["reference"]).exists()
    assert not library.retract("alder", str(old["id"]), into="reference")


def test_what_stands_there_is_referred_to_from_a_sharing_collection(library: Forum) -> None:
    model_theft = technique()
    library.push("alder", model_theft, into="reference")
    campaign = stix("campaign", name="QUIET ABACUS")
    uses = stix("relationship", relationship_type="uses", source_ref=campaign["id"],
                target_ref=model_theft["id"])  # fmt: skip
    status = library.push("birch", campaign, model_theft, uses)
    assert outcomes(status) == ["published", "echo", "published"], messages(status)
    link = next(each for each in library.feed() if each["type"] == "relationship")
    assert link["target_ref"] == model_theft["id"]
    assert "QUIET" not in json.dumps(library.feed())


def test_what_has_no_modified_is_not_versioned(library: Forum) -> None:
    first = {"type": "marking-definition", "spec_version": "2.1", "name": "one",
             "id": STATEMENT,
             "created": "2017-06-01T00:00:00.000Z", "definition_type": "statement",
             "definition": {"statement": "Copyright 2025"}}  # fmt: skip
    second = first | {"definition": {"statement": "Copyright 2026"}}
    library.push("alder", first, into="reference")
    status = library.push("alder", second, into="reference")
    assert outcomes(status) == ["published"], messages(status)
    assert library.feed("reference", versions="all") == [second]
