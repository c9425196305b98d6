"""The doors of an evaluator alone (EVALUATOR_ONLY): matching, and a probe; nothing else answers."""

from __future__ import annotations

from django.urls import include, path

from forum_share import errors, health


urlpatterns = [
    path("", include("indicators.rest.urls_matching")),  # /api/v1/matching/
    path("healthz", health.healthz),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.not_found
handler500 = errors.server_error
