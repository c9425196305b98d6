"""Appeals: opened over a published object, decided here, shown in the feed by the worker."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import ForeignKey, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest

from indicators.admin.governed import Governed, Why, refused_as_validation, site
from indicators.admin.record import ModelForm
from indicators.models.appeal import Appeal
from indicators.models.collection import Collection
from indicators.pipeline import appeals, feedback
from indicators.ui.person import clerk_of, may


_ASKED = ("collection", "stix_id", "ground", "reference")


class AppealForm(ModelForm[Appeal]):
    """An object by its Forum id, a ground, and where the case file is."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        refused_as_validation(
            self,
            lambda: appeals.check_new(
                cleaned["collection"],
                cleaned["stix_id"].strip(),
                ground=cleaned["ground"],
                reference=cleaned["reference"],
            ),
        )
        return cleaned


@admin.register(Appeal, site=site)
class AppealAdmin(Governed[Appeal]):
    form = AppealForm
    list_display = ("stix_id", "collection", "ground", "state", "shown", "opened_on", "closed_by")
    list_filter = ("state", "ground", ("collection", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("collection",)
    search_fields = ("stix_id", "reference")
    ordering = ("-opened_at",)
    action_form = Why
    actions = ("uphold", "dismiss")

    def get_fields(self, request: HttpRequest, obj: Appeal | None = None) -> tuple[str, ...]:
        if obj is None:
            return _ASKED
        made = ("id", *_ASKED, "members_say", "state", "shown", "opened_by", "opened_on")
        return (*made, "closed_by", "outcome")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Appeal | None = None
    ) -> tuple[str, ...]:
        return ("id", "members_say", "shown", "opened_on") if obj else ()

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        kinds = [Collection.Kind.SHARING, Collection.Kind.TOKENS]
        kwargs["queryset"] = Collection.objects.filter(kind__in=kinds).order_by("alias")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description="in the feed", boolean=True)
    def shown(self, appeal: Appeal) -> bool:
        return appeal.applied == appeal.state

    @admin.display(description="members say (how many)")
    def members_say(self, appeal: Appeal) -> str:
        said = feedback.tally(appeal.collection_id, appeal.stix_id)
        return ", ".join(f"{verdict} ({members})" for verdict, members in said.items())

    @admin.display(description="opened on", ordering="opened_at")
    def opened_on(self, appeal: Appeal) -> str:
        return f"{appeal.opened_at:%Y-%m-%d}"

    def has_close_permission(self, request: HttpRequest) -> bool:
        return may(request, "change_appeal")

    def save_model(self, request: HttpRequest, obj: Appeal, form: Any, change: bool) -> None:
        made = appeals.open_appeal(
            clerk_of(request),
            obj.collection,
            obj.stix_id.strip(),
            ground=obj.ground,
            reference=obj.reference,
        )
        obj.pk = made.pk

    @admin.action(description="Uphold: withdraw it for good", permissions=["close"])
    def uphold(self, request: HttpRequest, chosen: QuerySet[Appeal]) -> None:
        self._close(request, chosen, upheld=True)

    @admin.action(description="Dismiss: take the flag away", permissions=["close"])
    def dismiss(self, request: HttpRequest, chosen: QuerySet[Appeal]) -> None:
        self._close(request, chosen, upheld=False)

    def _close(self, request: HttpRequest, chosen: QuerySet[Appeal], *, upheld: bool) -> None:
        clerk, why = clerk_of(request), request.POST.get("why", "")
        self.decide_each(
            request,
            chosen,
            lambda each: appeals.close(clerk, each.pk, upheld=upheld, outcome=why),
            said="decided; the feed follows in a moment",
        )
