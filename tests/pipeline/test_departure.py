"""What becomes of what a member did when it leaves: as agreed, in parts, and named in no row."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection

from indicators.domain.disclosure import current_policy
from indicators.models.audit import AuditEntry
from indicators.models.feedback import Feedback
from indicators.models.lineage import Contribution
from indicators.models.member import Member
from indicators.models.offboarding import SLICES, Offboarding
from indicators.models.submission import HeldObject, WaitingEdge
from indicators.pipeline import correlate, doorbell, review, sweep, work
from indicators.pipeline.lookups import Sender
from indicators.pipeline.membership import departure, offboarding
from indicators.pipeline.publish import Publisher
from indicators.pipeline.queue import Lease
from indicators.pipeline.tasks import clear_up
from tests.forum import Forum, indicator, now, outcomes, relationship, stix
from tests.labs import acting_as
from tests.pipeline.governing import PATTERN, about_mail, clerk, live
from tests.pipeline.saying import sighting


STAY, WITHDRAWN = "stay", "withdrawn"


def shut_out(agreed: str, slug: str = "alder") -> Offboarding:
    """A member leaves, and no worker has heard of it yet."""
    row = offboarding.begin(
        clerk("ash"), Member.objects.get(slug=slug), agreed=agreed, reference="L-1"
    )
    return offboarding.confirm(clerk("elm"), row.pk)


def cleared(agreed: str, slug: str = "alder") -> Offboarding:
    row = shut_out(agreed, slug)
    clear_up(offboarding_id=str(row.pk))
    row.refresh_from_db()
    return row


def names(number: int) -> list[dict[str, Any]]:
    return [indicator(f"[domain-name:value = 'gw-{n}.meadowexit.example']") for n in range(number)]


def test_agreed_to_be_withdrawn_it_is_gone_from_every_feed(forum: Forum) -> None:
    domain, mail = stix("domain-name", value="gw-2.meadowexit.example"), about_mail()
    sign = indicator(PATTERN)
    forum.push("alder", domain, sign, relationship(sign, "based-on", domain), mail)
    assert len(live(forum)) == 3
    assert live(forum, "distillation-tokens")
    row = cleared(WITHDRAWN)
    assert live(forum) == live(forum, "distillation-tokens") == []
    assert "meadowexit" not in json.dumps(forum.feed(versions="all"))
    assert (row.state, row.slices) == ("cleared", SLICES)


def test_agreed_to_stay_it_stays(forum: Forum) -> None:
    forum.push("alder", *names(3))
    before = forum.feed(versions="all")
    assert cleared(STAY).state == "cleared"
    assert forum.feed(versions="all") == before


def test_what_others_contributed_too_stays_and_nobody_sees_a_change(forum: Forum) -> None:
    for lab in ("alder", "birch"):
        forum.push(lab, indicator(PATTERN))
    before = forum.feed(versions="all")
    cleared(WITHDRAWN)
    assert forum.feed(versions="all") == before
    cleared(WITHDRAWN, "birch")
    assert live(forum) == []


def test_nothing_of_others_is_touched(forum: Forum) -> None:
    forum.push("birch", *names(40))
    before = forum.feed(versions="all")
    cleared(WITHDRAWN)
    assert forum.feed(versions="all") == before
    assert not Contribution.objects.exclude(state="active").exists()


def test_what_waits_for_its_batch_never_comes_out(forum: Forum) -> None:
    forum.batch()
    forum.push("alder", about_mail())
    cleared(WITHDRAWN)
    forum.release(after=timedelta(days=4))
    assert forum.feed("distillation-tokens") == []


@pytest.mark.parametrize(("agreed", "left"), [(STAY, 1), (WITHDRAWN, 0)])
def test_what_it_said_of_others_goes_with_what_it_contributed(
    forum: Forum, agreed: str, left: int
) -> None:
    forum.push("birch", indicator(PATTERN))
    [said] = forum.feed()
    forum.push("alder", sighting(said["id"]))
    cleared(agreed)
    assert Feedback.objects.filter(state="active").count() == left
    assert len(live(forum)) == 1


@pytest.mark.parametrize("agreed", [STAY, WITHDRAWN])
def test_what_is_held_or_waits_is_given_up(forum: Forum, agreed: str) -> None:
    software, text = stix("software", name="abacus-runner"), indicator(PATTERN, description="seen")
    missing = relationship(text, "based-on", stix("domain-name", value="gw-2.meadowexit.example"))
    sent = forum.push("alder", software, text, missing)
    assert outcomes(sent) == ["held", "published", "waiting"]
    kept = forum.push("birch", stix("software", name="abacus-runner"))
    row = cleared(agreed)
    assert row.given_up_at is not None
    assert outcomes(forum.status("alder", sent.id))[::2] == ["withdrawn", "withdrawn"]
    assert not WaitingEdge.objects.exists()
    [open_] = HeldObject.objects.filter(state="open")
    assert open_.submission_id == kept.id


def test_what_a_reviewer_releases_meanwhile_is_not_published_any_more(forum: Forum) -> None:
    sign = indicator(PATTERN)
    sent = forum.push("alder", sign, stix("note", content="seen", object_refs=[sign["id"]]))
    row = shut_out(STAY)
    [held] = HeldObject.objects.filter(submission=sent.id)
    review.release(held.id, by="rowan", policy=current_policy(), now=now())
    forum.work()
    clear_up(offboarding_id=str(row.pk))
    assert outcomes(forum.status("alder", sent.id)) == ["published", "rejected"]
    assert [each["type"] for each in forum.feed()] == ["indicator"]


def test_what_a_reviewer_released_before_is_out_and_stays(forum: Forum) -> None:
    sign = indicator(PATTERN)
    sent = forum.push("alder", sign, stix("note", content="seen", object_refs=[sign["id"]]))
    [held] = HeldObject.objects.filter(submission=sent.id)
    review.release(held.id, by="rowan", policy=current_policy(), now=now())
    forum.work()
    before = outcomes(forum.status("alder", sent.id))
    assert before == ["published", "published"]
    cleared(STAY)
    assert outcomes(forum.status("alder", sent.id)) == before


def test_what_is_in_the_queue_is_refused_and_waited_for(forum: Forum) -> None:
    sent = forum.push("alder", indicator(PATTERN), work=False)
    row = cleared(WITHDRAWN)
    assert row.state == "confirmed"
    forum.work()
    clear_up(offboarding_id=str(row.pk))
    row.refresh_from_db()
    assert row.state == "cleared"
    assert outcomes(forum.status("alder", sent.id)) == ["rejected"]
    assert forum.feed() == []


def test_what_a_worker_has_under_its_hands_is_finished_and_then_taken_back(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, left = work.sender_of, []

    def leaving_meanwhile(lease: Lease, **now: Any) -> Sender:
        found = real(lease, **now)
        left.append(cleared(WITHDRAWN))
        return found

    monkeypatch.setattr(work, "sender_of", leaving_meanwhile)
    forum.push("alder", indicator(PATTERN))
    [row] = left
    assert row.state == "confirmed"
    assert len(live(forum)) == 1
    clear_up(offboarding_id=str(row.pk))
    assert live(forum) == []


def test_a_worker_that_dies_leaves_the_rest_to_the_next(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    forum.push("alder", *names(20))
    row = shut_out(WITHDRAWN)
    real, calls = Publisher.publish, []

    def dying(self: Publisher) -> int:
        calls.append(self)
        if len(calls) == 15:
            raise OperationalError
        return real(self)

    monkeypatch.setattr(Publisher, "publish", dying)
    with pytest.raises(OperationalError):
        clear_up(offboarding_id=str(row.pk))
    row.refresh_from_db()
    left = len(live(forum))
    assert 0 < left < 20
    assert 0 < row.slices < SLICES
    assert departure.due(10) == [row.pk]
    clear_up(offboarding_id=str(row.pk))
    assert live(forum) == []
    assert departure.due(10) == []


def test_a_lost_doorbell_is_rung_again(forum: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[uuid.UUID] = []

    def ring(offboarding_id: uuid.UUID) -> bool:
        rung.append(offboarding_id)
        return True

    monkeypatch.setattr(doorbell, "ring_departure", ring)
    row = shut_out(STAY)
    assert sweep.sweep() == 1
    assert rung == [row.pk]
    clear_up(offboarding_id=str(row.pk))
    assert sweep.sweep() == 0


def test_what_is_not_confirmed_is_not_touched(forum: Forum) -> None:
    forum.push("alder", indicator(PATTERN))
    alder = Member.objects.get(slug="alder")
    row = offboarding.begin(clerk("ash"), alder, agreed=WITHDRAWN, reference="L-1")
    clear_up(offboarding_id=str(row.pk))
    assert len(live(forum)) == 1


def test_the_worker_may_do_it_and_needs_no_other_role(forum: Forum) -> None:
    forum.push("alder", indicator(PATTERN), stix("software", name="abacus-runner"))
    row = shut_out(WITHDRAWN)
    with acting_as("forum_worker"):
        clear_up(offboarding_id=str(row.pk))
    row.refresh_from_db()
    assert row.state == "cleared"
    assert live(forum) == []


def test_no_seal_is_opened(forum: Forum) -> None:
    """What seals the member of each contribution does not open, and it is found all the same."""
    forum.push("alder", *names(5))
    Contribution.objects.update(member_ct=b"\x02k1 is no seal")
    cleared(WITHDRAWN)
    assert live(forum) == []


def test_no_row_names_the_member_beside_an_object(forum: Forum) -> None:
    forum.push("alder", *names(5))
    ids = {each["id"] for each in forum.feed()}
    tags = {bytes(each.lookup_tag).hex() for each in Contribution.objects.all()}
    cleared(WITHDRAWN)
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM private.offboarding t")
        [(row,)] = cursor.fetchall()
    assert not [each for each in ids | tags if each in row]
    entries = AuditEntry.objects.filter(subject__contains="alder")
    assert entries
    assert not [each for each in entries if any(one in each.body for one in ids | tags)]


def test_correlation_is_due_at_once_after_it(forum: Forum) -> None:
    forum.push("alder", *names(2))
    forum.push("birch", indicator("[domain-name:value = 'kept.meadowexit.example']"))
    correlate.run_due(policy=current_policy(), now=now())
    assert correlate.run_due(policy=current_policy(), now=now()) == 0
    row = cleared(WITHDRAWN)
    assert not offboarding.is_recomputed(row)
    assert correlate.run_due(policy=current_policy(), now=now() + timedelta(seconds=1)) == 1
    assert offboarding.is_recomputed(row)
    assert correlate.run_due(policy=current_policy(), now=now() + timedelta(seconds=2)) == 0
