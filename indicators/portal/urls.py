from __future__ import annotations

from django.urls import path

from indicators.portal import (
    bulletins,
    campaign,
    campaigns,
    dashboard,
    feedback,
    give,
    integrations,
    keys,
    objects,
    organisation,
    reports,
    search,
    submissions,
    submit,
    take_back,
    watch,
)


urlpatterns = [
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("bulletins/", bulletins.bulletins, name="bulletins"),
    path("campaigns/", campaigns.campaigns, name="campaigns"),
    path("campaigns/<slug:stix_id>/", campaign.campaign, name="campaign"),
    path("campaigns/<slug:stix_id>/watch/", watch.watch, name="watch"),
    path("campaigns/<slug:stix_id>/leave/", watch.leave, name="leave"),
    path("search/", search.search, name="search"),
    path("objects/<slug:stix_id>/", objects.one, name="object"),
    path("reports/<str:quarter>/", reports.report, name="report"),
    path("submit/", submit.submit, name="submit"),
    path("submit/confirm/", submit.confirm, name="submit-confirm"),
    path("submissions/", submissions.submissions, name="submissions"),
    path("submissions/<uuid:submission_id>/", submissions.submission, name="submission"),
    path(
        "submissions/<uuid:submission_id>/<int:ordinal>/take-back/",
        take_back.take_back,
        name="take-back",
    ),
    path("feedback/", feedback.said, name="feedback"),
    path("feedback/received/", feedback.received, name="received"),
    path("feedback/questions/", feedback.asked, name="questions"),
    path("feedback/questions/<uuid:question_id>/answer/", feedback.answer, name="answer"),
    path("objects/<slug:stix_id>/feedback/", give.give, name="give"),
    path("integrations/", integrations.integrations, name="integrations"),
    path("integrations/keys/", keys.make, name="key-make"),
    path("integrations/keys/<slug:credential_id>/rotate/", keys.rotate, name="key-rotate"),
    path("integrations/keys/<slug:credential_id>/revoke/", keys.revoke, name="key-revoke"),
    path("settings/", organisation.organisation, name="settings"),
    path("settings/password/", organisation.password, name="password"),
    path("integrations/<slug:client>/", integrations.one_recipe, name="recipe"),
]
