from __future__ import annotations

from django.urls import path

from indicators.console import review, today


urlpatterns = [
    path("", today.today, name="today"),
    path("review/", review.queue, name="review"),
    path("review/next/", review.take_next, name="review-next"),
    path("review/many/", review.decide_many, name="review-many"),
    path("review/<uuid:held_id>/", review.item, name="review-item"),
    path("review/<uuid:held_id>/decide/", review.decide_one, name="review-decide"),
]
