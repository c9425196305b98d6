"""What happens between a look and a lock, out of order or too late."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from indicators.domain.disclosure import current_policy
from indicators.models.member import Grant, Member
from indicators.models.publication import Publication
from indicators.models.submission import HeldObject, Submission
from indicators.pipeline import enrich, queue, review, tasks, work
from tests.forum import Forum, indicator, messages, now, outcomes, relationship, stix


PATTERN = "[domain-name:value = 'gw-2.meadowexit.example']"
OTHER = "[domain-name:value = 'gw-3.meadowexit.example']"


def later(body: dict[str, Any], day: int, **changes: Any) -> dict[str, Any]:
    return body | {"modified": f"2026-11-{day:02d}T12:00:00.000Z"} | changes


def clock(monkeypatch: pytest.MonkeyPatch, **shift: float) -> None:
    """The worker's idea of now."""
    monkeypatch.setattr(tasks, "_now", lambda: now() + timedelta(**shift))


def once_after(
    monkeypatch: pytest.MonkeyPatch, where: Any, name: str, act: Callable[[], object]
) -> None:
    """Let something else happen right after the first call of a function."""
    real, pending = getattr(where, name), [act]

    def interrupted(*args: Any, **named: Any) -> Any:
        found = real(*args, **named)
        if pending:
            pending.pop()()
        return found

    monkeypatch.setattr(where, name, interrupted)


def held(part: str) -> HeldObject:
    return HeldObject.objects.get(part=part, state="open")


def release(item: HeldObject) -> None:
    review.release(item.id, by="rowan", policy=current_policy(), now=now())


# --- withdrawal


def test_a_long_chain_of_references_cannot_stop_a_withdrawal(forum: Forum) -> None:
    domain = stix("domain-name", value="gw-2.meadowexit.example")
    forum.push("alder", domain)
    [first] = forum.feed()
    last = first["id"]
    for _ in range(60):
        group = stix("grouping", context="unspecified", object_refs=[last])
        forum.push("birch", group)
        last = group["id"]
    assert forum.retract("alder", domain["id"])
    live = forum.feed()
    assert len(live) == 60
    assert all(each["revoked"] for each in live)
    assert first["id"] not in json.dumps(forum.feed(versions="all"))


def test_a_reference_of_a_later_version_falls_too(forum: Forum) -> None:
    sign, domain = indicator(PATTERN), stix("domain-name", value="gw-2.meadowexit.example")
    group = stix("grouping", context="unspecified", object_refs=[sign["id"]])
    forum.push("alder", sign, domain, group)
    forum.push("alder", later(group, 5, object_refs=[sign["id"], domain["id"]]))
    observable = next(each for each in forum.feed() if each["type"] == "domain-name")
    forum.retract("alder", domain["id"])
    assert observable["id"] not in json.dumps(forum.feed(versions="all"))
    assert (
        len(next(each for each in forum.feed() if each["type"] == "grouping")["object_refs"]) == 1
    )


def test_what_is_withdrawn_while_another_refers_to_it_is_not_named(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    domain = stix("domain-name", value="gw-2.meadowexit.example")
    forum.push("alder", domain)
    [observable] = forum.feed()
    once_after(monkeypatch, work, "known", lambda: forum.retract("alder", domain["id"]))
    sign = indicator(PATTERN)
    status = forum.push("birch", sign, relationship(sign, "based-on", {"id": observable["id"]}))
    assert observable["id"] not in json.dumps(forum.feed(versions="all"))
    assert outcomes(status)[1] == "waiting"


def test_text_released_for_what_was_taken_back_stays_unpublished(forum: Forum) -> None:
    sign = indicator(PATTERN, description="A relay.")
    forum.push("alder", sign)
    item = held("properties")
    release(item)
    forum.retract("alder", sign["id"])
    assert not enrich.apply(item.id, policy=current_policy(), now=now())
    assert "A relay." not in json.dumps(forum.feed(versions="all"))


def test_text_belongs_to_the_version_it_came_with(forum: Forum) -> None:
    sign = indicator(PATTERN, description="A relay.")
    forum.push("alder", sign)
    item = held("properties")
    release(item)
    forum.push("alder", later(sign, 5, pattern=OTHER, description="x"))
    assert not enrich.apply(item.id, policy=current_policy(), now=now())
    assert "A relay." not in json.dumps(forum.feed(versions="all"))


def test_a_second_labs_text_does_not_replace_the_firsts(forum: Forum) -> None:
    forum.push("alder", indicator(PATTERN, description="Words of the first."))
    item = held("properties")
    release(item)
    enrich.apply(item.id, policy=current_policy(), now=now())
    before = forum.feed(versions="all")
    forum.push("birch", indicator(PATTERN, description="Words of the second."))
    second = held("properties")
    release(second)
    assert not enrich.apply(second.id, policy=current_policy(), now=now())
    assert forum.feed(versions="all") == before


def test_an_observable_published_by_a_late_worker_is_live(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    domain = stix("domain-name", value="gw-2.meadowexit.example")
    forum.push("birch", domain)
    forum.retract("birch", domain["id"])
    clock(monkeypatch, minutes=-10)
    forum.push("alder", stix("domain-name", value="gw-2.meadowexit.example"))
    assert len(forum.feed()) == 1


def test_an_envelope_may_take_back_what_it_brings(forum: Forum) -> None:
    one, other = stix("ipv4-addr", value="198.51.100.1"), stix("ipv4-addr", value="198.51.100.2")
    domain = stix("domain-name", value="a.example", resolves_to_refs=[one["id"], other["id"]])
    status = forum.push("alder", one, other, domain, one | {"revoked": True})
    assert outcomes(status)[1:] == ["published", "published", "withdrawn"], messages(status)
    live = {each["type"]: each for each in forum.feed()}
    assert len(live["domain-name"]["resolves_to_refs"]) == 1


# --- order


def test_one_senders_submissions_are_worked_on_in_order(forum: Forum) -> None:
    first = forum.push("alder", indicator(PATTERN), work=False)
    second = forum.push("alder", indicator(OTHER), work=False)
    other = forum.push("birch", indicator(OTHER), work=False)
    assert queue.claim(second.id) is None
    assert queue.claim(other.id)
    lease = queue.claim(first.id)
    assert lease
    assert queue.claim(second.id) is None
    assert queue.finish(lease) == second.id
    assert queue.claim(second.id)


def test_a_retraction_reaches_what_was_not_yet_worked_on(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indicators.intake.retract._PATIENCE", 0.02)
    sign = indicator(PATTERN)
    sent = forum.push("alder", sign, work=False)
    assert forum.retract("alder", sign["id"])
    assert outcomes(forum.status("alder", sent.id)) == ["withdrawn"]
    assert [each.get("revoked") for each in forum.feed()] == [True]


def test_a_retraction_reaches_what_a_reviewer_has_just_released(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indicators.intake.retract._PATIENCE", 0.02)
    broad = indicator("[domain-name:value LIKE '%.meadowexit.example']")
    forum.push("alder", broad)
    release(held("object"))
    assert forum.retract("alder", broad["id"])
    assert not [each for each in forum.feed() if not each.get("revoked")]


def test_an_older_version_leaves_a_newer_one_in_the_queue(forum: Forum) -> None:
    sign = indicator(PATTERN)
    newer = later(sign, 5, pattern="[domain-name:value LIKE '%.meadowexit.example']")
    assert outcomes(forum.push("alder", newer)) == ["held"]
    assert "newer version" in messages(forum.push("alder", sign))[0]
    assert held("object").state == "open"
    assert forum.feed() == []


# --- who leads


def test_a_warning_that_expired_is_taken_up_by_the_next_lab(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    forum.push("alder", indicator(PATTERN, valid_until=(now() + timedelta(hours=2)).isoformat()
                                  .replace("+00:00", "Z"), confidence=5))  # fmt: skip
    [old] = forum.feed()
    forum.push("birch", indicator(PATTERN, confidence=90))
    assert forum.feed() == [old]
    clock(monkeypatch, hours=5)
    forum.push("cedar", indicator(PATTERN, confidence=90))
    [new] = forum.feed()
    assert new["id"] == old["id"]
    assert new["confidence"] == 85
    assert new["valid_until"] > old["valid_until"]


def test_who_is_left_alone_may_update(forum: Forum) -> None:
    mine, theirs = indicator(PATTERN, confidence=5), indicator(PATTERN, confidence=90)
    forum.push("alder", mine)
    forum.push("birch", theirs)
    forum.retract("alder", mine["id"])
    forum.push("birch", later(theirs, 5))
    assert forum.feed()[0]["confidence"] == 85


# --- echoes and rights


@pytest.mark.parametrize("change", [{}, {"defanged": False}, {"x_seen": "by birch"}])
def test_an_observable_pulled_before_its_withdrawal_is_an_echo(
    forum: Forum, change: dict[str, Any]
) -> None:
    domain = stix("domain-name", value="gw-2.meadowexit.example")
    forum.push("alder", domain)
    [pulled] = forum.feed()
    forum.retract("alder", domain["id"])
    status = forum.push("birch", pulled | change)
    assert outcomes(status) == ["echo"]
    assert forum.feed() == []


def test_a_pull_is_an_echo_in_another_collection_too(forum: Forum) -> None:
    forum.add_collection("second", accepts_reserved=True)
    sign, domain = indicator(PATTERN), stix("domain-name", value="gw-2.meadowexit.example")
    forum.push("alder", sign, domain)
    bare = [{k: v for k, v in each.items() if k != "created_by_ref"} for each in forum.feed()]
    assert outcomes(forum.push("birch", *bare, into="second")) == ["echo", "echo"]


def test_a_catalogue_that_a_member_may_not_read_is_not_there_for_it(forum: Forum) -> None:
    forum.add_collection("library", kind="verbatim")
    technique = stix("attack-pattern", name="Extract AI Model")
    forum.push("birch", technique, into="library")
    alder = forum.principals["alder"].member_id
    Grant.objects.filter(member_id=alder, collection=forum.collections["library"]).delete()
    assert outcomes(forum.push("birch", technique)) == ["echo"]
    assert outcomes(forum.push("alder", technique)) == ["held"]


def test_a_suspended_members_queue_is_not_published(forum: Forum) -> None:
    sent = forum.push("alder", indicator(PATTERN), work=False)
    Member.objects.filter(slug="alder").update(state="suspended")
    forum.work()
    assert "GRANT_ENDED" in messages(forum.status("alder", sent.id))[0]
    assert not Publication.objects.exists()


def test_nothing_is_released_into_a_submission_that_was_set_aside(forum: Forum) -> None:
    sent = forum.push("alder", indicator("[domain-name:value LIKE '%.meadowexit.example']"))
    Submission.objects.filter(pk=sent.id).update(state="quarantined")
    with pytest.raises(review.ReviewError, match="set aside"):
        release(held("object"))
