"""Every REST resource on one screen."""

from __future__ import annotations

from django.urls import include, path, re_path

from indicators.rest.contribution import Contribution
from indicators.rest.feedback import Feedback, OneWord
from indicators.rest.questions import Answers, Questions
from indicators.rest.views import unknown


urlpatterns = [
    path("", include("indicators.rest.urls_matching")),
    re_path(r"^api/v1/feedback/?$", Feedback.as_view()),
    re_path(r"^api/v1/feedback/(?P<collection>[^/]+)/(?P<own_id>[^/]+)/?$", OneWord.as_view()),
    re_path(r"^api/v1/questions/?$", Questions.as_view()),
    re_path(r"^api/v1/questions/(?P<question>[^/]+)/answers/?$", Answers.as_view()),
    re_path(r"^api/v1/me/contribution/?$", Contribution.as_view()),
    re_path(r"^api/", unknown),
]
