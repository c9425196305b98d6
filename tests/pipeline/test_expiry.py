"""What is published ends, and tokens die with their epoch."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from indicators.domain.decay import current_decay
from indicators.domain.terms import current_terms
from indicators.matching import rotation
from indicators.matching.epochs import live_epochs
from indicators.matching.seeds import store
from indicators.models.lineage import Contribution
from indicators.models.publication import Publication, ReleaseItem, Spoken
from indicators.pipeline import expiry
from tests.forum import STATES_NEXUS, Forum, indicator, now, outcomes, relationship, stix
from tests.labs import acting_as
from tests.pipeline.governing import MAIL, PATTERN, POLICY, about_mail, acts, clerk, live


TOKENS = "distillation-tokens"


def test_what_is_gone_is_named_for_a_year(forum: Forum) -> None:
    domain = stix("domain-name", value="gw-2.meadowexit.example")
    forum.push("alder", domain)
    forum.retract("alder", domain["id"])
    assert len(forum.feed("distillation-withdrawn")) == 1
    with acting_as("forum_worker"):
        assert expiry.forget_withdrawn(now=now() + timedelta(days=364)) == 0
        assert expiry.forget_withdrawn(now=now() + timedelta(days=366)) == 1
        assert expiry.forget_withdrawn(now=now() + timedelta(days=366)) == 0
    assert forum.feed("distillation-withdrawn", versions="all") == []


def expire(*, days: int) -> int:
    return expiry.expire(policy=POLICY, now=now() + timedelta(days=days))


def test_an_indicator_is_withdrawn_a_grace_after_its_end(forum: Forum) -> None:
    until = now() + timedelta(days=10)
    status = forum.push("alder", indicator(PATTERN, valid_until=f"{until:%Y-%m-%dT%H:%M:%S.000Z}"))
    grace = current_terms().grace
    assert expire(days=10 + grace - 1) == 0
    assert expire(days=10 + grace + 1) == 1
    [revoked] = forum.feed()
    assert revoked["revoked"] is True
    assert outcomes(forum.status("alder", status.id)) == ["withdrawn"]
    assert [each.subject for each in acts("object expired")] == [f"distillation/{revoked['id']}"]
    assert len(forum.feed("distillation-withdrawn")) == 1
    assert expire(days=99) == 0


def test_an_indicator_without_an_end_has_that_of_its_kind(forum: Forum) -> None:
    forum.push("alder", indicator(PATTERN))
    lives = current_decay().lives("domain")
    assert lives is not None
    days = lives.days + 1 + current_terms().grace
    assert expire(days=days - 1) == 0
    assert expire(days=days + 1) == 1


def test_an_observable_ends_after_the_lifetime_of_its_kind_and_takes_its_ties_along(
    forum: Forum,
) -> None:
    domain = stix("domain-name", value="gw-2.meadowexit.example")
    campaign = stix("campaign", name="x")
    link = relationship(campaign, "uses", stix("infrastructure", name="y"))
    link["target_ref"] = domain["id"]
    forum.push("alder", domain, campaign, link | {"relationship_type": "related-to"})
    days = POLICY.lifetimes["domain"] + current_terms().observable
    assert expire(days=days) == 0
    assert expire(days=days + 1) == 1
    assert [each["type"] for each in live(forum)] == ["campaign"]


def test_what_is_contributed_again_stands_longer(forum: Forum) -> None:
    campaign = stix("campaign", name="x", first_seen="2026-11-01T00:00:00.000Z")
    forum.push("alder", campaign)
    other = current_terms().other
    Contribution.objects.update(last_day=now().date() - timedelta(days=other))
    forum.push("alder", campaign | {"modified": "2026-11-09T00:00:00.000Z", "confidence": 80})
    assert expire(days=other) == 0
    assert expire(days=other + 1) == 1


@pytest.mark.parametrize(
    ("kind", "lifetime"),
    [("email-addr", "identifier"), ("phone", "phone"), ("ipv4", "residential-ip")],
)
def test_tokens_end_by_their_kind(kind: str, lifetime: str) -> None:
    days = expiry.days_of(POLICY)
    found = days.get(f"match-token/{kind}", days["match-token"])
    assert found == POLICY.lifetimes[lifetime] + current_terms().observable


def test_a_token_of_a_phone_ends_before_one_of_a_mail(forum: Forum) -> None:
    seen = [
        stix("email-addr", value=MAIL),
        {**stix("user-account"), "account_type": "phone", "account_login": "+12025550123"},
    ]
    for each in seen:
        each["id"] = f"{each['type']}--{'7' * 8}-7777-5777-8777-{'7' * 12}"
        for name in ("created", "modified"):
            each.pop(name, None)
    group = stix(
        "grouping",
        context="suspicious-activity",
        object_refs=[each["id"] for each in seen],
        extensions=STATES_NEXUS,
    )
    assert outcomes(forum.push("alder", *seen, group)) == ["published"] * 3
    expire(days=POLICY.lifetimes["phone"] + current_terms().observable + 1)
    kinds = {each["kind"] for each in live(forum, TOKENS) if each["type"] == "match-token"}
    assert kinds == {"email-addr", "email-canon"}


def epoch_over() -> datetime:
    return max(live_epochs(now()).values()) + timedelta(seconds=1)


def test_tokens_die_with_their_epoch_in_every_version(forum: Forum) -> None:
    mail = stix("email-addr", value=MAIL)
    seen = stix(
        "observed-data",
        first_observed="2026-11-01T00:00:00.000Z",
        last_observed="2026-11-01T00:00:00.000Z",
        number_observed=3,
        object_refs=[mail["id"]],
        extensions=STATES_NEXUS,
    )
    forum.push("alder", about_mail(), mail, seen, indicator(PATTERN))
    token = forum.token("email-addr", MAIL)
    assert token in json.dumps(forum.feed(TOKENS))

    assert expiry.end_epochs(policy=POLICY, now=now()) == 0
    assert expiry.end_epochs(policy=POLICY, now=epoch_over()) == 3

    assert live(forum, TOKENS) == []
    assert token not in json.dumps(list(Publication.objects.values_list("body", flat=True)))
    assert not Spoken.objects.filter(stix_id__startswith="match-token").exists()
    assert len(live(forum)) == 1
    assert len(acts("object epoch ended")) == 3


def test_a_revoked_epoch_ends_at_once_and_others_stand(forum: Forum) -> None:
    forum.push("alder", about_mail())
    rotation.revoke(clerk(), store(), reason="a seed was seen")
    rotation.ensure(clerk(), store(), {})
    forum.push("alder", about_mail("sam@kestrelmail.example"))
    assert expiry.end_epochs(policy=POLICY, now=now()) == 1
    [left] = live(forum, TOKENS)
    assert forum.token("email-addr", "sam@kestrelmail.example") in left["pattern"]


def test_tokens_that_wait_for_a_batch_end_too(forum: Forum) -> None:
    forum.batch()
    forum.push("alder", about_mail())
    assert ReleaseItem.objects.count() == 1
    assert expiry.end_epochs(policy=POLICY, now=epoch_over()) == 1
    assert not ReleaseItem.objects.exists()
    forum.release(after=timedelta(days=4))
    assert live(forum, TOKENS) == []
