"""Every REST resource on one screen."""

from __future__ import annotations

from django.urls import include, path, re_path

from indicators.rest.views import unknown


urlpatterns = [
    path("", include("indicators.rest.urls_matching")),
    re_path(r"^api/", unknown),
]
