"""From its submissions a lab takes back what it sent, once it is asked again; nobody else does."""

from __future__ import annotations

import re
from uuid import UUID

from indicators.intake.status import Status
from indicators.models.audit import AuditEntry
from indicators.models.member import Grant
from indicators.models.submission import HeldObject
from tests.forum import Forum, indicator, outcomes, stix
from tests.pipeline.governing import PATTERN, live
from tests.portal.people import Person


def place(submission_id: UUID, ordinal: int = 0) -> str:
    return f"/submissions/{submission_id}/{ordinal}/take-back/"


def sent(forum: Forum, lab: str = "alder") -> Status:
    return forum.push(lab, indicator(PATTERN), stix("software", name="heronwatch"))


def test_it_is_asked_once_more_and_then_gone_from_the_feed(forum: Forum) -> None:
    status, alder = sent(forum), Person.of(forum, "alder")
    assert outcomes(status) == ["published", "held"]
    listed = alder.open(f"/submissions/{status.id}/").content.decode()
    assert re.findall(r'href="([^"]+/take-back/)"', listed) == [
        place(status.id, 0),
        place(status.id, 1),
    ]
    assert "If nobody else stands behind it" in alder.open(place(status.id)).content.decode()
    assert live(forum), "it was only looked at"
    assert alder.send(place(status.id))["Location"] == f"/submissions/{status.id}/"
    forum.work()
    assert live(forum) == []
    assert outcomes(forum.status("alder", status.id)) == ["withdrawn", "held"]


def test_what_is_held_is_dropped(forum: Forum) -> None:
    status, alder = sent(forum), Person.of(forum, "alder")
    alder.send(place(status.id, 1))
    forum.work()
    assert HeldObject.objects.get().state == "superseded"
    assert [each["type"] for each in live(forum)] == ["indicator"]


def test_what_another_lab_stands_behind_stays_and_the_page_does_not_say_so(forum: Forum) -> None:
    status, alder = sent(forum), Person.of(forum, "alder")
    alone = alder.open(place(status.id)).content
    forum.push("birch", indicator(PATTERN))
    both = alder.open(place(status.id)).content
    without_token = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')
    assert without_token.sub(b"", both) == without_token.sub(b"", alone)
    alder.send(place(status.id))
    forum.work()
    assert len(live(forum)) == 1


def test_anothers_and_none_look_the_same_and_end_nothing(forum: Forum) -> None:
    status, birch = sent(forum), Person.of(forum, "birch")
    none = UUID("00000000-0000-4000-8000-000000000000")
    for path in (place(status.id), place(none), place(sent(forum, "birch").id, 7)):
        assert birch.open(path).status_code == 404
        assert birch.send(path).status_code == 404
    forum.work()
    assert live(forum)


def test_without_the_right_to_read_and_write_there_is_nothing_to_take_back(forum: Forum) -> None:
    status, alder = sent(forum), Person.of(forum, "alder")
    Grant.objects.filter(member_id=forum.principals["alder"].member_id).update(can_write=False)
    assert "There is nothing to take back" in alder.open(place(status.id)).content.decode()
    alder.send(place(status.id))
    forum.work()
    assert live(forum)


def test_what_was_refused_or_is_gone_has_no_link(forum: Forum) -> None:
    status = forum.push("alder", indicator("[nonsense"))
    alder = Person.of(forum, "alder")
    assert "take-back" not in alder.open(f"/submissions/{status.id}/").content.decode()
    assert "There is nothing to take back" in alder.open(place(status.id)).content.decode()


def test_it_is_journalled_as_every_retraction(forum: Forum) -> None:
    status, alder = sent(forum), Person.of(forum, "alder")
    alder.send(place(status.id))
    entry = AuditEntry.objects.get(act="retraction received")
    assert entry.actor.startswith("member:")
    assert status.entries[0].original_id not in entry.body
