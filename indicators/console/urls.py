from __future__ import annotations

from django.urls import path

from indicators.console import (
    audit,
    campaigns,
    members,
    offboarding,
    onboarding,
    pipeline,
    review,
    today,
)


urlpatterns = [
    path("", today.today, name="today"),
    path("review/", review.queue, name="review"),
    path("review/next/", review.take_next, name="review-next"),
    path("review/many/", review.decide_many, name="review-many"),
    path("review/<uuid:held_id>/", review.item, name="review-item"),
    path("review/<uuid:held_id>/decide/", review.decide_one, name="review-decide"),
    path("campaigns/", campaigns.campaigns, name="campaigns"),
    path("campaigns/proposals/<uuid:proposal_id>/", campaigns.proposal, name="proposal"),
    path(
        "campaigns/proposals/<uuid:proposal_id>/decide/", campaigns.decide, name="proposal-decide"
    ),
    path("members/", members.matrix, name="matrix"),
    path("members/<slug:slug>/", members.member, name="member"),
    path("onboarding/", onboarding.begin, name="onboarding-begin"),
    path("onboarding/<uuid:onboarding_id>/", onboarding.one, name="onboarding"),
    path("onboarding/<uuid:onboarding_id>/<slug:name>/", onboarding.step, name="onboarding-step"),
    path("offboarding/of/<slug:slug>/", offboarding.begin, name="offboarding-begin"),
    path("offboarding/<uuid:offboarding_id>/", offboarding.one, name="offboarding"),
    path(
        "offboarding/<uuid:offboarding_id>/<slug:name>/", offboarding.step, name="offboarding-step"
    ),
    path("pipeline/", pipeline.pipeline, name="pipeline"),
    path("audit/", audit.audit, name="audit"),
]
