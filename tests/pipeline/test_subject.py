"""What a person can ask of the hub about a value of theirs; the value itself is kept nowhere."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from django.db import connection

from indicators.domain.tokens import Identifier
from indicators.matching import rotation
from indicators.matching.epochs import live_epochs
from indicators.matching.seeds import store
from indicators.matching.tokenise import tokens
from indicators.models.appeal import Appeal
from indicators.models.subject_request import SubjectRequest
from indicators.pipeline import subject
from indicators.pipeline.subject import SubjectError
from tests.forum import STATES_NEXUS, Forum, indicator, messages, now, outcomes, stix
from tests.pipeline.governing import MAIL, PATTERN, about_mail, acts, clerk, facts, live


TOKENS = "distillation-tokens"


def ask(act: str = "find", value: str = MAIL, kind: str = "email-addr") -> list[str]:
    found = subject.answer(clerk(), subject.asked_about(kind, value), act=act, reference="S-1")
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
    asked = subject.asked_about("email-addr", MAIL)
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
        subject.asked_about(kind, value)
    assert value not in str(refused.value)


def test_a_request_needs_its_case_file_and_keys(forum: Forum) -> None:
    asked = subject.asked_about("email-addr", MAIL)
    with pytest.raises(SubjectError, match="case file"):
        subject.answer(clerk(), asked, act="find", reference=" ")
    assert subject.answer(clerk(after=timedelta(days=900)), asked, act="find", reference="S") == []
