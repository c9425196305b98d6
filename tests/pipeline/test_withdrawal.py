"""Two contribute and one takes back: nobody sees it. The other does: it is gone, in every lane."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from indicators.domain.disclosure import current_policy
from indicators.models.publication import Publication, ReleaseItem
from indicators.pipeline import corroborate, expiry
from tests.forum import STATES_NEXUS, Forum, indicator, now, outcomes, relationship, stix
from tests.pipeline.reading import FEEDS, everything, reader


TOKENS = "distillation-tokens"
NAME = "gw-2.meadowexit.example"
MAIL = "a.b@kestrelmail.example"


def report() -> list[dict[str, Any]]:
    """What two labs saw alike: an observable, a domain, a mailbox, and how they belong together."""
    domain = stix("domain-name", value=NAME)
    sign = indicator(f"[domain-name:value = '{NAME}']", confidence=80)
    mail = indicator(f"[email-addr:value = '{MAIL}']", extensions=STATES_NEXUS)
    return [domain, sign, mail, relationship(sign, "based-on", domain)]


def take_back(forum: Forum, lab: str, objects: list[dict[str, Any]]) -> None:
    for each in reversed(objects):  # what refers first: it would fall with what it refers to
        assert forum.retract(lab, each["id"])


def every_night(forum: Forum) -> None:
    corroborate.run(policy=current_policy(), now=now())
    expiry.expire(policy=current_policy(), now=now())
    forum.release(after=timedelta(days=2))


@pytest.mark.parametrize("goes", ["alder", "birch"])
def test_of_two_who_contributed_one_goes_and_no_reader_sees_it(forum: Forum, goes: str) -> None:
    sent = {lab: report() for lab in ("alder", "birch")}
    for lab, objects in sent.items():
        assert outcomes(forum.push(lab, *objects)) == ["published"] * 4
    cedar = reader(forum, "cedar")
    before = everything(cedar)
    take_back(forum, goes, sent[goes])
    assert everything(cedar) == before
    every_night(forum)
    assert everything(cedar) == before

    stays = "birch" if goes == "alder" else "alder"
    take_back(forum, stays, sent[stays])
    live = [each for alias in FEEDS[:2] for each in forum.feed(alias)]
    assert {each["type"] for each in live} == {"indicator", "relationship"}
    assert all(each["revoked"] for each in live)
    named = {ref for each in forum.feed(FEEDS[2]) for ref in each["object_refs"]}
    assert {each["id"] for each in live} < named
    assert len(named) == 4
    said = json.dumps([row.body for row in Publication.objects.all()])
    assert NAME not in said
    assert forum.token("email-addr", MAIL) not in said


def test_what_still_waits_for_its_batch_is_taken_out_and_nothing_is_said(forum: Forum) -> None:
    forum.batch(batch_members=3)
    cedar, sent = reader(forum, "cedar"), {lab: report()[2] for lab in ("alder", "birch")}
    before = everything(cedar)
    for lab, mail in sent.items():
        assert outcomes(forum.push(lab, mail)) == ["waiting"]
    for lab, mail in sent.items():
        take_back(forum, lab, [mail])
    assert not ReleaseItem.objects.exists()
    forum.release(after=timedelta(days=9))
    assert everything(cedar) == before


def test_what_a_batch_let_out_is_gone_at_once_and_does_not_wait(forum: Forum) -> None:
    forum.batch(batch_members=1, batch_spread_minutes=0)
    mail = report()[2]
    forum.push("alder", mail)
    forum.release()
    [published] = forum.feed(TOKENS)
    take_back(forum, "alder", [mail])
    [revoked] = forum.feed(TOKENS)
    assert (revoked["id"], revoked["revoked"]) == (published["id"], True)
    assert [each["object_refs"] for each in forum.feed(FEEDS[2])] == [[published["id"]]]
