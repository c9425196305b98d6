"""What is paused waits, is told so, and goes on by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from indicators.domain import regime
from indicators.models.member import Member
from indicators.models.pause import Pause
from indicators.models.submission import HeldObject, SubmissionObject
from indicators.pipeline import enrich, pauses, review
from indicators.pipeline.review import effects
from tests.forum import Forum, indicator, messages, outcomes
from tests.labs import acting_as
from tests.pipeline.governing import MAIL, PATTERN, POLICY, about_mail, acts, clerk, facts, live


def test_personal_identifiers_wait_while_they_are_paused_and_nothing_else(forum: Forum) -> None:
    pauses.pause(clerk(), "personal_tokens", reason="counsel looks at transfers")

    status = forum.push("alder", about_mail(), indicator(PATTERN))

    assert outcomes(status) == ["held", "published"]
    assert messages(status)[0].startswith("held: PAUSED")
    assert live(forum, "distillation-tokens") == []
    assert facts("pause set") == {"reason": "counsel looks at transfers"}


def test_lifted_they_go_on_by_themselves(forum: Forum) -> None:
    pauses.pause(clerk(), "personal_tokens", reason="counsel looks at transfers")
    status = forum.push("alder", about_mail())
    assert pauses.lift(clerk("operator"), "personal_tokens", reason="looked at") == 1
    forum.work()
    assert outcomes(forum.status("alder", status.id)) == ["published"]
    [published] = live(forum, "distillation-tokens")
    assert forum.token("email-addr", MAIL) in published["pattern"]
    assert [each.state for each in HeldObject.objects.all()] == ["superseded"]
    assert len(acts("held looked at again")) == 1
    assert Pause.objects.get().lifted_by == "operator"


def test_tokens_that_a_lab_made_itself_wait_too(forum: Forum) -> None:
    token = forum.token("email-addr", MAIL)
    pauses.pause(clerk(), "personal_tokens", reason="counsel looks at transfers")
    made = about_mail()
    epoch = next(iter(epochs()))
    made["pattern"] = (
        "[match-token:kind = 'email-addr' AND match-token:scheme = 'fs-voprf-r255-v1' "
        f"AND match-token:epoch = '{epoch}' AND match-token:value = '{token}']"
    )
    assert outcomes(forum.push("alder", made)) == ["held"]
    pauses.lift(clerk(), "personal_tokens", reason="looked at")
    forum.work()
    [row] = SubmissionObject.objects.all()
    assert (row.outcome, row.rule_ids) == ("published", ["types.indicator", "personal.email-addr"])


def test_the_worker_sees_a_pause_that_staff_set(forum: Forum) -> None:
    pauses.pause(clerk(), "personal_tokens", reason="counsel looks at transfers")
    sent = forum.push("alder", about_mail(), indicator(PATTERN), work=False)
    with acting_as("forum_worker"):
        forum.work()
    assert outcomes(forum.status("alder", sent.id)) == ["held", "published"]


def epochs() -> list[str]:
    from indicators.matching.epochs import live_epochs  # noqa: PLC0415  after the forum is made

    return list(live_epochs(clerk().now))


def test_nobody_releases_what_is_paused(forum: Forum) -> None:
    pauses.pause(clerk(), "personal_tokens", reason="counsel looks at transfers")
    forum.push("alder", about_mail())
    [held] = HeldObject.objects.all()
    assert review.is_hidden(held)
    with pytest.raises(review.ReviewError, match="pause"):
        review.release(held.id, by="rowan", policy=POLICY, now=clerk().now)


def test_sharing_across_borders_waits_where_somebody_reads_under_another_law(forum: Forum) -> None:
    Member.objects.filter(slug__in=["alder", "birch", "cedar"]).update(jurisdiction="US")
    pauses.pause(clerk(), "cross_border", reason="a transfer mechanism fell")
    assert outcomes(forum.push("alder", indicator(PATTERN))) == ["published"]
    Member.objects.filter(slug="cedar").update(jurisdiction="FR")
    other = indicator("[domain-name:value = 'gw-3.meadowexit.example']")
    status = forum.push("alder", other)
    assert outcomes(status) == ["held"]
    assert "another law" in messages(status)[0]


def test_an_unknown_law_is_another(forum: Forum) -> None:
    pauses.pause(clerk(), "cross_border", reason="a transfer mechanism fell")
    assert outcomes(forum.push("alder", indicator(PATTERN))) == ["held"]


def test_a_pause_needs_a_reason_and_is_set_and_lifted_once(forum: Forum) -> None:
    with pytest.raises(pauses.PauseError, match="reason"):
        pauses.pause(clerk(), "personal_tokens", reason=" ")
    with pytest.raises(pauses.PauseError, match="no switch"):
        pauses.pause(clerk(), "everything", reason="x")
    pauses.pause(clerk(), "personal_tokens", reason="x")
    with pytest.raises(pauses.PauseError, match="already"):
        pauses.pause(clerk(), "personal_tokens", reason="x")
    pauses.lift(clerk(), "personal_tokens", reason="y")
    with pytest.raises(pauses.PauseError, match="not paused"):
        pauses.lift(clerk(), "personal_tokens", reason="y")


def test_a_law_that_lapses_pauses_by_itself_until_one_is_dated(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    needing = regime.Table("v", (), {"personal_tokens": frozenset({"act"})})
    monkeypatch.setattr(pauses, "current_table", lambda: needing)
    status = forum.push("alder", about_mail())
    assert outcomes(status) == ["held"]
    with pytest.raises(pauses.PauseError, match="by law"):
        pauses.lift(clerk(), "personal_tokens", reason="I would like to")
    monkeypatch.undo()
    assert pauses.go_on(policy=POLICY, now=clerk().now) == 1
    forum.work()
    assert outcomes(forum.status("alder", status.id)) == ["published"]


def test_text_that_is_released_waits_for_the_pause_to_be_lifted(forum: Forum) -> None:
    Member.objects.filter(slug="alder").update(jurisdiction="US")
    forum.push("alder", indicator(PATTERN, description="A relay."))
    pauses.pause(clerk(), "cross_border", reason="counsel looks at transfers")
    held = HeldObject.objects.get()
    review.release(held.id, by="rowan", policy=POLICY, now=clerk().now)
    assert not enrich.apply(held.id, policy=POLICY, now=clerk().now)
    assert "description" not in forum.feed()[0]

    pauses.lift(clerk("operator"), "cross_border", reason="looked at")
    earlier = clerk(after=-timedelta(minutes=1)).now
    HeldObject.objects.update(decided_at=earlier, undo_until=earlier)
    assert held.id in effects.due(10)  # the sweep takes it up
    assert enrich.apply(held.id, policy=POLICY, now=clerk().now)
    assert forum.feed()[0]["description"] == "A relay."
