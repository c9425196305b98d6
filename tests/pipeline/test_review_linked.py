"""What moves with a lab's release goes out when that tells no longer which lab, and when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from indicators.domain.stix.extensions import BY_NAME
from indicators.models.submission import HeldObject
from indicators.pipeline import review
from tests.forum import Forum, stix
from tests.pipeline.reviewing import ROWAN, again, as_


PROFILE = BY_NAME["distillation-profile"].id


def profile(forum: Forum, **body: Any) -> HeldObject:
    extension = {"extension_type": "property-extension", "sync_pattern": "cron-aligned", **body}
    forum.push("alder", stix("campaign", name="x", extensions={PROFILE: extension}))
    return HeldObject.objects.get(reasons__contains=["BEHAVIOUR_PROFILE"])


def test_a_profile_that_follows_a_release_waits_two_weeks(forum: Forum) -> None:
    item = profile(forum, pivot_latency_bucket="within-24h")
    review.release(item.id, **as_(ROWAN))
    waits = again(item)
    assert waits.state == HeldObject.State.DECIDED
    assert waits.undo_until is not None
    assert waits.undo_until - item.held_at == timedelta(days=14)
    assert PROFILE not in str(forum.feed())


def test_any_other_profile_goes_out_when_it_is_released(forum: Forum) -> None:
    item = profile(forum)
    review.release(item.id, **as_(ROWAN))
    assert again(item).state != HeldObject.State.DECIDED


def test_rejecting_it_waits_for_nothing(forum: Forum) -> None:
    item = profile(forum, pivot_latency_bucket="within-24h")
    review.reject(item.id, message="too early", **as_(ROWAN))
    assert again(item).state == HeldObject.State.REJECTED
