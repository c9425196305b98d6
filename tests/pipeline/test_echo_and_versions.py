"""What comes back, and what comes again, changes nothing; what is newer does."""

from __future__ import annotations

import pytest

from tests.forum import Forum, indicator, messages, outcomes, relationship, stix


PATTERN = "[domain-name:value = 'gw-2.meadowexit.example']"


def test_pushing_ones_pull_back_changes_nothing(forum: Forum) -> None:
    domain = stix("domain-name", value="gw-2.meadowexit.example")
    sign = indicator(PATTERN)
    forum.push("alder", domain, sign, relationship(sign, "based-on", domain))
    before = forum.feed(versions="all")
    status = forum.push("birch", *before)
    assert outcomes(status) == ["echo"] * 3, messages(status)
    assert forum.feed(versions="all") == before


def test_pushing_back_what_was_revoked_changes_nothing(forum: Forum) -> None:
    domain, sign = stix("domain-name", value="gw-2.meadowexit.example"), indicator(PATTERN)
    forum.push("alder", domain, sign, relationship(sign, "based-on", domain))
    forum.retract("alder", sign["id"])
    before = forum.feed(versions="all")
    pulled = [*before, *forum.feed("distillation-withdrawn")]
    assert set(outcomes(forum.push("birch", *pulled))) == {"echo"}
    assert forum.feed(versions="all") == before


def test_a_resent_object_is_the_same_object(forum: Forum) -> None:
    sign = indicator(PATTERN)
    first = forum.push("alder", sign)
    before = forum.feed(versions="all")
    again = forum.push("alder", sign, indicator("[domain-name:value = 'other.example']"))
    assert outcomes(again) == ["published", "published"]
    assert messages(again)[0].split(";")[0] == messages(first)[0].split(";")[0]
    assert len(forum.feed(versions="all")) == len(before) + 1


def test_the_same_body_is_the_same_submission(forum: Forum) -> None:
    sign = indicator(PATTERN)
    assert forum.push("alder", sign).id == forum.push("alder", sign).id
    assert forum.push("birch", sign).id != forum.push("alder", sign).id


def test_other_content_under_the_same_version_is_refused(forum: Forum) -> None:
    sign = indicator(PATTERN)
    forum.push("alder", sign)
    status = forum.push("alder", sign | {"pattern": "[domain-name:value = 'other.example']"})
    assert outcomes(status) == ["rejected"]
    assert "VERSION_CONFLICT" in messages(status)[0]


def test_two_labs_may_use_the_same_id(forum: Forum) -> None:
    sign = indicator(PATTERN)
    forum.push("alder", sign)
    status = forum.push("birch", sign | {"pattern": "[domain-name:value = 'other.example']"})
    assert outcomes(status) == ["published"]
    assert len(forum.feed()) == 2


def test_a_newer_version_of_ones_own_object_is_its_next_version(forum: Forum) -> None:
    cluster = stix("infrastructure", name="x", infrastructure_types=["botnet"])
    forum.push("alder", cluster)
    newer = cluster | {
        "modified": "2026-11-02T00:00:00.000Z",
        "infrastructure_types": ["anonymization"],
    }
    status = forum.push("alder", newer)
    assert outcomes(status) == ["published"]
    [live] = forum.feed()
    assert live["infrastructure_types"] == ["anonymization"]
    first, second = forum.feed(versions="all")
    assert first["id"] == second["id"]
    assert first["modified"] < second["modified"]


def test_a_newer_version_with_another_pattern_moves_the_contribution(forum: Forum) -> None:
    sign = indicator(PATTERN)
    forum.push("alder", sign)
    [old] = forum.feed()
    forum.push(
        "alder",
        sign
        | {
            "modified": "2026-11-02T00:00:00.000Z",
            "pattern": "[domain-name:value = 'new.example']",
        },
    )
    live = {each["id"]: each for each in forum.feed()}
    assert live[old["id"]]["revoked"] is True
    assert [each["pattern"] for each in live.values() if not each.get("revoked")] == [
        "[domain-name:value = 'new.example']"
    ]


def test_an_older_version_changes_nothing(forum: Forum) -> None:
    sign = indicator(PATTERN, modified="2026-11-05T00:00:00.000Z")
    forum.push("alder", sign)
    before = forum.feed(versions="all")
    status = forum.push("alder", sign | {"modified": "2026-11-04T00:00:00.000Z"})
    assert outcomes(status) == ["published"]
    assert forum.feed(versions="all") == before


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_versions_in_one_envelope_the_newer_counts(
    forum: Forum, order: tuple[int, int]
) -> None:
    cluster = stix("infrastructure", name="x", infrastructure_types=["botnet"])
    newer = cluster | {
        "modified": "2026-11-02T00:00:00.000Z",
        "infrastructure_types": ["anonymization"],
    }
    both = [cluster, newer]
    status = forum.push("alder", *(both[each] for each in order))
    assert outcomes(status) == ["published", "published"], messages(status)
    assert forum.feed()[-1]["infrastructure_types"] == ["anonymization"]


def test_a_version_from_the_future_is_refused(forum: Forum) -> None:
    status = forum.push("alder", indicator(PATTERN, modified="2090-01-01T00:00:00.000Z"))
    assert "FUTURE_VERSION" in messages(status)[0]


def test_exercise_content_does_not_enter_another_collection(forum: Forum) -> None:
    forum.add_collection("exercise", exercise=True)
    forum.push("alder", stix("domain-name", value="a.example"), into="exercise")
    [drill] = forum.feed("exercise")
    status = forum.push("birch", drill)
    assert "EXERCISE_CONTENT" in messages(status)[0]
