"""The screen of proposals over prompt families."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING

from indicators.matching.epochs import live_epochs
from indicators.models.family_proposal import FamilyProposal
from tests.forum import Forum, now
from tests.labs import acting_as
from tests.pipeline.prompting import bands, families_of, family_with, group, mixed


if TYPE_CHECKING:
    from tests.admin.desk import Desk


def test_a_reviewer_joins_two_families_or_keeps_them_apart(
    forum: Forum, desk: Callable[[str], Desk]
) -> None:
    random, epoch = Random(3), min(live_epochs(now()))
    first, second = bands(random), bands(random)
    for each in (
        first,
        second,
        mixed(random, (first, range(3))),
        mixed(random, (second, range(3))),
    ):
        forum.push("alder", family_with(each, epoch))
    with acting_as("forum_worker"):
        group()
    joined, apart = FamilyProposal.objects.order_by("older_id")
    reviewer, auditor = desk("reviewer"), desk("auditor")
    for one in (joined, apart):
        assert str(one.older) in reviewer.text("indicators/familyproposal/")
    choose = {"action": "accept", "_selected_action": [str(joined.pk)]}
    auditor.post("indicators/familyproposal/", **choose)
    assert FamilyProposal.objects.filter(state="open").count() == 2
    said = reviewer.post("indicators/familyproposal/", **choose).content.decode()
    assert "1 decided" in said
    refused = reviewer.post("indicators/familyproposal/", **choose).content.decode()
    assert "no such proposal that is open" in refused
    choose = {"action": "reject", "_selected_action": [str(apart.pk)]}
    reviewer.post("indicators/familyproposal/", **choose)
    with acting_as("forum_worker"):
        group()
    assert sorted(len(each) for each in families_of(forum)) == [1, 1, 2]
    apart.refresh_from_db()
    assert (apart.state, apart.decided_by) == ("rejected", "reviewer")
