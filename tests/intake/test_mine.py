"""What a member is told of its own submissions, and of nobody else's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from indicators.intake import mine
from indicators.intake.mine import Sent
from indicators.intake.status import part_of, size_of
from indicators.models.submission import Submission
from indicators.roles import speaking_for
from tests.forum import Forum, indicator, now
from tests.labs import acting_as


@pytest.fixture
def forum(db: None) -> Forum:
    return Forum.make()


def sent(forum: Forum, lab: str, *, begin: int = 0, most: int = 50) -> tuple[Sequence[Sent], int]:
    """As the web asks it."""
    member_id = forum.principals[lab].member_id
    with acting_as("forum_web"), speaking_for(member_id):
        return mine.sent(member_id, begin=begin, most=most)


def address(number: int) -> str:
    return f"[ipv4-addr:value = '198.51.100.{number}']"


def test_a_lab_meets_its_own_submissions_alone_and_the_newest_first(forum: Forum) -> None:
    first = forum.push("alder", indicator(address(1)))
    forum.push("birch", indicator(address(2)))
    second = forum.push("alder", indicator(address(3)))
    rows, total = sent(forum, "alder")
    assert ([each.id for each in rows], total) == ([second.id, first.id], 2)
    assert {each.collection for each in rows} == {"distillation"}
    assert sent(forum, "cedar") == ([], 0)


def test_the_question_for_another_lab_finds_nothing(forum: Forum) -> None:
    forum.push("birch", indicator(address(1)))
    alder, birch = (forum.principals[lab].member_id for lab in ("alder", "birch"))
    with acting_as("forum_web"), speaking_for(alder):
        assert mine.sent(birch, begin=0, most=50) == ([], 0)
        assert sum(mine.days(birch, now=now(), number=30)) == 0


def test_a_line_counts_what_became_of_each_object(forum: Forum) -> None:
    forum.push(
        "alder",
        indicator(address(1)),
        indicator(address(2), description="held, and yet published"),
        indicator("[domain-name:value LIKE '%.meadowexit.example']"),
        indicator("[no pattern"),
    )
    [[line], _] = sent(forum, "alder")
    assert (line.objects, line.published, line.refused, line.open) == (4, 2, 1, 1)


def test_what_nobody_has_worked_on_is_open(forum: Forum) -> None:
    forum.push("alder", indicator(address(1)), indicator(address(2)), work=False)
    [[line], _] = sent(forum, "alder")
    assert (line.objects, line.published, line.refused, line.open) == (2, 0, 0, 2)


def test_pages_hold_each_submission_once(forum: Forum) -> None:
    ids = {forum.push("alder", indicator(address(each)), work=False).id for each in range(5)}
    pages = [sent(forum, "alder", begin=begin, most=2) for begin in (0, 2, 4)]
    assert [len(rows) for rows, _ in pages] == [2, 2, 1]
    assert {each.id for rows, _ in pages for each in rows} == ids
    assert {total for _, total in pages} == {5}


def test_what_is_forgotten_is_not_listed(forum: Forum) -> None:
    forum.push("alder", indicator(address(1)))
    Submission.objects.update(forgotten=True)
    assert sent(forum, "alder") == ([], 0)


def days(forum: Forum, lab: str, at: datetime) -> Sequence[int]:
    member_id = forum.principals[lab].member_id
    with acting_as("forum_web"), speaking_for(member_id):
        return mine.days(member_id, now=at, number=3)


def test_days_count_objects_the_oldest_day_first(forum: Forum) -> None:
    forum.push("alder", indicator(address(1)), indicator(address(2)))
    forum.push("alder", indicator(address(3)))
    forum.push("birch", indicator(address(4)))
    at = Submission.objects.latest("received_at").received_at
    Submission.objects.update(received_at=at)
    ahead = [days(forum, "alder", at + timedelta(days=each)) for each in range(4)]
    assert ahead == [[0, 0, 3], [0, 3, 0], [3, 0, 0], [0, 0, 0]]


def test_what_came_after_midnight_counts_where_the_clock_was_read_before(forum: Forum) -> None:
    forum.push("alder", indicator(address(1)), work=False)
    at = Submission.objects.get().received_at
    assert days(forum, "alder", at - timedelta(days=1)) == [0, 0, 1]


def test_of_a_large_submission_some_objects_are_told_alone(forum: Forum) -> None:
    sent = forum.push("alder", *(indicator(address(each)) for each in range(1, 6)))
    alder, birch = (forum.principals[lab].member_id for lab in ("alder", "birch"))
    whole = forum.status("alder", sent.id)
    for ordinals in (range(2), range(2, 5), range(5)):
        part = part_of(member_id=alder, submission_id=sent.id, ordinals=ordinals)
        assert part is not None
        assert part.entries == whole.entries[ordinals.start : ordinals.stop]
    assert part_of(member_id=birch, submission_id=sent.id, ordinals=range(5)) is None
    assert size_of(member_id=alder, submission_id=sent.id) == 5
    assert size_of(member_id=birch, submission_id=sent.id) == 0


def test_so_they_are_while_nobody_has_worked_on_them(forum: Forum) -> None:
    sent = forum.push("alder", *(indicator(address(each)) for each in range(1, 6)), work=False)
    alder = forum.principals["alder"].member_id
    part = part_of(member_id=alder, submission_id=sent.id, ordinals=range(1, 4))
    assert part is not None
    assert part.entries == forum.status("alder", sent.id).entries[1:4]
    assert not part.complete
