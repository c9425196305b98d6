"""Positions and dates follow the order of commits, whoever writes at once."""

from __future__ import annotations

import threading
from itertools import pairwise

import pytest
from django.db import ProgrammingError, connection, connections, transaction

from indicators.models.publication import Publication
from indicators.roles import publishing
from tests.forum import Forum, indicator


pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def forum(transactional_db: None) -> Forum:
    return Forum.make()


def test_concurrent_writers_leave_dense_positions_and_rising_dates(forum: Forum) -> None:
    def write(lab: str) -> None:
        try:
            for number in range(15):
                forum.push(lab, indicator(f"[domain-name:value = '{lab}-{number}.example']"))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=(lab,)) for lab in ("alder", "birch", "cedar")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = list(Publication.objects.order_by("position").values_list("position", "date_added"))
    assert [position for position, _ in rows] == list(range(1, 46))
    assert all(earlier < later for (_, earlier), (_, later) in pairwise(rows))


def test_two_labs_with_the_same_thing_at_once_make_one_object(forum: Forum) -> None:
    start = threading.Barrier(3)

    def write(lab: str) -> None:
        try:
            start.wait()
            forum.push(lab, *(indicator(f"[domain-name:value = '{n}.example']") for n in range(40)))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=(lab,)) for lab in ("alder", "birch", "cedar")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    forum.work()
    assert Publication.objects.count() == 40


def act_as(role: str, statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")
        cursor.execute(statement)


def test_the_publisher_sees_nothing_of_the_private_bank(forum: Forum) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        act_as("forum_publisher", "SELECT * FROM private.member")


@pytest.mark.parametrize("role", ["forum_web", "forum_worker"])
@pytest.mark.parametrize(
    "statement", ["DELETE FROM publication", "UPDATE publication SET body = NULL"]
)
def test_neither_web_nor_worker_writes_the_feed(forum: Forum, role: str, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        act_as(role, statement)


def test_what_publishes_takes_the_role_for_as_long_as_it_publishes(forum: Forum) -> None:
    def role() -> object:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            return cursor.fetchone()

    before = role()
    with transaction.atomic():
        with publishing():
            assert role() == ("forum_publisher",)
        assert role() == before


def test_the_web_sees_the_submissions_of_the_member_it_speaks_for(forum: Forum) -> None:
    sent = forum.push("alder", indicator("[domain-name:value = 'a.example']"))
    counted = {}
    for speaker in ("alder", "birch", None):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE forum_web")
            if speaker:
                member = str(forum.principals[speaker].member_id)
                cursor.execute("SELECT set_config('app.member_id', %s, true)", [member])
            cursor.execute("SELECT count(*) FROM submission WHERE id = %s", [sent.id])
            counted[speaker] = cursor.fetchone()
    assert counted == {"alder": (1,), "birch": (0,), None: (0,)}
