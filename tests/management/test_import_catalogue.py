"""Importing a bundle into a verbatim collection."""

from __future__ import annotations

import json
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from indicators.management import importing
from indicators.models.audit import AuditEntry
from indicators.models.publication import Publication
from tests.forum import stix


pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _collections() -> None:
    call_command(
        "add_collection", "reference", title="Reference", kind="verbatim", stdout=StringIO()
    )
    call_command("add_collection", "sharing", title="Sharing", kind="sharing", stdout=StringIO())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "bundle.json"


def load(file: Path, *objects: Mapping[str, Any], into: str = "reference") -> str:
    file.write_text(json.dumps({"type": "bundle", "objects": objects}))
    out = StringIO()
    call_command("import_catalogue", str(file), collection=into, stdout=out)
    return out.getvalue()


def technique(name: str, **properties: Any) -> dict[str, Any]:
    return stix("attack-pattern", name=name, **properties)


def bodies() -> list[Any]:
    return [json.loads(each.body or "") for each in Publication.objects.order_by("position")]


def test_objects_keep_their_ids_versions_and_order(file: Path) -> None:
    objects = [technique(f"T{number}", x_own=[1, {"a": "ü"}]) for number in range(5)]
    assert "5 new, 0 unchanged, 0 refused" in load(file, *objects)
    assert sorted(bodies(), key=_id) == sorted(objects, key=_id)


def test_a_second_run_changes_nothing(file: Path) -> None:
    objects = [technique("T1"), technique("T2")]
    load(file, *objects)
    before = (list(Publication.objects.values()), AuditEntry.objects.count())
    assert "0 new, 2 unchanged, 0 refused" in load(file, *objects)
    assert (list(Publication.objects.values()), AuditEntry.objects.count()) == before


def test_of_a_repeated_version_the_first_is_kept_and_the_others_are_reported(file: Path) -> None:
    first = technique("First")
    second = {**first, "name": "Second"}
    said = load(file, first, second, first)
    assert "1 new, 1 unchanged, 1 refused" in said
    assert f"refused  {first['id']}  VERSION_CONFLICT" in said
    assert bodies() == [first]


def test_every_version_is_kept_and_the_newest_is_live(file: Path) -> None:
    old = technique("Old")
    new = {**old, "name": "New", "modified": "2026-11-02T00:00:00.000Z"}
    assert "2 new" in load(file, new, old)
    assert [json.loads(each.body or "") for each in Publication.objects.live()] == [new]
    assert Publication.objects.count() == 2


def test_of_an_object_without_a_version_the_latest_counts(file: Path) -> None:
    first = {"type": "x-list", "spec_version": "2.1", "id": _ID, "name": "one"}
    load(file, first, {**first, "name": "two"}, {**first, "name": "three"})
    assert [json.loads(each.body or "")["name"] for each in Publication.objects.live()] == ["three"]


def test_what_is_no_stix_is_reported_and_the_rest_taken(file: Path) -> None:
    said = load(file, technique("Good"), {"type": "attack-pattern", "id": "attack-pattern--1"})
    assert "1 new, 0 unchanged, 1 refused" in said
    assert "INVALID_STIX" in said


def test_many_objects_go_in_chunks(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "CHUNK", 10)
    assert "25 new" in load(file, *(technique(f"T{number}") for number in range(25)))
    assert AuditEntry.objects.filter(act="catalogue imported").count() == 3


def test_only_a_verbatim_collection_takes_it(file: Path) -> None:
    with pytest.raises(CommandError, match="sharing is a sharing collection"):
        load(file, technique("T"), into="sharing")


@pytest.mark.parametrize("text", ["{", "[]", '{"objects": 1}', '{"objects": [1]}', "\xff"])
def test_a_file_that_is_no_bundle_is_refused(file: Path, text: str) -> None:
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(CommandError, match=r"bundle\.json"):
        call_command("import_catalogue", str(file), collection="reference")


def test_a_file_that_is_not_there_is_refused(file: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_catalogue", str(file), collection="reference")


_ID = "x-list--3f5bd2a5-4b4f-4c37-9d3a-9f3f3c8e6a11"


def _id(body: Mapping[str, Any]) -> str:
    return str(body["id"])
