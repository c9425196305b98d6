"""Campaigns over time, and what one watches: seen by oneself and nobody else."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpResponse

from indicators.models.audit import AuditEntry
from indicators.models.member import Grant
from indicators.models.watch import Watch
from indicators.pipeline import feedback_summary
from indicators.portal import timeline
from tests.architecture.test_at_rest import private_rows
from tests.forum import Forum, indicator, now, relationship, stix
from tests.pipeline.governing import POLICY
from tests.pipeline.saying import sighting
from tests.portal.people import Person


PATTERN = "[domain-name:value = 'gw.meadowexit.example']"


def text(answer: HttpResponse) -> str:
    assert answer.status_code == 200, answer
    bare = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(html.unescape(bare).split())


@pytest.fixture
def campaign(forum: Forum) -> str:
    """A campaign of alder's with one indicator, by its Forum id."""
    body = stix("campaign", name="x", first_seen="2026-10-05T00:00:00Z")
    sign = indicator(PATTERN)
    forum.push("alder", body, sign, relationship(sign, "indicates", body))
    [found] = [each["id"] for each in forum.feed() if each["type"] == "campaign"]
    return str(found)


def more(forum: Forum, campaign: str) -> None:
    """Another indicator of it."""
    sign = indicator("[domain-name:value = 'gw-2.meadowexit.example']")
    forum.push("alder", sign, stix("relationship", relationship_type="indicates",
                                   source_ref=sign["id"], target_ref=campaign))  # fmt: skip


def lane(page: HttpResponse) -> list[str]:
    """The row of its only indicator, over time."""
    table = page.content.decode().split('id="lanes"')[1].split("</table>")[0]
    return [re.sub(r"<[^>]+>", "", each) for each in re.findall(r"<td[^>]*>(.*?)</td>", table)]


def test_the_list_says_how_much_was_said_of_each_week(forum: Forum, campaign: str) -> None:
    page = Person.of(forum, "birch").open("/campaigns/?of=single")
    assert f"/campaigns/{campaign}/" in page.content.decode()
    assert 'aria-label="week by week, the oldest first: ' in page.content.decode()
    table = page.content.decode().split("Week by week")[1]
    figures = [int(each) for each in re.findall(r'<td class="number">(\d+)</td>', table)]
    assert figures == [0] * (timeline.WEEKS - 1) + [1]


def test_weeks_begin_on_mondays_and_hold_every_moment() -> None:
    at = datetime(2026, 11, 29, 23, 59, tzinfo=UTC)  # a Sunday
    since = timeline.begin(at)
    assert [each.weekday() for each in timeline.mondays(since)] == [0] * timeline.WEEKS
    moments = [since, since + timedelta(days=6, hours=23), since + timedelta(days=7), at]
    assert timeline.by_week(moments, since=since) == [2, 1, *[0] * (timeline.WEEKS - 3), 1]


def test_an_indicator_has_its_lane_and_no_sighting_before_k(forum: Forum, campaign: str) -> None:
    [sign] = [each for each in forum.feed() if each["type"] == "indicator"]
    forum.add_member("dogwood")
    forum.grant("dogwood")
    birch = Person.of(forum, "birch")
    days = [sign["valid_from"][:10], sign["valid_until"][:10]]
    for lab in ("birch", "cedar"):
        forum.push(lab, sighting(sign["id"], count=20))
    feedback_summary.run(policy=POLICY, now=now())
    assert lane(birch.open(f"/campaigns/{campaign}/"))[1:4] == [*days, "-"]
    forum.push("dogwood", sighting(sign["id"], count=20))
    feedback_summary.run(policy=POLICY, now=now())
    assert lane(birch.open(f"/campaigns/{campaign}/"))[1:4] == [*days, "10"]


def test_it_says_what_each_tier_supports(forum: Forum, campaign: str) -> None:
    page = text(Person.of(forum, "birch").open(f"/campaigns/{campaign}/"))
    assert "challenge, limit or close an account for it alone" in page
    assert "act automatically in any way" not in page, "no indicator of it is for review"


def test_one_watches_it_and_the_dashboard_says_what_is_new(forum: Forum, campaign: str) -> None:
    birch = Person.of(forum, "birch")
    assert "Open a campaign and watch it" in text(birch.open("/dashboard/"))
    birch.send(f"/campaigns/{campaign}/watch/")
    assert "nothing" in watched(birch)
    more(forum, campaign)
    assert "1 new" in watched(birch)
    page = text(birch.open(f"/campaigns/{campaign}/"))
    assert "1 object about it came since you last looked" in page
    assert "nothing" in watched(birch), "it was looked at"
    assert campaign in birch.open("/campaigns/?of=watched").content.decode()
    birch.send(f"/campaigns/{campaign}/leave/")
    assert "Nothing yet" in watched(birch)


def watched(person: Person) -> str:
    """What the dashboard says of what one watches."""
    return text(person.open("/dashboard/")).split("What you watch")[1].split("Your pulls")[0]


def test_watching_twice_is_once(forum: Forum, campaign: str) -> None:
    birch = Person.of(forum, "birch")
    for _ in range(2):
        birch.send(f"/campaigns/{campaign}/watch/")
    assert Watch.objects.count() == 1


def test_neither_a_colleague_nor_another_lab_sees_it(forum: Forum, campaign: str) -> None:
    birch, cedar = Person.of(forum, "birch"), Person.of(forum, "cedar")
    birch.send(f"/campaigns/{campaign}/watch/")
    User.objects.filter(username="person-of-birch").update(username="first")
    colleague = Person.of(forum, "birch")
    for each in (colleague, cedar):
        assert "Nothing yet" in watched(each)
        assert "you watch it" not in text(each.open("/campaigns/?of=single"))
        assert "since you last looked" not in text(each.open(f"/campaigns/{campaign}/"))
        each.send(f"/campaigns/{campaign}/leave/")
    assert Watch.objects.count() == 1, "nobody ends it for another"


def test_a_dump_tells_neither_who_watches_nor_what(forum: Forum, campaign: str) -> None:
    birch = Person.of(forum, "birch")
    birch.send(f"/campaigns/{campaign}/watch/")
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM private.watch t")
        [(row,)] = cursor.fetchall()
    user = User.objects.get(username="person-of-birch")
    member = str(forum.principals["birch"].member_id)
    for word in (campaign, campaign.split("--")[1], member, user.username):
        assert word not in row
        assert word.encode().hex() not in row
    assert row in {each for each in private_rows() if campaign not in each}
    assert not AuditEntry.objects.filter(subject__contains=campaign, act__contains="watch").exists()


def test_what_a_lab_does_not_read_it_cannot_watch(forum: Forum, campaign: str) -> None:
    Grant.objects.filter(member_id=forum.principals["birch"].member_id).delete()
    birch = Person.of(forum, "birch")
    assert birch.send(f"/campaigns/{campaign}/watch/").status_code == 404
    assert not Watch.objects.exists()


def test_what_has_ended_is_said_without_a_name_and_can_be_left(forum: Forum, campaign: str) -> None:
    birch = Person.of(forum, "birch")
    birch.send(f"/campaigns/{campaign}/watch/")
    forum.retract("alder", campaign)
    assert "One that has ended, or went into another" in watched(birch)
    for of in ("single", "watched"):
        assert campaign not in birch.open(f"/campaigns/?of={of}").content.decode()
    birch.send(f"/campaigns/{campaign}/leave/")
    assert not Watch.objects.exists()
