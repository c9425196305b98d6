"""The honest look-alike: suspended once a third member disputes it, then gone, and gone for good.

Nordvale Benchmark Consortium runs a published harness from 192.0.2.200/29. Birch takes it for a
campaign and reports it; alder and cedar know it, and so does dogwood, a fourth member of this test.
"""

from __future__ import annotations

from typing import Any

import pytest

from indicators.domain.stix.check import problems
from indicators.domain.stix.times import parse_time
from tests.forum import Forum, indicator, messages, now, outcomes
from tests.pipeline.saying import NORDVALE, close, dispute, governance


@pytest.fixture
def nordvale(forum: Forum) -> dict[str, Any]:
    """What birch reports, once two others have disputed it."""
    forum.add_member("dogwood")
    forum.grant("dogwood")
    sign = indicator(NORDVALE, description="Runs all day from one network.")
    assert outcomes(forum.push("birch", sign)) == ["published"]
    dispute(forum, forum.feed()[0]["id"], "alder", "cedar")
    [standing] = forum.feed()
    assert "labels" not in standing
    return sign


def test_the_third_dispute_suspends_it_for_every_reader(
    forum: Forum, nordvale: dict[str, Any]
) -> None:
    assert nordvale["pattern"] == NORDVALE
    dispute(forum, forum.feed()[0]["id"], "dogwood")
    [suspended] = forum.feed()
    assert suspended["labels"] == ["under-dispute"]
    assert governance(suspended)["disputed"] is True
    assert governance(suspended)["action_tier"] == "context"
    assert parse_time(suspended["valid_until"]) <= now()
    assert not problems(suspended)


def gone(forum: Forum) -> str:
    """The id under which the feed says that it was withdrawn, and its tombstone."""
    [revoked] = forum.feed()
    assert revoked["revoked"] is True
    assert "192.0.2" not in str(forum.feed(versions="all")), "older words are blanked"
    [tombstone] = forum.feed("distillation-withdrawn")
    assert revoked["id"] in str(tombstone)
    return str(revoked["id"])


def test_staff_uphold_it_and_it_does_not_come_again(forum: Forum, nordvale: dict[str, Any]) -> None:
    stix_id = forum.feed()[0]["id"]
    dispute(forum, stix_id, "dogwood")
    close(upheld=True)
    assert gone(forum) == stix_id
    newer = nordvale | {"modified": "2026-11-20T00:00:00.000Z"}
    for lab, again in (("birch", newer), ("cedar", indicator(NORDVALE))):
        [message] = messages(forum.push(lab, again))
        assert message.startswith("rejected: APPEAL_UPHELD")
    assert gone(forum) == stix_id


@pytest.mark.parametrize("first", ["taken back", "upheld"])
def test_birch_withdraws_it_and_it_does_not_come_back_by_itself(
    forum: Forum, nordvale: dict[str, Any], first: str
) -> None:
    stix_id = forum.feed()[0]["id"]
    dispute(forum, stix_id, "dogwood")
    assert forum.retract("birch", nordvale["id"])
    assert gone(forum) == stix_id
    newer = nordvale | {"modified": "2026-11-20T00:00:00.000Z"}
    assert messages(forum.push("birch", nordvale, work=True))[0].startswith("withdrawn")
    again = forum.push("birch", newer)
    assert messages(again)[0].startswith("held: DISPUTED"), "a person looks at it first"
    if first == "upheld":
        close(upheld=True)
        [message] = messages(forum.push("alder", indicator(NORDVALE)))
        assert message.startswith("rejected: APPEAL_UPHELD")
    assert gone(forum) == stix_id
