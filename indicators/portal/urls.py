from __future__ import annotations

from django.urls import path

from indicators.portal import (
    bulletins,
    campaigns,
    dashboard,
    integrations,
    keys,
    objects,
    reports,
    search,
    submissions,
    submit,
)


urlpatterns = [
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("bulletins/", bulletins.bulletins, name="bulletins"),
    path("campaigns/", campaigns.campaigns, name="campaigns"),
    path("campaigns/<slug:stix_id>/", campaigns.campaign, name="campaign"),
    path("search/", search.search, name="search"),
    path("objects/<slug:stix_id>/", objects.one, name="object"),
    path("reports/<str:quarter>/", reports.report, name="report"),
    path("submit/", submit.submit, name="submit"),
    path("submit/confirm/", submit.confirm, name="submit-confirm"),
    path("submissions/", submissions.submissions, name="submissions"),
    path("submissions/<uuid:submission_id>/", submissions.submission, name="submission"),
    path("integrations/", integrations.integrations, name="integrations"),
    path("integrations/keys/", keys.make, name="key-make"),
    path("integrations/keys/<slug:credential_id>/rotate/", keys.rotate, name="key-rotate"),
    path("integrations/keys/<slug:credential_id>/revoke/", keys.revoke, name="key-revoke"),
    path("integrations/<slug:client>/", integrations.one_recipe, name="recipe"),
]
