from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from indicators.management.desk import Desk, add_login
from indicators.models.question import Question
from indicators.pipeline import questions
from indicators.pipeline.questions import QuestionError


class Command(BaseCommand):
    help = (
        "Questions that members ask about published objects, and the answers of who stands behind "
        "them. Each is passed on as it is, or declined. docs/review.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        verbs.add_parser("list", help="what nobody has read yet, oldest first")
        show = verbs.add_parser("show", help="the words of one, and what screens see in them")
        passing = verbs.add_parser("pass", help="pass one on as it is")
        declining = verbs.add_parser("decline", help="let one go no further")
        declining.add_argument("--why", required=True, help="its author reads it; no names")
        for verb in (show, passing, declining):
            verb.add_argument("question", metavar="ID", help="its id, or how the id begins")
            add_login(verb)

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["verb"] == "list":
            self.stdout.write(_listing())
            return
        desk = Desk.of(options["by"])
        try:
            found = questions.find(options["question"])
            self.stdout.write(_STEPS[options["verb"]](desk, found, options))
        except QuestionError as error:
            raise CommandError(str(error)) from error


def _show(desk: Desk, question: Question, _options: dict[str, Any]) -> str:
    desk.require("view_question")
    seen = ", ".join(questions.findings(question)) or "nothing"
    asked = f"Asked: {questions.text_of(question.answers)}\n" if question.answers else ""
    return f"{_line(question)}\n{asked}{questions.text_of(question)}\nScreens see: {seen}"


def _pass(desk: Desk, question: Question, _options: dict[str, Any]) -> str:
    desk.require("change_question")
    with desk.at_work("question pass", f"question/{question.id}"):
        questions.pass_on(desk.person, question.id)
    return "Passed on."


def _decline(desk: Desk, question: Question, options: dict[str, Any]) -> str:
    desk.require("change_question")
    with desk.at_work("question decline", f"question/{question.id}"):
        questions.decline(desk.person, question.id, why=options["why"])
    return "Declined."


_STEPS = {"show": _show, "pass": _pass, "decline": _decline}


def _listing() -> str:
    found = Question.objects.filter(state=Question.State.OPEN).select_related("collection")
    return "\n".join(_line(each) for each in found.order_by("day", "id")) or "None."


def _line(question: Question) -> str:
    return (
        f"{question.id}  {question.state}  {question.kind}  "
        f"{question.collection.alias}/{question.stix_id}  {question.day:%Y-%m-%d}"
    )
