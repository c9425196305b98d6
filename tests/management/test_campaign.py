"""The command of campaigns: what stands, what waits for a decision, and who decides."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command

from indicators.members.people import add_person
from indicators.models.audit import AuditEntry


if TYPE_CHECKING:
    from tests.forum import Forum


@pytest.fixture
def forum(db: None, settings: Any) -> Forum:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a fast one
    from tests.forum import Forum  # noqa: PLC0415  models need Django's settings, made by then
    from tests.pipeline.campaigns.views import view  # noqa: PLC0415  as above
    from tests.pipeline.governing import clerk  # noqa: PLC0415  as above

    for role in ("reviewer", "auditor"):
        add_person(clerk(), login=role, password="a password of the tests", role=role)
    made = Forum.make()
    made.push("alder", *view(101, 102, egress="198.51.100.10"))
    made.push("birch", *view(101, 102, egress="198.51.100.13"))
    return made


def said(*words: str) -> str:
    out = io.StringIO()
    call_command("campaign", *words, stdout=out)
    return out.getvalue()


def test_a_run_says_what_it_came_to_and_the_campaign_is_listed(forum: Forum) -> None:
    assert said("list") == "None.\n"
    assert "1 campaigns, 0 proposals open" in said("run", "distillation")
    assert "-001  distillation/campaign--" in said("list")
    assert said("proposals") == "None.\n"
    with pytest.raises(CommandError, match="no sharing collection"):
        said("run", "distillation-tokens")


def test_a_name_and_an_operator_are_given_by_whoever_may(forum: Forum) -> None:
    said("run", "distillation")
    designation = said("list").split()[0]
    with pytest.raises(CommandError, match="may not do this"):
        said("name", designation, "QUIET ABACUS", "--by", "auditor")
    with pytest.raises(CommandError, match="capitals"):
        said("name", designation, "Quiet abacus", "--by", "reviewer")
    assert "QUIET ABACUS" in said("name", designation, "QUIET ABACUS", "--by", "reviewer")
    assert "intrusion-set--" in said("designate", designation, "--by", "reviewer")
    with pytest.raises(CommandError, match="already"):
        said("designate", designation, "--by", "reviewer")
    acts = set(AuditEntry.objects.values_list("act", flat=True))
    assert {"campaign named", "campaign attributed", "acted by command line"} <= acts


def test_what_is_not_there_cannot_be_decided(forum: Forum) -> None:
    with pytest.raises(CommandError, match="0 proposals have an id"):
        said("together", "abcd", "--why", "x", "--by", "reviewer")
    with pytest.raises(CommandError, match="0 standing campaigns"):
        said("name", "FDA-1999-001", "X", "--by", "reviewer")
