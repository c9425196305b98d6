"""Personal identifiers leave only as tokens, beside the collection they were sent to."""

from __future__ import annotations

import json
import re

import pytest

from indicators.domain.disclosure import current_policy
from indicators.matching.limits import current_limits
from indicators.models.matching import BudgetUse
from indicators.pipeline import review
from tests.forum import (
    STATES_NEXUS,
    Forum,
    indicator,
    messages,
    now,
    outcomes,
    relationship,
    stix,
)
from tests.pipeline.reviewing import held


BESIDE = "distillation-tokens"
_VALUES = re.compile("[A-Za-z0-9_-]{43}")
MAIL = "J.Doe+x@Kestrelmail.example"


def test_an_email_indicator_is_published_over_its_two_tokens(forum: Forum) -> None:
    status = forum.push(
        "alder", indicator(f"[email-addr:value = '{MAIL}']", extensions=STATES_NEXUS)
    )
    assert outcomes(status) == ["published"], messages(status)
    assert forum.feed() == []
    [published] = forum.feed(BESIDE)
    for kind in ("email-addr", "email-canon"):
        assert forum.token(kind, MAIL) in published["pattern"]
        assert f"match-token:kind = '{kind}'" in published["pattern"]
    assert published["id"] in messages(status)[0]
    assert "kestrelmail" not in json.dumps(published).lower()


def test_an_observable_becomes_one_token_of_each_kind(forum: Forum) -> None:
    mail = stix("email-addr", value=MAIL, display_name="Jordan Doe")
    data = stix(
        "observed-data",
        first_observed="2026-11-01T09:14:00Z",
        last_observed="2026-11-01T10:14:00Z",
        number_observed=7,
        object_refs=[mail["id"]],
    )
    because = stix("grouping", context="suspicious-activity", object_refs=[data["id"]])
    because["extensions"] = STATES_NEXUS
    status = forum.push("alder", mail, data, because)

    assert outcomes(status) == ["published"] * 3, messages(status)
    assert forum.feed() == []
    published = forum.feed(BESIDE)
    tokens = {each["kind"]: each for each in published if each["type"] == "match-token"}
    assert {kind: each["value"] for kind, each in tokens.items()} == {
        kind: forum.token(kind, MAIL) for kind in ("email-addr", "email-canon")
    }
    [seen] = [each for each in published if each["type"] == "observed-data"]
    assert seen["object_refs"] == [tokens["email-addr"]["id"]]
    assert "display_name" in messages(status)[0]


def test_spellings_of_two_labs_become_one_object(forum: Forum) -> None:
    for lab, spelling in (("alder", MAIL), ("birch", "j.doe+x@KESTRELMAIL.example")):
        forum.push(lab, indicator(f"[email-addr:value = '{spelling}']", extensions=STATES_NEXUS))
    assert len(forum.feed(BESIDE, versions="all")) == 1


def test_a_declaration_on_the_grant_does_not_cover_personal_identifiers(forum: Forum) -> None:
    alone = forum.push("alder", stix("email-addr", value=MAIL))
    pattern = forum.push("alder", indicator(f"[email-addr:value = '{MAIL}']"))
    for status in (alone, pattern):
        assert outcomes(status) == ["rejected"]
        assert "THREAT_NEXUS" in messages(status)[0]
        assert "share-governance" in messages(status)[0]


def test_a_member_can_forbid_itself_to_send_raw_values(forum: Forum) -> None:
    forum.add_member("dogwood", refuses_raw=True)
    forum.grant("dogwood")
    status = forum.push(
        "dogwood", indicator(f"[email-addr:value = '{MAIL}']", extensions=STATES_NEXUS)
    )
    assert "RAW_REFUSED" in messages(status)[0]


def test_what_is_sent_in_clear_is_charged_to_the_budget_of_its_kind(forum: Forum) -> None:
    alder = forum.principals["alder"].member_id
    phone = indicator("[phone-number:value = '+12025550100']", extensions=STATES_NEXUS)
    mails = indicator(f"[email-addr:value IN ('{MAIL}', 'a@b.example')]", extensions=STATES_NEXUS)
    forum.push("alder", phone, mails)
    forum.push("alder", phone, mails)  # sent again, nothing is evaluated again
    used = BudgetUse.objects.filter(member_id=alder).values_list("kind", "used")
    assert dict(used) == {"phone": 1, "email-addr": 2, "email-canon": 2}

    cap = current_limits().daily["phone"]
    BudgetUse.objects.filter(member_id=alder, kind="phone").update(used=cap)
    other = indicator("[phone-number:value = '+12025550101']", extensions=STATES_NEXUS)
    mail = indicator("[email-addr:value = 'c@b.example']", extensions=STATES_NEXUS)
    status = forum.push("alder", other, mail)
    assert outcomes(status) == ["rejected", "published"]
    assert f"BUDGET_SPENT; {cap} of {cap} evaluations of phone" in messages(status)[0]
    assert len(forum.feed(BESIDE)) == 3

    BudgetUse.objects.filter(member_id=alder, kind="phone").update(used=0)
    assert outcomes(forum.push("alder", other)) == ["published"]


def test_a_lab_may_send_the_token_itself(forum: Forum) -> None:
    raw = indicator("[phone-number:value = '+1 202 555 0101']", extensions=STATES_NEXUS)
    forum.push("alder", raw)
    [published] = forum.feed(BESIDE)
    assert "THREAT_NEXUS" in messages(forum.push("birch", indicator(published["pattern"])))[0]
    status = forum.push("birch", indicator(published["pattern"], extensions=STATES_NEXUS))
    assert outcomes(status) == ["published"], messages(status)
    assert published["id"] in messages(status)[0]


@pytest.mark.parametrize("epoch", ["2019Q1", "2099Q4"])
def test_a_token_of_an_epoch_that_is_not_live_is_refused(forum: Forum, epoch: str) -> None:
    pattern = (
        "[match-token:kind = 'phone' AND match-token:scheme = 'fs-voprf-r255-v1' "
        f"AND match-token:epoch = '{epoch}' AND match-token:value = '{'A' * 43}']"
    )
    status = forum.push("alder", indicator(pattern, extensions=STATES_NEXUS))
    assert "EPOCH_OVER" in messages(status)[0]


WHOLE = (
    "match-token:kind = 'phone' AND match-token:scheme = 'fs-voprf-r255-v1' "
    f"AND match-token:epoch = '2026Q4' AND match-token:value = '{'A' * 43}'"
)


@pytest.mark.parametrize(
    "pattern",
    [
        f"[match-token:value = '{'A' * 43}']",
        "[match-token:epoch = '2026Q4']",
        f"[match-token:kind = 'phone' AND match-token:value = '{'A' * 43}']",
        f"[({WHOLE}) OR match-token:value = '{'B' * 42}A']",
        f"[{WHOLE} AND match-token:value LIKE 'A%']",
        f"[{WHOLE}] OR [match-token:kind = 'phone']",
        "[" + WHOLE.replace("epoch =", "epoch !=") + "]",
        "[" + WHOLE.replace("= 'phone'", "IN ('phone', 'pan')") + "]",
        f"[prompt-family:bands[*] = '{'A' * 43}']",
        f"[prompt-family:epoch = '2026Q4' AND prompt-family:bands[*] = '{'A' * 43}']",
    ],
)
def test_a_token_is_named_whole_or_not_at_all(forum: Forum, pattern: str) -> None:
    """Without its epoch it would outlive its key, and stand where all that is no token stands."""
    status = forum.push("alder", indicator(pattern, extensions=STATES_NEXUS))
    assert outcomes(status) == ["rejected"], messages(status)
    assert "name a token whole" in messages(status)[0]
    assert forum.feed() == []


def test_a_token_lives_as_long_as_what_it_stands_for(forum: Forum) -> None:
    """Whether a lab blinds a number or the hub does, it changes hands as fast."""
    raw = indicator("[phone-number:value = '+1 202 555 0101']", extensions=STATES_NEXUS)
    forum.push("alder", raw)
    [published] = forum.feed(BESIDE)
    other = published["pattern"].replace(forum.token("phone", "+12025550101"), "A" * 43)
    forum.push("birch", indicator(other, extensions=STATES_NEXUS))
    ends = {each["valid_until"] for each in forum.feed(BESIDE)}
    assert len(forum.feed(BESIDE)) == 2
    assert len(ends) == 1, ends


def test_an_account_needs_its_provider(forum: Forum) -> None:
    status = forum.push(
        "alder",
        indicator("[user-account:user_id = 'u-123']", extensions=STATES_NEXUS),
        indicator(
            "[user-account:account_type = 'github' AND user-account:account_login = 'Mallory']",
            extensions=STATES_NEXUS,
        ),
    )
    assert outcomes(status) == ["rejected", "published"], messages(status)
    assert "account_type" in messages(status)[0]
    [published] = forum.feed(BESIDE)
    assert forum.token("account-handle", "github:mallory") in published["pattern"]
    assert "user-account" not in published["pattern"]


def test_two_identifiers_of_one_account_are_asked_for_apart(forum: Forum) -> None:
    """One token is one object: a pattern that asks of it to be two would never match."""
    login, number = "user-account:account_login = 'Mallory'", "user-account:user_id = '123'"
    provider = "user-account:account_type = 'github'"
    status = forum.push(
        "alder",
        *(
            indicator(pattern, extensions=STATES_NEXUS)
            for pattern in (
                f"[{provider} AND {login} AND {number}]",
                f"[{provider} AND ({login} OR {number})]",
                f"[{provider} AND {login}] AND [{provider} AND {number}]",
            )
        ),
    )
    assert outcomes(status) == ["rejected", "published", "published"], messages(status)
    assert "no object is two" in messages(status)[0]


def test_a_card_in_a_payment_slot_becomes_a_token(forum: Forum) -> None:
    card = indicator("[payment-card:value = '4111 1111 1111 1111']", extensions=STATES_NEXUS)
    assert outcomes(forum.push("alder", card)) == ["published"]
    [published] = forum.feed(BESIDE)
    assert forum.token("pan", "4111111111111111") in published["pattern"]
    assert "4111" not in published["pattern"].replace(forum.token("pan", "4111111111111111"), "")


def test_a_relationship_between_both_stands_beside(forum: Forum) -> None:
    mail = indicator(f"[email-addr:value = '{MAIL}']", extensions=STATES_NEXUS)
    proxy = stix("infrastructure", name="x", infrastructure_types=["anonymization"])
    status = forum.push("alder", mail, proxy, relationship(mail, "indicates", proxy))
    assert outcomes(status) == ["published"] * 3, messages(status)
    assert [each["type"] for each in forum.feed()] == ["infrastructure"]
    assert {each["type"] for each in forum.feed(BESIDE)} == {"indicator", "relationship"}


def test_what_refers_across_falls_with_what_it_refers_to(forum: Forum) -> None:
    mail = indicator(f"[email-addr:value = '{MAIL}']", extensions=STATES_NEXUS)
    proxy = stix("infrastructure", name="x", infrastructure_types=["anonymization"])
    forum.push("alder", mail, proxy, relationship(mail, "indicates", proxy))
    forum.retract("alder", proxy["id"])
    live = [each["type"] for each in forum.feed(BESIDE) if not each.get("revoked")]
    assert live == ["indicator"]
    [fallen] = [each for each in forum.feed(BESIDE) if each.get("revoked")]
    assert fallen["type"] == "relationship"
    told = json.dumps(forum.feed("distillation-withdrawn"))
    assert fallen["id"] in told


def test_taking_back_an_address_takes_both_its_tokens(forum: Forum) -> None:
    mail = stix("email-addr", value=MAIL)
    because = stix("grouping", context="suspicious-activity", object_refs=[mail["id"]])
    because["extensions"] = STATES_NEXUS
    forum.push("alder", mail, because)
    assert forum.retract("alder", mail["id"])
    assert [each for each in forum.feed(BESIDE) if not each.get("revoked")] == []


def test_a_token_is_taken_back_under_its_forum_id_too(forum: Forum) -> None:
    forum.push("alder", indicator(f"[email-addr:value = '{MAIL}']", extensions=STATES_NEXUS))
    [published] = forum.feed(BESIDE)
    assert not forum.retract("birch", published["id"])
    assert forum.retract("alder", published["id"])
    assert [each for each in forum.feed(BESIDE) if not each.get("revoked")] == []


def test_an_indicator_of_many_addresses_keeps_one_list_for_each_kind(forum: Forum) -> None:
    mails = ", ".join(f"'a{number}@kestrelmail.example'" for number in range(20))
    many = indicator(f"[email-addr:value IN ({mails})]", extensions=STATES_NEXUS)
    status = forum.push("alder", many)
    assert outcomes(status) == ["published"], messages(status)
    [published] = forum.feed(BESIDE)
    assert published["pattern"].count("match-token:kind") == 2


@pytest.mark.parametrize("spelling", ["email-addr:value IN ({})", "{}"])
def test_as_many_as_a_pattern_may_name_are_published_however_it_names_them(
    forum: Forum, spelling: str
) -> None:
    mails = [f"'a{number}@kestrelmail.example'" for number in range(50)]
    said = spelling.format(
        ", ".join(mails)
        if "IN" in spelling
        else " OR ".join(f"email-addr:value = {each}" for each in mails)
    )
    status = forum.push("alder", indicator(f"[{said}]", extensions=STATES_NEXUS))
    assert outcomes(status) == ["published"], messages(status)
    [published] = forum.feed(BESIDE)
    assert published["pattern"].count("match-token:kind") == 2
    assert len(_VALUES.findall(published["pattern"])) == 100


def test_an_order_of_personal_identifiers_waits_for_a_person_and_is_published(forum: Forum) -> None:
    said = f"[email-addr:value = '{MAIL}'] FOLLOWEDBY [domain-name:value = 'B.example']"
    status = forum.push("alder", indicator(said, extensions=STATES_NEXUS))
    assert outcomes(status) == ["held"], messages(status)
    item, personal = held("object"), review.PersonalData(directly_related=frozenset({review.ALL}))
    review.release(item.id, by="rowan", policy=current_policy(), now=now(), personal=personal)
    forum.work()
    [published] = forum.feed(BESIDE)
    assert published["pattern"].endswith(" FOLLOWEDBY [domain-name:value = 'b.example']")
    assert "kestrelmail" not in published["pattern"]


def test_what_cannot_be_asked_of_a_token_waits_for_a_person(forum: Forum) -> None:
    broad = indicator("[email-addr:value MATCHES '.*@.*\\\\.example$']", extensions=STATES_NEXUS)
    status = forum.push("alder", broad)
    assert outcomes(status) == ["held"]
    assert "BROAD_PATTERN" in messages(status)[0]


@pytest.mark.parametrize(
    "pattern",
    [
        "[user-account:account_type = 'ask rowan, 0.41 a million']",
        "[user-account:account_type = 'x y' AND domain-name:value = 'a.example']",
        "[email-addr:value != 'j.doe@kestrelmail.example']",
        "[email-addr:value NOT IN ('j.doe@kestrelmail.example')]",
        "[email-addr:value LIKE 'j.doe@kestrelmail.example']",
        "[email-addr:value MATCHES '^j\\\\.doe@kestrelmail\\\\.example$']",
        "[phone-number:value LIKE '+1202555%']",
        "[user-account:account_login MATCHES 'mallory.*']",
        "[payment-card:value LIKE '4111%']",
    ],
)
def test_what_no_token_can_stand_for_is_refused_whoever_would_release_it(
    forum: Forum, pattern: str
) -> None:
    status = forum.push("alder", indicator(pattern, extensions=STATES_NEXUS))
    assert outcomes(status) == ["rejected"], messages(status)
    assert "INVALID_PATTERN" in messages(status)[0]


def test_a_rule_in_another_language_names_no_mailbox(forum: Forum) -> None:
    rule = "title: x\nauthor: {}\ndetection:\n  s:\n    user: a\n  condition: s"
    named, unnamed = (
        indicator(rule.format(author), pattern_type="sigma", extensions=STATES_NEXUS)
        for author in ("j.doe@kestrelmail.example", "somebody")
    )
    status = forum.push("alder", named, unnamed)
    assert outcomes(status) == ["rejected", "held"], messages(status)
    assert "e-mail address" in messages(status)[0]
