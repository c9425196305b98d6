"""Objects before heads, a collection's before those of its tokens: else two wait for each other."""

from __future__ import annotations

import uuid
from functools import partial

import pytest
from django.db import transaction

from indicators.models.appeal import Appeal
from indicators.models.member import Member
from indicators.models.offboarding import Offboarding
from indicators.models.publication import ForumObject
from indicators.pipeline import appeals
from indicators.pipeline.alone import DEPARTURE, alone
from indicators.pipeline.membership import offboarding
from indicators.pipeline.standing import Place, lock_places
from indicators.pipeline.tasks import clear_up, show_appeal
from indicators.roles import publishing
from tests.forum import Forum, indicator, now, stix
from tests.pipeline.governing import PATTERN, clerk, live
from tests.pipeline.meanwhile import lock, lock_heads, running, while_it_waits


pytestmark = pytest.mark.django_db(transaction=True)


def appealed(forum: Forum, stix_id: str) -> Appeal:
    collection = forum.collections["distillation"]
    made = appeals.open_appeal(clerk(), collection, stix_id, ground="stale", reference="A-1")
    show_appeal(appeal_id=str(made.id))
    return made


def test_a_dispute_over_an_observable_ends_object_first(forum: Forum) -> None:
    forum.push("alder", stix("domain-name", value="nordvale.example"))
    [domain] = forum.feed()
    appeal = appealed(forum, domain["id"])
    appeals.close(clerk(), appeal.id, upheld=False, outcome="see the file")
    held = (forum.collections["distillation"].id, domain["id"])
    show = partial(show_appeal, appeal_id=str(appeal.id))
    assert while_it_waits(show, held=held, look=lock_heads) == []
    assert live(forum) == [domain]


def test_what_says_the_same_elsewhere_is_locked_before_anything_falls(forum: Forum) -> None:
    second = forum.add_collection("second", accepts_reserved=True)
    for alias in ("distillation", "second"):
        forum.push("alder", indicator(PATTERN), into=alias)
    [one], [other] = forum.feed(), forum.feed("second")
    appeal = appealed(forum, one["id"])
    appeals.close(clerk(), appeal.id, upheld=True, outcome="see the file")
    show = partial(show_appeal, appeal_id=str(appeal.id))
    assert while_it_waits(show, held=(second.id, other["id"]), look=lock_heads) == []
    assert live(forum) == live(forum, "second") == []


def test_objects_of_a_collection_are_locked_before_those_of_its_tokens(forum: Forum) -> None:
    main = forum.add_collection("later", id=uuid.UUID(int=2))
    tokens = forum.add_collection("later-tokens", id=uuid.UUID(int=1), kind="tokens", parent=main)
    places: list[Place] = [(each.id, f"indicator--{each.id}") for each in (main, tokens)]
    for home, stix_id in places:
        ForumObject.objects.create(
            collection_id=home, stix_id=stix_id, type="indicator", minted_day=now().date()
        )

    @transaction.atomic
    def lock_both() -> None:
        with publishing():
            assert lock_places(places) == {*places}

    look = partial(lock, places[1])
    assert while_it_waits(lock_both, held=places[0], look=look) == []


def left(slug: str) -> Offboarding:
    member = Member.objects.get(slug=slug)
    row = offboarding.begin(clerk("ash"), member, agreed="withdrawn", reference="L-1")
    return offboarding.confirm(clerk("elm"), row.pk)


def test_a_departure_takes_objects_before_heads(forum: Forum) -> None:
    forum.push("alder", stix("domain-name", value="nordvale.example"))
    [domain] = forum.feed()
    leave = partial(clear_up, offboarding_id=str(left("alder").pk))
    held = (forum.collections["distillation"].id, domain["id"])
    assert while_it_waits(leave, held=held, look=lock_heads) == []
    assert live(forum) == []


def test_one_worker_at_a_time_clears_up(forum: Forum) -> None:
    forum.push("alder", indicator(PATTERN))
    row = left("alder")
    leave = partial(clear_up, offboarding_id=str(row.pk))
    errors: list[Exception] = []
    with alone(DEPARTURE, row.pk) as is_ours:
        assert is_ours
        running(leave, errors).join()
    assert len(live(forum)) == 1
    running(leave, errors).join()
    assert live(forum) == []
    assert errors == []
