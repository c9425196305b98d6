"""What a login watches: bounded, and gone with the login."""

from __future__ import annotations

import pytest

from indicators import keyring
from indicators.members import leaving, watching
from indicators.members.people import add_person
from indicators.members.watching import MOST, TooManyWatchedError
from indicators.models.watch import Watch
from tests.forum import now
from tests.labs import new_lab, stix_id
from tests.pipeline.governing import clerk


pytestmark = pytest.mark.django_db
ONE, OTHER = 1, 2


def test_two_logins_that_watch_the_same_have_nothing_in_common() -> None:
    for login in (ONE, OTHER):
        watching.watch(login, stix_id("campaign", 1), now=now())
    rows = Watch.objects.values_list("owner_tag", "tag", "watched_ct")
    values = {bytes(value) for row in rows for value in row}
    assert len(values) == 2 * 3


def test_one_looks_at_what_one_watches_and_at_nothing_else() -> None:
    first, then = now(), now()
    watching.watch(ONE, stix_id("campaign", 1), now=first)
    assert watching.look(OTHER, stix_id("campaign", 1), now=then) is None
    assert watching.look(ONE, stix_id("campaign", 1), now=then) == first
    assert watching.watched(ONE) == {stix_id("campaign", 1): then}
    assert watching.watched(OTHER) == {}


def test_there_is_an_end_to_it_and_leaving_one_makes_room() -> None:
    for number in range(MOST):
        watching.watch(ONE, stix_id("campaign", number), now=now())
    with pytest.raises(TooManyWatchedError):
        watching.watch(ONE, stix_id("campaign", MOST), now=now())
    watching.watch(ONE, stix_id("campaign", 1), now=now())  # it is watched already
    watching.leave(ONE, stix_id("campaign", 0))
    watching.watch(ONE, stix_id("campaign", MOST), now=now())
    assert len(watching.watched(ONE)) == MOST


def test_it_goes_when_the_member_leaves() -> None:
    alder, birch = new_lab("alder"), new_lab("birch")
    people = [
        add_person(clerk(), login=each.member.slug, password="of the tests", member=each.member)
        for each in (alder, birch)
    ]
    for each in people:
        watching.watch(each.pk, stix_id("campaign", 1), now=now())
    leaving.shut_out(clerk(), alder.member)
    [left] = Watch.objects.all()
    assert bytes(left.owner_tag) == keyring.watcher_tag(people[1].pk)
