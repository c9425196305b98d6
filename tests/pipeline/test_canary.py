"""The token that a lab can always expect in an exercise."""

from __future__ import annotations

from indicators.domain.disclosure import current_policy
from indicators.pipeline import canary
from tests.forum import STATES_NEXUS, Forum, indicator, now


def exercise(forum: Forum) -> None:
    parent = forum.add_collection("exercise", exercise=True, accepts_reserved=True)
    forum.add_collection("exercise-tokens", kind="tokens", exercise=True, parent=parent)


def ensure() -> int:
    return canary.ensure(policy=current_policy(), now=now())


def test_it_is_said_once_in_every_exercise_and_nowhere_else(forum: Forum) -> None:
    exercise(forum)
    assert (ensure(), ensure()) == (1, 0)
    [said] = forum.feed("exercise-tokens")
    for kind in ("email-addr", "email-canon"):
        assert forum.token(kind, canary.ADDRESS) in said["pattern"]
    assert said["indicator_types"] == ["benign"]
    assert forum.feed("distillation-tokens") == []


def test_no_lab_can_take_it_back(forum: Forum) -> None:
    exercise(forum)
    ensure()
    [said] = forum.feed("exercise-tokens")
    own = indicator(f"[email-addr:value = '{canary.ADDRESS}']", extensions=STATES_NEXUS)
    forum.push("alder", own, into="exercise")
    assert not forum.retract("alder", said["id"], into="exercise")
    assert forum.retract("alder", own["id"], into="exercise")
    live = [each["id"] for each in forum.feed("exercise-tokens") if not each.get("revoked")]
    assert live == [said["id"]]
