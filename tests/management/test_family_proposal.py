"""The command over proposals of prompt families: the same acts as the screen's."""

from __future__ import annotations

import io
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from indicators.members.people import add_person
from indicators.models.family_proposal import FamilyProposal


def said(*words: str) -> str:
    out = io.StringIO()
    call_command("family_proposal", *words, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_a_proposal_is_listed_and_accepted_by_somebody_who_may(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a fast one
    from indicators.matching.epochs import live_epochs  # noqa: PLC0415  needs Django's settings
    from tests.forum import Forum, now  # noqa: PLC0415  as above
    from tests.pipeline import prompting  # noqa: PLC0415  as above
    from tests.pipeline.governing import clerk  # noqa: PLC0415  as above

    forum, random = Forum.make(), Random(5)
    for role in ("reviewer", "analyst"):
        add_person(clerk(), login=role, password="a password of the tests", role=role)
    epoch, first = min(live_epochs(now())), prompting.bands(random)
    for each in (first, prompting.mixed(random, (first, range(3)))):
        forum.push("alder", prompting.family_with(each, epoch))
    assert said("list") == "None.\n"
    prompting.group()
    assert "3 bands  distillation-tokens/prompt-family--" in said("list")
    wanted = str(FamilyProposal.objects.get().pk)
    with pytest.raises(CommandError, match="may not do this"):
        said("accept", wanted, "--by", "analyst")
    assert said("accept", wanted, "--by", "reviewer") == "Accepted: one family.\n"
    assert len(prompting.families_of(forum)) == 1
    with pytest.raises(CommandError, match="no such proposal"):
        said("reject", wanted, "--by", "reviewer")
