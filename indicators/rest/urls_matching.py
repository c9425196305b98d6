"""The matching doors: all that an evaluator alone has.

A trailing slash is optional and served directly: a redirect would lose a POST's body and a client's
credentials.
"""

from __future__ import annotations

from django.urls import re_path

from indicators.rest.matching import Budget, Evaluations, Keys
from indicators.rest.views import unknown


urlpatterns = [
    re_path(r"^api/v1/matching/keys/?$", Keys.as_view()),
    re_path(
        r"^api/v1/matching/evaluations/(?P<kind>[^/]+)/(?P<epoch>[^/]+)/?$", Evaluations.as_view()
    ),
    re_path(r"^api/v1/matching/budget/?$", Budget.as_view()),
    re_path(r"^api/v1/matching/", unknown),
]
