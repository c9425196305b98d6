from __future__ import annotations

from django.urls import path

from indicators.console import (
    audit,
    bulletins,
    campaigns,
    deliveries,
    demands,
    incidents,
    members,
    offboarding,
    onboarding,
    pipeline,
    policies,
    recalls,
    reports,
    reveals,
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
    path("incidents/", incidents.incidents, name="incidents"),
    path("incidents/new/", incidents.new, name="incident-new"),
    path("incidents/<uuid:incident_id>/", incidents.incident, name="incident"),
    path("bulletins/", bulletins.bulletins, name="bulletins"),
    path("bulletins/new/", bulletins.new, name="bulletin-new"),
    path("bulletins/<uuid:bulletin_id>/", bulletins.bulletin, name="bulletin"),
    path("demands/", demands.demands, name="demands"),
    path("demands/new/", demands.new, name="demand-new"),
    path("demands/<uuid:request_id>/", demands.demand, name="demand"),
    path("demands/<uuid:request_id>/export/", demands.export, name="demand-export"),
    path("reports/", reports.reports, name="reports"),
    path("reports/<str:quarter>/", reports.report, name="report"),
    path("members/", members.matrix, name="matrix"),
    path("recalls/", recalls.recalls, name="recalls"),
    path("recalls/<uuid:recall_id>/", recalls.one, name="recall"),
    path("recalls/<uuid:recall_id>/approve/", recalls.approve, name="recall-approve"),
    path("recalls/<uuid:recall_id>/refuse/", recalls.refuse, name="recall-refuse"),
    path("recalls/<uuid:recall_id>/look/", recalls.look, name="recall-look"),
    path("recalls/<uuid:recall_id>/order/", recalls.order, name="recall-order"),
    path("reveals/", reveals.reveals, name="reveals"),
    path("reveals/<uuid:reveal_id>/", reveals.one, name="reveal"),
    path("reveals/<uuid:reveal_id>/look/", reveals.look, name="reveal-look"),
    path("reveals/<uuid:reveal_id>/<slug:name>/", reveals.step, name="reveal-step"),
    path("delivery/", deliveries.lookup, name="delivery"),
    path("policies/", policies.policies, name="policies"),
    path("policies/try/", policies.tester, name="policies-try"),
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
