"""A changed policy reaches what waits, what stands behind it, and older versions."""

from __future__ import annotations

from typing import Any

import pytest

from indicators.models.publication import ReleaseItem
from indicators.pipeline import batches, lookback, rescreen
from tests.forum import Forum, now, stix
from tests.pipeline.governing import POLICY, about_mail, acts, live
from tests.pipeline.test_rescreen import REFUSED, changed, in_type, run


NO_TYPES = changed(
    in_type("indicator", '"vocabulary:indicator-type"', '"drop"'),
)


def wait_behind(forum: Forum, **newer: Any) -> None:
    """Publish an indicator over tokens, and have a newer version of it wait for a batch."""
    forum.batch(batch_members=1, batch_soon_percent=100)
    first = about_mail(indicator_types=["compromised"])
    forum.push("alder", first)
    forum.release()
    forum.batch(batch_members=3, batch_soon_percent=100)
    later = {name: value for name, value in first.items() if name != "indicator_types"}
    forum.push("alder", later | {"modified": "2026-11-02T00:00:00.000Z"} | newer)
    assert ReleaseItem.objects.count() == 1
    rescreen.remember(POLICY, now=now())


def test_what_is_live_is_looked_at_though_a_newer_version_waits(forum: Forum) -> None:
    """The newer one, which the policy lets pass, goes out at once in its place."""
    wait_behind(forum)
    promised = rescreen.preview(policy=NO_TYPES, now=now())
    count = rescreen.run(policy=NO_TYPES, now=now())
    assert (count.checked, count.revised, count.withdrawn) == (2, 1, 0)
    assert promised == count
    [left] = forum.feed("distillation-tokens", versions="all")
    assert "indicator_types" not in left
    assert not ReleaseItem.objects.exists()
    assert len(acts("object revised for new policy")) == 1


def test_what_is_live_and_stands_does_not_hurry_what_waits(forum: Forum) -> None:
    wait_behind(forum, indicator_types=["anonymization"])
    [before] = forum.feed("distillation-tokens")
    policy = changed(in_type("campaign", '"auto"', '"refuse:OUT_OF_SCOPE"'))
    assert rescreen.run(policy=policy, now=now()).checked == 2
    assert forum.feed("distillation-tokens", versions="all") == [before]
    assert ReleaseItem.objects.get().policy_version == policy.version


def test_both_fall_if_neither_may_stand(forum: Forum) -> None:
    wait_behind(forum)
    promised = rescreen.preview(policy=REFUSED, now=now())
    assert rescreen.run(policy=REFUSED, now=now()) == promised
    assert promised.withdrawn == 1
    assert live(forum, "distillation-tokens") == []
    assert not ReleaseItem.objects.exists()


def test_what_waits_under_words_that_nobody_kept_falls(forum: Forum) -> None:
    """Nobody can say that it may go out; what it was to take the place of falls with it."""
    wait_behind(forum)
    ReleaseItem.objects.update(policy_version="1999-01-01.1")
    count = rescreen.waiting(policy=POLICY, now=now())
    assert (count.unknown, count.withdrawn) == (1, 1)
    assert live(forum, "distillation-tokens") == []
    assert not ReleaseItem.objects.exists()
    assert len(acts("object against new policy")) == 1


def test_what_was_superseded_before_the_night_is_looked_at_too(forum: Forum) -> None:
    """The batch that goes out between the change and the night takes the old one's place."""
    wait_behind(forum)
    forum.batch(batch_members=1, batch_soon_percent=100)
    batches.run(policy=NO_TYPES, now=now())
    older, newer = forum.feed("distillation-tokens", versions="all")
    assert "indicator_types" in older
    promised = rescreen.preview(policy=NO_TYPES, now=now())
    assert rescreen.run(policy=NO_TYPES, now=now()) == promised
    assert promised.revised == 1
    assert forum.feed("distillation-tokens", versions="all") == [newer]
    assert len(acts("older version blanked for new policy")) == 1


def test_an_older_version_that_the_change_means_nothing_to_can_still_be_read(forum: Forum) -> None:
    cluster = stix("infrastructure", name="x", confidence=80)
    forum.push("alder", cluster)
    forum.push("alder", cluster | {"modified": "2026-11-02T00:00:00.000Z", "confidence": 20})
    before = forum.feed(versions="all")
    assert len(before) == 2
    assert run(changed(in_type("campaign", '"auto"', '"refuse:OUT_OF_SCOPE"'))).checked == 2
    assert forum.feed(versions="all") == before


def test_what_another_policy_lets_into_the_queue_meanwhile_is_decided_over_first(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_behind(forum)
    monkeypatch.setattr(rescreen, "waiting", lambda **_: lookback.Count())
    assert rescreen.run(policy=REFUSED, now=now()).withdrawn == 1
    assert live(forum, "distillation-tokens") == []
    assert not ReleaseItem.objects.exists()


NO_CONFIDENCE_OF_GROUPINGS = changed(
    in_type("grouping", 'confidence = "scale"', 'confidence = "drop"')
)


def bundle_of(forum: Forum) -> dict[str, Any]:
    """Publish a grouping of a domain, in a collection whose later objects wait."""
    forum.batch("distillation", batch_members=1, batch_soon_percent=100)
    domain = stix("domain-name", value="a.example")
    bundle = stix("grouping", context="suspicious-activity", object_refs=[domain["id"]],
                  confidence=80)  # fmt: skip
    forum.push("alder", domain, bundle)
    forum.release()
    forum.batch("distillation", batch_members=3)
    rescreen.remember(POLICY, now=now())
    return bundle | {"modified": "2026-11-02T00:00:00.000Z"}


@pytest.mark.parametrize("confidence", [{}, {"confidence": 80}])
def test_what_waits_for_something_else_is_not_hurried_ahead_of_it(
    forum: Forum, confidence: dict[str, int]
) -> None:
    """Nor if it is revised itself: the id of what it refers to would tell the value."""
    newer = bundle_of(forum)
    late = stix("domain-name", value="b.example")
    del newer["confidence"]
    refs = [*newer["object_refs"], late["id"]]
    forum.push("alder", late, newer | confidence | {"object_refs": refs})
    promised = rescreen.preview(policy=NO_CONFIDENCE_OF_GROUPINGS, now=now())
    assert rescreen.run(policy=NO_CONFIDENCE_OF_GROUPINGS, now=now()) == promised
    assert promised.withdrawn == 1
    assert [each["type"] for each in live(forum)] == ["domain-name"]
    assert ReleaseItem.objects.get().type == "domain-name"


def test_what_waits_in_another_collection_stops_nothing(forum: Forum) -> None:
    forum.add_collection("payments", accepts_reserved=True)
    forum.batch("payments", batch_members=3)
    newer = bundle_of(forum)
    del newer["confidence"]
    forum.push("alder", newer)
    forum.push("birch", stix("domain-name", value="a.example"), into="payments")
    count = rescreen.run(policy=NO_CONFIDENCE_OF_GROUPINGS, now=now())
    assert (count.revised, count.withdrawn) == (1, 0)


def test_what_is_superseded_while_the_look_back_reads_is_blanked(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_behind(forum)
    forum.batch(batch_members=1, batch_soon_percent=100)
    real, came = rescreen._part, list[bool]()

    def read(*where: Any) -> Any:
        rows = real(*where)
        if rows and not came:
            came.append(True)
            batches.run(policy=NO_TYPES, now=now())
        return rows

    monkeypatch.setattr(rescreen, "_part", read)
    rescreen.run(policy=NO_TYPES, now=now())
    left = forum.feed("distillation-tokens", versions="all")
    assert ["indicator_types" in each for each in left] == [False]


def test_the_preview_says_what_comes_of_both(forum: Forum) -> None:
    wait_behind(forum, indicator_types=["anonymization"])
    promised = rescreen.preview(policy=NO_TYPES, now=now())
    assert rescreen.run(policy=NO_TYPES, now=now()) == promised
