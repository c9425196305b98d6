"""A preview writes nothing, and tells nothing of what others sent."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import InternalError, OperationalError, connection

from indicators.catalogue.contents import atlas
from indicators.demo.envelopes import envelopes
from indicators.domain.stix.ids import sco_id
from indicators.domain.tokens import Identifier
from indicators.matching.tokenise import tokens
from indicators.models.member import Grant
from indicators.models.submission import HeldObject, Submission
from indicators.pipeline import tasks
from indicators.roles import only_looking_for, speaking_for
from tests import forum as forums
from tests.forum import (
    Forum,
    stix,
)
from tests.labs import acting_as
from tests.pipeline.preview_traps import MAIL, SIGHT, SIGN, SITE, TRAPS
from tests.pipeline.previewing import compare, everything, foresee


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands, so that the times of both can be compared."""
    moment = forums.now()
    monkeypatch.setattr(forums, "now", lambda: moment)
    monkeypatch.setattr(tasks, "_now", lambda: moment)


def outcomes(foreseen: Any) -> list[str]:
    return [each.outcome for each in foreseen]


def test_others_envelopes_change_no_verdict_of_the_demo(forum: Forum) -> None:
    forum.add_collection("reference", kind="verbatim")
    forum.push("alder", *atlas(), into="reference")
    sent = envelopes(date(2026, 11, 24))
    alone = [foresee(forum, each.lab, *each.objects) for each in sent if each.lab == "alder"]
    for each in sent:
        if each.lab != "alder":
            forum.push(each.lab, *each.objects)
    assert alone == [
        foresee(forum, each.lab, *each.objects) for each in sent if each.lab == "alder"
    ]


@pytest.mark.parametrize("trap", TRAPS)
def test_it_is_the_same_whatever_another_lab_has_sent(forum: Forum, trap: str) -> None:
    alone = foresee(forum, "alder", *TRAPS[trap])
    forum.push("birch", *TRAPS[trap])
    assert foresee(forum, "alder", *TRAPS[trap]) == alone


@pytest.mark.parametrize("trap", TRAPS)
def test_nothing_is_written(forum: Forum, trap: str) -> None:
    before = everything()
    foresee(forum, "alder", *TRAPS[trap])
    assert everything() == before


def test_the_database_itself_refuses_to_write(forum: Forum) -> None:
    member = forum.principals["alder"].member_id
    with (
        pytest.raises((InternalError, OperationalError), match="read-only transaction"),
        only_looking_for(member),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE member SET name = 'x'")
    with only_looking_for(member):
        pass
    forum.push("alder", SIGN)  # and only there


@pytest.mark.django_db(transaction=True)
def test_behind_row_level_security_the_web_makes_it_and_sees_no_more_afterwards(
    transactional_db: None,
) -> None:
    forum = Forum.make()
    envelope = [*TRAPS["plain"], *TRAPS["mailbox in an observation"][:3], *TRAPS["named"]]
    compare(forum, "alder", *envelope)
    compare(forum, "alder", *reversed(envelope))  # what is held and what stands is found again
    member = forum.principals["alder"].member_id
    with acting_as("forum_web"), speaking_for(member), connection.cursor() as cursor:
        with only_looking_for(member):
            assert HeldObject.objects.exists()
        cursor.execute("SELECT current_setting('app.staff')")
        assert cursor.fetchone() == ("",)
        Submission.objects.update(attempts=0)


@pytest.mark.parametrize("trap", ["raw e-mail", "mailbox in an observation", "two mailboxes"])
def test_what_another_labs_batch_holds_or_held_is_told_by_nothing(forum: Forum, trap: str) -> None:
    forum.batch()
    token = sco_id("match-token", token_of(MAIL))
    asked = [
        *TRAPS[trap],
        stix("opinion", opinion="disagree", object_refs=[token]),
        stix("observed-data", object_refs=[token], **SIGHT),
        {"type": "match-token", "spec_version": "2.1", "id": token, **token_of(MAIL)},
    ]
    alone = foresee(forum, "alder", *asked)
    forum.push("birch", *TRAPS[trap])
    assert foresee(forum, "alder", *asked) == alone
    for each in TRAPS[trap]:
        forum.retract("birch", each["id"])
    assert foresee(forum, "alder", *asked) == alone


def token_of(address: str) -> dict[str, Any]:
    """What identifies the token of an address, as a lab learns it by blinding."""
    wanted = Identifier("email-addr", address)
    return dict(tokens([wanted], now=forums.now())[wanted].properties)


def test_what_the_forum_published_is_known_again_where_the_lab_reads_it(forum: Forum) -> None:
    forum.push("birch", SIGN, SITE)
    pulled = forum.feed()
    compare(forum, "alder", *pulled)
    forum.add_collection("closed", accepts_reserved=True)
    Grant.objects.filter(
        member_id=forum.principals["alder"].member_id, collection=forum.collections["closed"]
    ).delete()
    forum.push("birch", stix("domain-name", value="quiet.example"), into="closed")
    [told] = forum.feed("closed")
    [mark] = {each.outcome for each in foresee(forum, "alder", told)}
    assert mark == "published"


def test_who_may_only_write_is_told_nothing_of_what_stands(forum: Forum) -> None:
    forum.push("birch", SITE)
    [there] = forum.feed()
    refers = stix("observed-data", object_refs=[there["id"]], **SIGHT)
    assert outcomes(foresee(forum, "alder", refers)) == ["published"]
    Grant.objects.filter(member_id=forum.principals["alder"].member_id).update(can_read=False)
    assert outcomes(compare(forum, "alder", refers)) == ["waiting"]
