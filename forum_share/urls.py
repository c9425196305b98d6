"""Every door of the hub on one screen."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView

from forum_share import errors, health
from indicators.admin.site import site


def landing(request: HttpRequest) -> HttpResponse:
    """Whoever has signed in is led on to their own first page."""
    if request.user.is_authenticated:
        return redirect("console:today" if request.user.is_staff else "portal:dashboard")
    words = {"title": settings.FORUM_TITLE, "contact": settings.FORUM_CONTACT}
    return render(request, "forum_share/landing.html", words)


urlpatterns = [
    path("", landing, name="landing"),
    path("", include("indicators.taxii.urls")),  # /taxii2/ and /forum/
    path("", include("indicators.rest.urls")),  # /api/v1/
    path("", include("indicators.ui.urls")),
    path("", include(("indicators.portal.urls", "portal"))),
    path("ops/", include(("indicators.console.urls", "console"))),
    path("admin/", site.urls),
    path("favicon.ico", RedirectView.as_view(url=static("forum_share/icon.svg"), permanent=True)),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.not_found
handler500 = errors.server_error
