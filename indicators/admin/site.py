"""The admin's site: who may enter, and what its views may see.

The web process sees nothing of other members' rows (row-level security); a staff view runs in one
transaction that says it is one, rendering included, because lists are read while they are rendered.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib.admin import AdminSite
from django.http import HttpResponseBase
from django.template.response import SimpleTemplateResponse

from indicators.roles import speaking_for_staff


View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class ForumAdminSite(AdminSite):
    site_header = "Forum Share"
    site_title = "Forum Share staff"
    index_title = "Records"

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
