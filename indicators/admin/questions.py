"""Questions and answers: read here, and passed on as they are or not at all."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from indicators.admin.governed import Governed, Why, site
from indicators.models.question import Question
from indicators.pipeline import questions
from indicators.ui.person import clerk_of, may


@admin.register(Question, site=site)
class QuestionAdmin(Governed[Question]):
    list_display = ("day", "kind", "state", "collection", "stix_id", "words")
    list_filter = ("state", ("collection", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("collection",)
    search_fields = ("stix_id",)
    ordering = ("-day", "id")
    action_form = Why
    actions = ("pass_on", "decline")
    fields = ("id", "day", "kind", "ground", "asked", "collection", "stix_id", "words", "findings",
              "state", "decided_by", "why")  # fmt: skip
    readonly_fields = ("id", "kind", "asked", "words", "findings")

    @admin.display(description="the question")
    def asked(self, question: Question) -> str:
        return questions.text_of(question.answers) if question.answers else ""

    @admin.display(description="words")
    def words(self, question: Question) -> str:
        return questions.text_of(question)

    @admin.display(description="what screens see in them")
    def findings(self, question: Question) -> str:
        return ", ".join(questions.findings(question))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return may(request, "change_question")

    @admin.action(description="Pass on as it is", permissions=["decide"])
    def pass_on(self, request: HttpRequest, chosen: QuerySet[Question]) -> None:
        clerk = clerk_of(request)
        self.decide_each(
            request, chosen, lambda each: questions.pass_on(clerk, each.pk), said="passed on"
        )

    @admin.action(description="Decline: say why to its author", permissions=["decide"])
    def decline(self, request: HttpRequest, chosen: QuerySet[Question]) -> None:
        clerk, why = clerk_of(request), request.POST.get("why", "")
        self.decide_each(
            request,
            chosen,
            lambda each: questions.decline(clerk, each.pk, why=why),
            said="declined",
        )
