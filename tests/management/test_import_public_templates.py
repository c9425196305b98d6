"""Putting templates on the list of public ones: prompts, skeletons, or those of the package."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command

from indicators.models.audit import AuditEntry
from indicators.models.family import PublicTemplate, Skeleton
from indicators.pipeline import public_templates
from labkit.skeleton import skeleton


if TYPE_CHECKING:
    from tests.forum import Forum

TEXT = (
    "Read the case below twice and name the rule that decides it, then apply that rule to the case "
    "and say in one sentence what a second judge would object. Case: "
)
PROMPTS = [TEXT + each for each in ("amber", "birch", "clay", "dune", "ember", "flint")]


@pytest.fixture
def forum(db: None) -> Forum:
    from tests.forum import Forum  # noqa: PLC0415  models need Django's settings, made by then

    return Forum.make()


def said(*words: str) -> str:
    out = StringIO()
    call_command("import_public_templates", *words, stdout=out)
    return out.getvalue()


def test_prompts_and_skeletons_of_labkit_are_taken(forum: Forum, tmp_path: Path) -> None:
    prompts, bands = tmp_path / "prompts.jsonl", tmp_path / "bands.jsonl"
    prompts.write_text("".join(json.dumps({"text": each}) + "\n" for each in PROMPTS))
    made = skeleton(PROMPTS)
    line = json.dumps({"bands": [each.hex() for each in made.bands], "shingles": made.shingles})
    bands.write_text(f"{line}\n{line}\n")
    assert "1 on the list" in said(str(prompts), "--name", "a case")
    assert "2 on the list" in said(str(bands), "--name", "two cases")
    imported = PublicTemplate.objects.filter(source="imported").order_by("name")
    assert [each.name for each in imported] == ["a case", "two cases 1", "two cases 2"]
    assert {bytes(each.bands) for each in imported} == {b"".join(made.bands)}
    assert Skeleton.objects.filter(template__in=imported).count() == 3
    assert AuditEntry.objects.filter(act="public template listed").count() == 3
    assert "imported" in said("--list")
    assert "off the list" in said("--remove", "a case")
    assert not Skeleton.objects.filter(template__name="a case").exists()


def test_those_of_the_package_come_without_a_file(forum: Forum) -> None:
    assert f"Tokens of {len(public_templates.packaged())} made" in said()
    assert "Tokens of 0 made" in said()


@pytest.mark.parametrize(
    ("text", "words", "why"),
    [
        ('{"text": "too few"}', ["--name", "x"], "needs 6 prompts"),
        ('{"bands": ["00"]}', ["--name", "x"], "32 bands of 16 bytes"),
        ('{"bands": ["no"]}', ["--name", "x"], "hexadecimal"),
        ("no JSON", ["--name", "x"], "Expecting value|no JSON"),
        ('{"text": "x"}', [], "none of the package's"),
        ('{"text": "x"}', ["--name", min(public_templates.packaged())], "none of the package's"),
    ],
)
def test_what_is_no_template_is_refused(
    forum: Forum, tmp_path: Path, text: str, words: list[str], why: str
) -> None:
    file = tmp_path / "file.jsonl"
    file.write_text(text)
    with pytest.raises(CommandError, match=why):
        said(str(file), *words)
    assert not PublicTemplate.objects.exists()


def test_only_what_was_imported_is_removed(forum: Forum) -> None:
    said()
    with pytest.raises(CommandError, match="comes with the package"):
        said("--remove", min(public_templates.packaged()))
    with pytest.raises(CommandError, match="no public template"):
        said("--remove", "nothing")
