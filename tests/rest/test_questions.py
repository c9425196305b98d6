"""A question goes to who stands behind an object and an answer back, past a person both times."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from indicators.intake import questions as intake
from indicators.models.question import Question
from indicators.pipeline import questions
from tests.forum import Forum, indicator, now
from tests.pipeline.governing import PATTERN, acts, clerk
from tests.pipeline.saying import NORDVALE, published
from tests.rest.lab import caller, post
from tests.taxii.door import Answer


PATH = "/api/v1/questions/"
ASKED = "Is the whole range theirs, or the last four addresses?"
SAID = "The last four; the others moved in May."


@pytest.fixture
def forum(db: None) -> Forum:
    return Forum.make()


def ask(lab: str, stix_id: str, text: str = ASKED, collection: str = "distillation") -> Answer:
    said = {"collection": collection, "object": stix_id, "text": text}
    return post(caller(lab), PATH, said)


def asked(lab: str, stix_id: str, text: str = ASKED) -> str:
    answer = ask(lab, stix_id, text)
    assert answer.status == 201, answer.json
    return str(answer.json["id"])


def passed(question_id: Any) -> str:
    questions.pass_on(clerk("rowan"), question_id)
    return str(question_id)


def give(lab: str, question_id: str, text: str = SAID) -> Answer:
    return post(caller(lab), f"{PATH}{question_id}/answers/", {"text": text})


def read(lab: str) -> Any:
    answer = caller(lab).call("GET", PATH)
    assert answer.status == 200
    return answer.json


def test_a_question_and_its_answer_are_passed_on_by_staff(forum: Forum) -> None:
    stix_id = published(forum)
    question = asked("alder", stix_id)
    assert read("birch") == {"asked": [], "for_you": []}, "nobody has read it yet"
    passed(question)
    about = {"collection": "distillation", "object": stix_id, "id": question, "text": ASKED}
    assert read("birch")["for_you"] == [{**about, "answered": None}]
    answer = give("birch", question).json
    assert read("birch")["for_you"] == [{**about, "answered": {"state": "open"}}]
    assert read("alder")["asked"] == [{**about, "state": "passed", "answers": []}]
    passed(answer["id"])
    assert read("alder")["asked"] == [{**about, "state": "passed", "answers": [SAID]}]


def test_nobody_else_reads_either(forum: Forum) -> None:
    question = passed(asked("alder", published(forum)))
    passed(give("birch", question).json["id"])
    assert read("cedar") == {"asked": [], "for_you": []}
    assert give("cedar", question).status == 404
    assert give("alder", question).status == 404, "who asks does not answer"


def test_all_who_stand_behind_it_are_asked(forum: Forum) -> None:
    stix_id = published(forum)
    forum.push("cedar", indicator(NORDVALE))
    question = passed(asked("alder", stix_id))
    for lab in ("birch", "cedar"):
        passed(give(lab, question, f"{lab} is not named by this").json["id"])
    assert len(read("alder")["asked"][0]["answers"]) == 2


def test_who_took_it_back_is_asked_no_more(forum: Forum) -> None:
    stix_id = published(forum)
    question = passed(asked("alder", stix_id))
    forum.retract("birch", stix_id)
    assert read("birch")["for_you"] == []
    assert give("birch", question).status == 404


def test_what_is_declined_goes_no_further_and_its_author_reads_why(forum: Forum) -> None:
    question = asked("alder", published(forum), "Which of you is it?")
    questions.decline(clerk("rowan"), Question.objects.get().id, why="It asks who.")
    assert read("birch")["for_you"] == []
    assert give("birch", question).status == 404
    [told] = read("alder")["asked"]
    assert (told["state"], told["why"]) == ("declined", "It asks who.")


def test_a_declined_answer_reaches_nobody(forum: Forum) -> None:
    question = passed(asked("alder", published(forum)))
    answer = give("birch", question, "We are birch.").json["id"]
    questions.decline(clerk("rowan"), answer, why="It says who.")
    assert read("alder")["asked"][0]["answers"] == []
    assert read("birch")["for_you"][0]["answered"] == {"state": "declined", "why": "It says who."}
    again = give("birch", question, SAID).json["id"]
    passed(again)
    assert read("alder")["asked"][0]["answers"] == [SAID]


def test_the_same_question_again_is_one(forum: Forum) -> None:
    stix_id = published(forum)
    assert asked("alder", stix_id) == asked("alder", stix_id)
    assert asked("cedar", stix_id) != asked("alder", stix_id)
    assert Question.objects.count() == 2


def test_what_is_decided_stays_so(forum: Forum) -> None:
    question = passed(asked("alder", published(forum)))
    with pytest.raises(questions.QuestionError, match="open"):
        passed(question)
    with pytest.raises(questions.QuestionError, match="Say why"):
        questions.decline(clerk(), Question.objects.get().id, why=" ")


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"{", 422),
        ({}, 422),
        ({"text": ""}, 422),
        ({"text": " \n"}, 422),
        ({"text": "x" * 2001}, 422),
        ({"text": ["x"]}, 422),
        ({"text": "x", "from": "alder"}, 422),
        ({"object": "indicator--0"}, 422),
        ({"collection": "nowhere"}, 404),
        ({"text": "Use password=hunter2hunter2 and key AKIAIOSFODNN7EXAMPLQ"}, 422),
        ({"text": "Was it card 4111 1111 1111 1111?"}, 422),
    ],
)
def test_what_cannot_be_taken_is_refused(forum: Forum, said: Any, status: int) -> None:
    right = {"collection": "distillation", "object": published(forum), "text": ASKED}
    body = {**right, **said} if isinstance(said, dict) and said else said
    answer = post(caller("alder"), PATH, body)
    assert answer.status == status
    assert "4111" not in json.dumps(answer.json)
    assert not Question.objects.exists()
    assert post(caller("alder"), PATH, right).status == 201


def test_what_waits_has_a_bound(forum: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MOST_OPEN", 2)
    stix_id = published(forum)
    statuses = [ask("alder", stix_id, f"And {each}?").status for each in range(3)]
    assert statuses == [201, 201, 422]


def test_of_what_a_lab_cannot_see_it_cannot_ask(forum: Forum) -> None:
    forum.add_collection("payments", accepts_reserved=True)
    forum.push("birch", indicator(PATTERN), into="payments")
    [elsewhere] = forum.feed("payments")
    assert ask("alder", elsewhere["id"]).status == 422, "as of an id that does not exist"
    reader = caller("alder", scopes=["status:read"])
    assert post(reader, PATH, {"collection": "distillation"}).status == 403


def test_neither_words_nor_authors_lie_open(forum: Forum) -> None:
    question = passed(asked("alder", published(forum)))
    give("birch", question)
    with connection.cursor() as cursor:
        cursor.execute("SELECT q::text FROM question q")
        stored = "\n".join(row[0] for row in cursor.fetchall())
    for word in ("addresses", "moved in May", *(str(each.member_id) for each in principals(forum))):
        assert word not in stored


def principals(forum: Forum) -> list[Any]:
    return list(forum.principals.values())


def test_each_step_is_journalled_and_names_no_member_beside_the_object(forum: Forum) -> None:
    stix_id = published(forum)
    question = passed(asked("alder", stix_id))
    passed(give("birch", question).json["id"])
    by = {name: [each.actor for each in acts(name)] for name in (
        "question asked", "question passed", "answer given", "answer passed")}  # fmt: skip
    assert by == {
        "question asked": ["a member"],
        "question passed": ["rowan"],
        "answer given": ["a member"],
        "answer passed": ["rowan"],
    }


def test_what_was_asked_long_ago_is_gone_with_its_answers(forum: Forum) -> None:
    question = passed(asked("alder", published(forum)))
    give("birch", question)
    assert questions.forget(now=now()) == 0
    assert questions.forget(now=now() + timedelta(days=400)) == 2
    assert not Question.objects.exists()
