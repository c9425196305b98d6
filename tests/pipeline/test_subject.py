"""What a person can ask of the hub about a value of theirs; the value itself is kept nowhere."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from indicators.domain.tokens import Identifier
from indicators.matching import rotation
from indicators.matching.epochs import live_epochs
from indicators.matching.seeds import store
from indicators.matching.tokenise import tokens
from indicators.models.appeal import Appeal
from indicators.models.barred import Barred
from indicators.models.subject_request import SubjectRequest
from indicators.models.submission import HeldObject
from indicators.pipeline import barred, enrich, review, subject
from indicators.pipeline.asked import SubjectError, asked_about
from tests.forum import STATES_NEXUS, Forum, indicator, messages, now, outcomes, stix
from tests.pipeline.governing import MAIL, PATTERN, POLICY, about_mail, acts, clerk, facts, live


TOKENS = "distillation-tokens"


def ask(act: str = "find", value: str = MAIL, kind: str = "email-addr") -> list[str]:
    found = subject.answer(clerk(), asked_about(kind, value), act=act, reference="S-1")
    return [each.stix_id for each in found]


def test_what_is_published_over_a_value_is_found_in_any_spelling(forum: Forum) -> None:
    forum.push("alder", about_mail(), about_mail("sam@kestrelmail.example"), indicator(PATTERN))
    [mine] = [
        each["id"]
        for each in live(forum, TOKENS)
        if forum.token("email-addr", MAIL) in each["pattern"]
    ]
    assert ask() == [mine]
    assert ask(value=" Robin@KestrelMail.example ") == [mine]
    assert ask(value="nobody@kestrelmail.example") == []
    request = SubjectRequest.objects.first()
    assert request is not None
    assert request.done_at is not None
    assert facts_of("subject request")[0]["found"] == 1


def facts_of(name: str) -> list[dict[str, object]]:
    return [json.loads(each.body) for each in acts(name)]


def test_the_mailbox_is_one_however_its_provider_spells_it(forum: Forum) -> None:
    forum.push("alder", about_mail("r.o.b.i.n+x@gmail.com"))
    assert len(ask(value="robin@gmail.com")) == 1


def test_it_is_found_in_every_epoch_that_lives(forum: Forum) -> None:
    forum.push("alder", about_mail())
    in_the_overlap = max(live_epochs(now()).values()) - timedelta(days=5)
    later = clerk(after=in_the_overlap - now())
    rotation.ensure(later, store(), {})
    assert len(live_epochs(later.now)) == 2
    asked = asked_about("email-addr", MAIL)
    assert len(subject.answer(later, asked, act="find", reference="S-1")) == 1
    assert forum.token("email-addr", MAIL) != tokens_at(later.now)


def tokens_at(moment: datetime) -> str:
    wanted = Identifier("email-addr", MAIL)
    return tokens([wanted], now=moment)[wanted].value


def test_an_address_is_found_in_clear_too(forum: Forum) -> None:
    address = stix("ipv4-addr", value="203.0.113.9")
    forum.push("alder", address, indicator("[ipv4-addr:value = '203.0.113.9']"))
    forum.push("alder", indicator("[ipv4-addr:value = '203.0.113.99']"))
    assert len(ask(value="203.0.113.9", kind="ipv4")) == 2


HOME = "203.0.113.9"


def named(address: str) -> list[dict[str, Any]]:
    """Objects of each sort that name an address in clear."""
    return [
        stix("ipv4-addr", value=address),
        indicator(f"[ipv4-addr:value = '{address}']"),
        indicator(f"[ipv4-addr:value = '{address}' AND autonomous-system:number = 64500]"),
        stix("url", value=f"http://{address}/x"),
        indicator(f"[url:value = 'http://{address}:8443/x']"),
        stix("domain-name", value=f"{address.replace('.', '-')}.dsl.meadowexit.example"),
    ]


@pytest.mark.parametrize("earlier", [True, False], ids=["published before", "not yet"])
def test_an_erased_address_comes_back_in_no_form(forum: Forum, *, earlier: bool) -> None:
    if earlier:
        forum.push("alder", *named(HOME))
    before = len(forum.feed())
    assert len(ask("erase", value=HOME, kind="ipv4")) == before
    assert live(forum) == []
    again = forum.push("birch", *named(HOME), *named("203.0.113.99"))
    assert outcomes(again) == ["rejected"] * 6 + ["published"] * 6, messages(again)
    assert ask(value=HOME, kind="ipv4") == []


def test_an_erased_line_of_ipv6_takes_all_its_addresses(forum: Forum) -> None:
    forum.push("alder", stix("ipv6-addr", value="2001:db8:0:7::5"))
    assert len(ask("erase", value="2001:db8:0:7::1", kind="ipv6-64")) == 1
    again = forum.push(
        "birch",
        stix("ipv6-addr", value="2001:db8:0:7:1::1"),
        stix("ipv6-addr", value="2001:db8:0:8::1"),
    )
    assert outcomes(again) == ["rejected", "published"]


def test_an_address_of_mail_is_found_in_text_that_was_released(forum: Forum) -> None:
    forum.push("alder", indicator(PATTERN, description=f"Run by {MAIL.upper()}."))
    held = HeldObject.objects.get()
    related = review.PersonalData(directly_related=frozenset({review.ALL}))
    review.release(held.id, by="rowan", policy=POLICY, now=now(), personal=related)
    enrich.apply(held.id, policy=POLICY, now=now())
    assert len(ask("erase")) == 1
    assert live(forum) == []


@pytest.mark.parametrize(
    "spelled",
    [
        "203[.]0[.]113[.]9", "203.0.113[.]9", "203.0.113.009", "203-0-113-009.dsl.a.example",
        "::ffff:203.0.113.9", "2002:cb00:7109::1",
    ],
)  # fmt: skip
def test_an_address_is_found_in_text_however_it_is_spelled(forum: Forum, spelled: str) -> None:
    forum.push("alder", indicator(PATTERN, description=f"Seen at {spelled} once."))
    held = HeldObject.objects.get()
    related = review.PersonalData(directly_related=frozenset({review.ALL}))
    review.release(held.id, by="rowan", policy=POLICY, now=now(), personal=related)
    enrich.apply(held.id, policy=POLICY, now=now())
    assert len(ask(value=HOME, kind="ipv4")) == 1
    assert ask(value="203.0.113.90", kind="ipv4") == []


def test_erasing_one_address_takes_nothing_else(forum: Forum) -> None:
    mine, other = stix("ipv4-addr", value=HOME), stix("ipv4-addr", value="203.0.113.99")
    both = stix("grouping", context="unspecified", object_refs=[mine["id"], other["id"]])
    reverse = stix("ipv4-addr", value="9.113.0.203")
    block = indicator("[ipv4-addr:value ISSUBSET '203.0.113.0/24']")
    forum.push("alder", mine, other, both, reverse, block)
    assert len(ask("erase", value=HOME, kind="ipv4")) == 1
    assert len(ask("erase", value="203.0.113.0", kind="ipv4")) == 0
    left = {each["type"]: each for each in live(forum)}
    assert len(live(forum)) == 4
    assert len(left["grouping"]["object_refs"]) == 1
    again = forum.push("birch", stix("ipv4-addr", value="9.113.0.203"), block)
    assert outcomes(again) == ["published", "published"], messages(again)


def test_what_was_on_its_way_while_it_was_barred_is_taken_down_at_night(forum: Forum) -> None:
    forum.push("alder", about_mail(), *named(HOME)[:2])
    Barred.objects.all().delete()
    request = SubjectRequest.objects.create(
        kind="x", value_tag=b"x", act="erase", reference="S", found=0, asked_by="x", asked_at=now()
    )
    tags = barred.token_tags([forum.token("email-addr", MAIL)])
    tags |= barred.value_tags([Identifier("ipv4", HOME)])
    barred.bar(tags, since=now().date(), appeal=None, request=request.id)
    assert barred.enforce(policy=POLICY, now=now()) == 3
    assert live(forum) == live(forum, TOKENS) == []


def test_erased_it_is_gone_everywhere_and_does_not_come_again(forum: Forum) -> None:
    forum.add_collection("payments", accepts_reserved=True)
    forum.add_collection("payments-tokens", kind="tokens", parent=forum.collections["payments"])
    status = forum.push("alder", about_mail())
    forum.push("birch", about_mail(), into="payments")

    assert len(ask("erase")) == 2

    assert live(forum, TOKENS) == []
    assert live(forum, "payments-tokens") == []
    assert outcomes(forum.status("alder", status.id)) == ["withdrawn"]
    assert len(acts("object erased")) == 2
    again = forum.push("cedar", about_mail("ROBIN@kestrelmail.example"))
    assert outcomes(again) == ["rejected"]
    assert "wish of the person" in messages(again)[0]
    mail = stix("email-addr", value=MAIL)
    group = stix(
        "grouping", context="unspecified", object_refs=[mail["id"]], extensions=STATES_NEXUS
    )
    assert outcomes(forum.push("cedar", mail, group))[0] == "rejected"
    assert outcomes(forum.push("cedar", about_mail("sam@kestrelmail.example"))) == ["published"]


def test_erased_it_stays_so_in_the_next_epoch_for_what_labs_send_raw(forum: Forum) -> None:
    forum.push("alder", about_mail())
    ask("erase")
    rotation.revoke(clerk(), store(), reason="an exercise")
    rotation.ensure(clerk(), store(), {})
    assert outcomes(forum.push("birch", about_mail())) == ["rejected"]


def test_a_token_that_a_lab_makes_itself_is_known_in_its_epoch(forum: Forum) -> None:
    forum.push("alder", about_mail())
    token, epoch = forum.token("email-canon", MAIL), max(live_epochs(now()))
    ask("erase")
    own = about_mail()
    own["pattern"] = (
        "[match-token:kind = 'email-canon' AND match-token:scheme = 'fs-voprf-r255-v1' "
        f"AND match-token:epoch = '{epoch}' AND match-token:value = '{token}']"
    )
    assert outcomes(forum.push("birch", own)) == ["rejected"]


def test_disputed_each_object_is_flagged_once(forum: Forum) -> None:
    forum.push("alder", about_mail())
    assert len(ask("dispute")) == 1
    ask("dispute")
    [flagged] = live(forum, TOKENS)
    assert flagged["labels"] == ["under-dispute"]
    [appeal] = Appeal.objects.all()
    assert (appeal.ground, appeal.reference) == ("data-subject", "S-1")


def test_the_value_is_kept_nowhere(forum: Forum) -> None:
    value = "heronwatch.person@kestrelmail.example"
    ask("erase", value=value)
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'private'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM private."{table}" t')
            assert "heronwatch" not in str(cursor.fetchall()), table
    assert facts("subject request")["kind"] == "email-addr"


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("email-addr", "heronwatch", "no email-addr in any accepted spelling"),
        ("ipv4", "heronwatch", "no ipv4 in any accepted spelling"),
        ("prompt-band", "heronwatch", "no kind 'prompt-band'"),
        ("phone-prefix", "heronwatch", "no kind 'phone-prefix'"),
    ],
)
def test_what_cannot_be_read_is_refused_without_being_named(
    kind: str, value: str, said: str
) -> None:
    with pytest.raises(SubjectError, match=said) as refused:
        asked_about(kind, value)
    assert value not in str(refused.value)


def test_a_request_needs_its_case_file_and_keys(forum: Forum) -> None:
    asked = asked_about("email-addr", MAIL)
    with pytest.raises(SubjectError, match="case file"):
        subject.answer(clerk(), asked, act="find", reference=" ")
    assert subject.answer(clerk(after=timedelta(days=900)), asked, act="find", reference="S") == []
