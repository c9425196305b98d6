"""The daily run: belief gets older, and grows with those who stand behind it.

Days pass by running with a later clock; sightings are written as intake would write them.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

import pytest

from indicators import keyring
from indicators.domain.decay import current_decay
from indicators.domain.disclosure import current_policy
from indicators.models.appeal import Appeal
from indicators.models.feedback import Feedback
from indicators.models.lineage import Contribution
from indicators.models.publication import ForumObject
from indicators.pipeline import corroborate, expiry, weights
from tests.forum import Forum, indicator, now
from tests.pipeline.governing import about_mail
from tests.pipeline.test_anonymity import everything


PATTERN = "[domain-name:value = 'gw-2.meadowexit.example']"
RULE = current_decay().weight


def run(days: float = 0) -> int:
    return corroborate.run(policy=current_policy(), now=now() + timedelta(days=days))


def warn(forum: Forum, *labs: str, **properties: Any) -> dict[str, dict[str, Any]]:
    """The same warning of several labs, each under an id of its own."""
    sent = {lab: indicator(PATTERN, **{"confidence": 80, **properties}) for lab in labs}
    for lab, sign in sent.items():
        forum.push(lab, sign)
    return sent


def said(forum: Forum, alias: str = "distillation") -> dict[str, Any]:
    [body] = [each for each in forum.feed(alias) if each["type"] == "indicator"]
    return body


def sight(forum: Forum, lab: str, *, days: float = 0, **fields: Any) -> None:
    """A sighting of the only indicator, from a lab's own telemetry unless told otherwise."""
    collection, stix_id = forum.collections["distillation"], said(forum)["id"]
    day = (now() + timedelta(days=days)).date()
    Feedback.objects.create(
        lookup_tag=secrets.token_bytes(32), collection_id=collection.id, stix_id=stix_id,
        contrib_tag=keyring.contrib_tag(forum.principals[lab].member_id, collection.id, stix_id),
        content_mac=b"", member_ct=b"",
        **{"verdict": "sighted", "first_day": day, "last_day": day, **fields},
    )  # fmt: skip


def until(forum: Forum) -> datetime:
    return datetime.fromisoformat(said(forum)["valid_until"])


def test_belief_in_one_labs_word_falls_step_by_step(forum: Forum) -> None:
    warn(forum, "alder")
    steps = []
    for day in (0, 3, 4, 30, 49, 51):
        run(day)
        steps.append(said(forum)["confidence"])
    assert steps == [85, 85, 50, 50, 50, 15]
    assert len(forum.feed(versions="all")) == 3  # a version for each step, and no other


def test_a_day_that_crosses_no_step_says_nothing(forum: Forum) -> None:
    warn(forum, "alder")
    forum.push("alder", about_mail(confidence=80))
    before = everything(forum)
    assert run(1) == run(2) == 0
    assert everything(forum) == before


@pytest.mark.parametrize("other", ["contribution", "sighting"])
def test_a_second_member_changes_no_byte_on_any_day(forum: Forum, other: str) -> None:
    warn(forum, "alder")
    before = everything(forum)
    if other == "contribution":
        warn(forum, "birch", confidence=10, valid_until="2027-06-01T00:00:00Z")
    else:
        sight(forum, "birch", days=20)
    assert run(1) == 0
    assert everything(forum) == before
    [first] = forum.feed()
    run(4)
    assert said(forum) == {**first, "confidence": 50, "modified": said(forum)["modified"]}


def test_that_the_first_has_gone_does_not_show(forum: Forum) -> None:
    [sent] = warn(forum, "alder").values()
    warn(forum, "birch", confidence=10)
    before = everything(forum)
    forum.retract("alder", sent["id"])
    assert run(1) == 0
    assert everything(forum) == before
    run(4)
    assert said(forum)["confidence"] == 50


def test_three_members_are_said_once_a_day(forum: Forum) -> None:
    warn(forum, "alder", "birch", confidence=40)
    before = everything(forum)
    warn(forum, "cedar", confidence=40)
    assert everything(forum) == before
    assert run() == 1
    assert (said(forum)["labels"], said(forum)["confidence"]) == (["corroborated"], 85)
    before = everything(forum)
    assert run() == 0
    assert everything(forum) == before


def test_a_sighting_of_a_third_member_corroborates(forum: Forum) -> None:
    warn(forum, "alder", "birch")
    sight(forum, "cedar")
    assert run() == 1
    assert said(forum)["labels"] == ["corroborated"]


@pytest.mark.parametrize(
    "fields",
    [{"basis": "public"}, {"basis": "from-feed"}, {"verdict": "true-positive"},
     {"verdict": "not-sighted"}, {"state": "withdrawn"}],
)  # fmt: skip
def test_what_is_no_sighting_of_its_own_corroborates_nothing(
    forum: Forum, fields: dict[str, Any]
) -> None:
    warn(forum, "alder", "birch")
    before = everything(forum)
    sight(forum, "cedar", **fields)
    assert run() == 0
    assert everything(forum) == before


def test_a_contributors_own_sighting_refreshes_and_never_corroborates(forum: Forum) -> None:
    warn(forum, "alder", "birch")
    sight(forum, "alder", days=10)
    run(12)
    assert (said(forum)["confidence"], "labels" in said(forum)) == (85, False)


def test_a_lab_that_sees_it_again_makes_it_hold_longer(forum: Forum) -> None:
    warn(forum, "alder")
    first = until(forum)
    sight(forum, "alder", days=10)
    run(12)
    assert until(forum) == first  # not by so little
    sight(forum, "alder", days=20)
    run(20)
    assert timedelta(days=19) < until(forum) - first <= timedelta(days=21)


def test_what_nobody_sees_again_is_revoked_and_named(forum: Forum) -> None:
    warn(forum, "alder")
    for day in (0, 30, 60):
        run(day)
        expiry.expire(policy=current_policy(), now=now() + timedelta(days=day))
    assert not said(forum).get("revoked")
    expiry.expire(policy=current_policy(), now=now() + timedelta(days=67))
    assert said(forum)["revoked"] is True
    [note] = forum.feed("distillation-withdrawn")
    assert said(forum)["id"] in note["content"]
    assert len(forum.feed(versions="all")) == 1
    assert run(80) == 0


def test_a_token_is_not_said_to_hold_beyond_its_epoch(forum: Forum) -> None:
    sent = {lab: about_mail() for lab in ("alder", "birch", "cedar")}
    for lab, sign in sent.items():
        forum.push(lab, sign)
    Contribution.objects.update(until=now().date() + timedelta(days=400), exact_until=None)
    run()
    body = said(forum, "distillation-tokens")
    assert body["labels"] == ["corroborated"]
    assert body["valid_until"] < (now() + timedelta(days=200)).isoformat()


def test_what_is_suspended_or_disputed_is_left_alone(forum: Forum) -> None:
    warn(forum, "alder", "birch", "cedar")
    before = everything(forum)
    ForumObject.objects.update(state=ForumObject.State.SUSPENDED)
    assert run(4) == 0
    assert everything(forum) == before


def test_what_others_believed_goes_with_them(forum: Forum) -> None:
    """The first's word stands again, at its age, and from then on the next one's."""
    sent = warn(forum, "alder", "birch", "cedar")
    run()
    forum.retract("alder", sent["alder"]["id"])
    run(1)
    assert "labels" not in said(forum)
    [lead] = Contribution.objects.filter(is_first=True)
    assert lead.state == Contribution.State.ACTIVE
    before = everything(forum)
    assert run(2) == 0
    assert everything(forum) == before


def weigh(forum: Forum, lab: str, days: int = 0) -> float:
    weights.weight_of.cache_clear()
    return weights.weight_of(forum.principals[lab].member_id, now().date() + timedelta(days=days))


def signs(count: int) -> list[dict[str, Any]]:
    return [
        indicator(f"[domain-name:value = 'g{each}.meadowexit.example']") for each in range(count)
    ]


def test_a_lab_that_takes_back_a_lot_weighs_less(forum: Forum) -> None:
    sent = signs(6)
    forum.push("alder", *sent)
    forum.push("birch", *signs(6))
    assert weigh(forum, "alder") == weigh(forum, "birch") == pytest.approx(RULE.newcomer, abs=0.01)
    for each in sent[:3]:
        forum.retract("alder", each["id"])
    fallen = weigh(forum, "alder")
    assert fallen < weigh(forum, "birch")
    left = {each["pattern"] for each in sent[3:]}
    for each in forum.feed():
        if each["pattern"] in left:
            forum.retract("alder", each["id"])  # by the Forum's id, which it may use as well
    assert weigh(forum, "alder") < fallen


def test_what_ended_by_itself_is_not_held_against_it(forum: Forum) -> None:
    forum.push("alder", *signs(6))
    before = weigh(forum, "alder")
    expiry.expire(policy=current_policy(), now=now() + timedelta(days=90))
    assert {each["revoked"] for each in forum.feed()} == {True}
    assert weigh(forum, "alder") == before


def test_to_be_corroborated_raises_it_and_an_upheld_appeal_lowers_it_most(forum: Forum) -> None:
    warn(forum, "alder", "birch", "cedar")
    before = weigh(forum, "alder")
    run()
    raised = weigh(forum, "alder")
    assert raised > before
    Appeal.objects.create(
        collection=forum.collections["distillation"], stix_id=said(forum)["id"], ground="stale",
        reference="A-1", opened_by="rowan", opened_at=now(), state="upheld", closed_by="linden",
    )  # fmt: skip
    assert weigh(forum, "alder") < before


def test_a_weight_lies_sealed_beside_what_was_sent(forum: Forum) -> None:
    warn(forum, "alder", "birch")
    rows = Contribution.objects.all()
    assert len({len(bytes(each.weight_ct or b"")) for each in rows}) == 1
    assert len({bytes(each.weight_ct or b"") for each in rows}) == 2
    for each in rows:
        opened = weights.opened(bytes(each.lookup_tag), bytes(each.weight_ct or b""))
        assert opened == pytest.approx(RULE.newcomer, abs=0.01)


def reweigh(of: float) -> None:
    for each in Contribution.objects.all():
        sealed = weights.sealed(bytes(each.lookup_tag), of)
        Contribution.objects.filter(pk=each.pk).update(weight_ct=sealed)


def test_no_weight_shows_before_k_and_what_all_weigh_does_after(forum: Forum) -> None:
    warn(forum, "alder", "birch", confidence=40)
    before = everything(forum)
    reweigh(0.05)
    assert run() == 0
    assert everything(forum) == before
    warn(forum, "cedar", confidence=40)
    reweigh(0.05)
    run()
    assert (said(forum)["labels"], said(forum)["confidence"]) == (["corroborated"], 15)


def test_no_weight_is_opened_before_k(forum: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    warn(forum, "alder", "birch")

    def refuse(*_: object) -> float:
        raise AssertionError("opened")

    monkeypatch.setattr(weights, "opened", refuse)
    run(4)
    warn(forum, "cedar")
    with pytest.raises(AssertionError, match="opened"):
        run(5)
