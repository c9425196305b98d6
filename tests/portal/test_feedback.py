"""Feedback by hand: it counts as over TAXII, says before what others learn, and is one's own."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse

from indicators.domain.feedback import OPINIONS, SIGHTINGS, feedback_policy
from indicators.models.appeal import Appeal
from indicators.models.member import Grant
from indicators.models.question import Question
from indicators.pipeline import questions
from tests.forum import Forum, indicator, stix
from tests.pipeline.governing import acts, clerk
from tests.pipeline.saying import opinion, published, rows, sighting
from tests.portal.people import Person


WORD = {"act": "say", "verdict": "sighted", "basis": "own-telemetry"}
ASKED = "Is it the whole range, or the last four addresses?"
SAID = "The last four; the others moved in May."


def text(answer: HttpResponse) -> str:
    """The words of a page."""
    assert answer.status_code == 200
    bare = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(html.unescape(bare).split())


def say(forum: Forum, person: Person, stix_id: str, **fields: Any) -> HttpResponse:
    answer = person.send(f"/objects/{stix_id}/feedback/", **WORD | fields)
    forum.work()
    return answer


def taking_back(page: HttpResponse) -> list[str]:
    """Where its links to take something back lead."""
    return re.findall(r'href="(/submissions/[^"]+/take-back/)"', page.content.decode())


@pytest.mark.parametrize(
    ("fields", "row"),
    [
        ({"count": "71"}, ("sighted", "own-telemetry", 10)),
        ({"verdict": "not-sighted"}, ("not-sighted", "own-telemetry", 0)),
        ({"verdict": "stale", "basis": "public"}, ("stale", "public", None)),
    ],
)
def test_a_word_counts_as_one_over_taxii_does(
    forum: Forum, fields: dict[str, str], row: tuple[str, str, int | None]
) -> None:
    answer = say(forum, Person.of(forum, "alder"), published(forum), **fields)
    assert answer["Location"] == "/feedback/"
    assert rows() == [row]


def test_the_form_says_of_each_word_what_every_reader_may_learn(forum: Forum) -> None:
    page = Person.of(forum, "alder").open(f"/objects/{published(forum)}/feedback/")
    lines = re.findall(r'<label>.*?value="([^"]+)".*?</label>', page.content.decode())
    assert lines == [*SIGHTINGS, *OPINIONS]
    said = text(page)
    for verdict, learned in {
        "I saw it too": "a count in buckets",
        "It is wrong": "a flag a dispute",
        "I knew it from elsewhere": "a flag",
        "I have not looked into it": "nothing",
    }.items():
        assert f"{verdict} {learned}" in said
    assert said.count("a dispute") == len(feedback_policy().disputes)
    assert "nothing before 3 different members say the same" in said


def test_an_observable_is_given_an_opinion_and_no_sighting(forum: Forum) -> None:
    forum.push("birch", indicator("[domain-name:value = 'x.example']"),
               stix("domain-name", value="x.example"))  # fmt: skip
    [name] = [each["id"] for each in forum.feed() if each["type"] == "domain-name"]
    alder = Person.of(forum, "alder")
    assert 'value="sighted"' not in alder.open(f"/objects/{name}/feedback/").content.decode()
    assert "no sighting of an observable" in text(say(forum, alder, name))
    say(forum, alder, name, verdict="already-known")
    assert rows() == [("already-known", "own-telemetry", None)]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"verdict": "bla"}, "verdict: must be one of"),
        ({"count": "many"}, "give a whole number"),
        ({"count": "9" * 5000}, "give a whole number"),
        ({"verdict": "stale", "count": "3"}, "goes with the verdict sighted"),
    ],
)
def test_what_cannot_be_said_is_refused_with_the_why(
    forum: Forum, fields: dict[str, str], words: str
) -> None:
    alder, stix_id = Person.of(forum, "alder"), published(forum)
    assert words in text(say(forum, alder, stix_id, **fields))
    assert rows() == []


def test_who_may_only_read_says_no_word_and_may_ask(forum: Forum) -> None:
    stix_id, alder = published(forum), Person.of(forum, "alder")
    alders = Grant.objects.filter(member_id=forum.principals["alder"].member_id)
    alders.update(can_write=False)
    assert "ask the Forum for a grant" in text(say(forum, alder, stix_id))
    assert rows() == []
    asked = alder.send(f"/objects/{stix_id}/feedback/", act="ask", text=ASKED)
    assert asked["Location"] == "/feedback/questions/"


def test_what_a_lab_does_not_read_it_cannot_speak_of(forum: Forum) -> None:
    stix_id = published(forum)
    Grant.objects.filter(member_id=forum.principals["alder"].member_id).delete()
    alder = Person.of(forum, "alder")
    assert alder.open(f"/objects/{stix_id}/feedback/").status_code == 404
    assert say(forum, alder, stix_id).status_code == 404
    assert rows() == []


def test_nothing_is_said_of_what_was_withdrawn(forum: Forum) -> None:
    stix_id, alder = published(forum), Person.of(forum, "alder")
    forum.retract("birch", stix_id)
    assert "Nothing is said of what" in text(alder.open(f"/objects/{stix_id}/feedback/"))
    say(forum, alder, stix_id)
    assert rows() == []


def test_what_was_said_by_any_door_is_listed_and_taken_back(forum: Forum) -> None:
    stix_id, alder = published(forum), Person.of(forum, "alder")
    assert "You have said nothing yet" in text(alder.open("/feedback/"))
    say(forum, alder, stix_id)
    forum.push("alder", opinion(stix_id, "stale"))
    listed = alder.open("/feedback/")
    assert len(taking_back(listed)) == 2
    assert "I saw it too" in text(listed)
    assert "It was right once, and is over" in text(listed)
    newest = taking_back(listed)[0]
    assert "Your word counts no longer" in text(alder.open(newest))
    assert len(rows()) == 2, "it was only looked at"
    alder.send(newest)
    forum.work()
    assert [each[0] for each in rows()] == ["sighted"]
    assert taking_back(alder.open("/feedback/")) != taking_back(listed)


def test_a_word_said_again_is_one_line(forum: Forum) -> None:
    stix_id, alder = published(forum), Person.of(forum, "alder")
    say(forum, alder, stix_id)
    say(forum, alder, stix_id, verdict="not-sighted")
    [_] = taking_back(alder.open("/feedback/"))
    assert "I looked, and did not find it" in text(alder.open("/feedback/"))


def test_another_labs_people_see_and_take_back_none_of_it(forum: Forum) -> None:
    stix_id, alder, cedar = (
        published(forum), Person.of(forum, "alder"), Person.of(forum, "cedar"),
    )  # fmt: skip
    say(forum, alder, stix_id)
    [place] = taking_back(alder.open("/feedback/"))
    assert "You have said nothing yet" in text(cedar.open("/feedback/"))
    assert "Nobody has said anything" in text(cedar.open("/feedback/received/"))
    assert cedar.open(place).status_code == 404
    assert cedar.send(place).status_code == 404
    forum.work()
    assert rows() == [("sighted", "own-telemetry", None)]


def test_of_ones_own_one_reads_what_the_status_says_and_no_more(forum: Forum) -> None:
    stix_id, birch = published(forum), Person.of(forum, "birch")
    forum.push("alder", sighting(stix_id))
    said = text(birch.open("/feedback/received/"))
    assert "sighted: somebody" in said
    assert "at least" not in said.split("The same as the status")[0]
    for lab in ("cedar", "dogwood"):
        if lab not in forum.principals:
            forum.add_member(lab)
            forum.grant(lab)
        forum.push(lab, sighting(stix_id))
    assert "sighted: at least 3 members" in text(birch.open("/feedback/received/"))


def test_a_place_that_no_page_gave_leads_nowhere(forum: Forum) -> None:
    assert Person.of(forum, "alder").open("/feedback/received/?after=x").status_code == 404


def test_a_question_is_answered_on_the_page(forum: Forum) -> None:
    stix_id = published(forum)
    alder, birch = Person.of(forum, "alder"), Person.of(forum, "birch")
    alder.send(f"/objects/{stix_id}/feedback/", act="ask", text=ASKED)
    question = Question.objects.get()
    assert ASKED not in text(birch.open("/feedback/questions/")), "nobody has read it yet"
    questions.pass_on(clerk("rowan"), question.pk)
    assert ASKED in text(birch.open("/feedback/questions/"))
    birch.send(f"/feedback/questions/{question.pk}/answer/", text=SAID)
    assert "you answered: open" in text(birch.open("/feedback/questions/"))
    assert SAID not in text(alder.open("/feedback/questions/"))
    questions.pass_on(clerk("rowan"), Question.objects.get(answers=question).pk)
    assert f"An answer {SAID}" in text(alder.open("/feedback/questions/"))


def test_who_is_not_asked_answers_nothing(forum: Forum) -> None:
    stix_id = published(forum)
    Person.of(forum, "alder").send(f"/objects/{stix_id}/feedback/", act="ask", text=ASKED)
    question = Question.objects.get()
    questions.pass_on(clerk("rowan"), question.pk)
    cedar = Person.of(forum, "cedar")
    assert ASKED not in text(cedar.open("/feedback/questions/"))
    place = f"/feedback/questions/{question.pk}/answer/"
    assert cedar.send(place, text=SAID).status_code == 404
    assert Question.objects.count() == 1


def test_words_that_are_not_taken_stay_in_the_form(forum: Forum) -> None:
    page = Person.of(forum, "alder").send(
        f"/objects/{published(forum)}/feedback/", act="ask", text="Card 4111 1111 1111 1111?"
    )
    assert "Nothing was kept" in text(page)
    assert "4111 1111 1111 1111?</textarea>" in page.content.decode()
    assert not Question.objects.exists()


class TestAppeal:
    """A lab asks for one; only staff open it."""

    FORM: dict[str, str] = {
        "act": "appeal",
        "ground": "bystanders",
        "case": "A school is behind it.",
    }

    def asked(self, forum: Forum) -> tuple[Person, str]:
        stix_id, alder = published(forum), Person.of(forum, "alder")
        alder.send(f"/objects/{stix_id}/feedback/", **self.FORM)
        return alder, stix_id

    def test_staff_open_it_and_the_lab_reads_so(self, forum: Forum) -> None:
        alder, stix_id = self.asked(forum)
        assert not Appeal.objects.exists(), "one lab alone flags nothing"
        request = Question.objects.get()
        questions.pass_on(clerk("rowan"), request.pk)
        appeal = Appeal.objects.get()
        assert (appeal.stix_id, appeal.ground, appeal.opened_by) == (stix_id, "bystanders", "rowan")
        assert appeal.reference == f"question/{request.pk}"
        assert "Bystanders share it opened" in text(alder.open("/feedback/questions/"))

    def test_staff_say_why_not(self, forum: Forum) -> None:
        alder, _ = self.asked(forum)
        request = Question.objects.get()
        questions.decline(clerk("rowan"), request.pk, why="The range ended in May.")
        assert not Appeal.objects.exists()
        page = text(alder.open("/feedback/questions/"))
        assert "not opened A school is behind it. The range ended in May." in page

    def test_it_goes_to_nobody_else(self, forum: Forum) -> None:
        self.asked(forum)
        questions.pass_on(clerk("rowan"), Question.objects.get().pk)
        for lab in ("birch", "cedar"):
            page = text(Person.of(forum, lab).open("/feedback/questions/"))
            assert self.FORM["case"] not in page

    def test_one_that_cannot_be_opened_stays_undecided(self, forum: Forum) -> None:
        alder, stix_id = self.asked(forum)
        alder.send(f"/objects/{stix_id}/feedback/", **self.FORM | {"case": "And a clinic."})
        first, second = Question.objects.order_by("pk")
        questions.pass_on(clerk("rowan"), first.pk)
        with pytest.raises(questions.QuestionError, match="open already"):
            questions.pass_on(clerk("rowan", after=timedelta(seconds=1)), second.pk)
        second.refresh_from_db()
        assert second.state == "open"

    def test_each_step_is_journalled_and_names_no_lab(self, forum: Forum) -> None:
        self.asked(forum)
        questions.pass_on(clerk("rowan"), Question.objects.get().pk)
        steps = ("appeal requested", "appeal request passed", "appeal opened")
        assert [each.actor for step in steps for each in acts(step)] == [
            "a member", "rowan", "rowan",
        ]  # fmt: skip

    def test_a_ground_of_its_own_making_is_refused(self, forum: Forum) -> None:
        stix_id, alder = published(forum), Person.of(forum, "alder")
        form = self.FORM | {"ground": "members-dispute"}
        assert "ground: must be one of" in text(alder.send(f"/objects/{stix_id}/feedback/", **form))
        assert not Question.objects.exists()
