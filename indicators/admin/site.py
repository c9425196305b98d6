"""The admin's site: who may enter, and what its views may see.

The web process sees nothing of other members' rows (row-level security); a staff view runs in one
transaction that says it is one, rendering included, because lists are read while they are rendered.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponseBase
from django.template.response import SimpleTemplateResponse

from indicators.domain.regime import current_table, day_of
from indicators.pipeline import pauses
from indicators.roles import speaking_for_staff


View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class ForumAdminSite(AdminSite):
    site_header = "Forum Share"
    site_title = "Forum Share staff"
    index_title = "Records"
    index_template = "admin/indicators/index.html"

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """What every page says of the law: what is paused; the front page, what is in force."""
        now = datetime.now(UTC)  # noqa: TID251  a view is a door
        context = super().each_context(request)
        if not self.has_permission(request):
            return context
        if paused := pauses.standing(now=now):
            context["site_header"] = f"{self.site_header}: paused {', '.join(paused)}"
        return context | {"paused": paused, "regimes": current_table().banner(day_of(now))}

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        return super().admin_view(_for_staff(view), cacheable)


def _for_staff(view: View) -> View:
    @wraps(view)
    def with_all_rows(*args: Any, **kwargs: Any) -> HttpResponseBase:
        with speaking_for_staff():
            response = view(*args, **kwargs)
            if isinstance(response, SimpleTemplateResponse):
                response.render()
        return response

    return cast("View", with_all_rows)


site = ForumAdminSite()
