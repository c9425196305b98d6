"""A lab's people see to its keys, and to no others."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.http import HttpResponse

from indicators.members import credentials
from indicators.members.credentials import MAX_LIVE, MAX_LIVE_PER_LABEL
from indicators.models.audit import AuditEntry
from indicators.models.member import Credential
from tests.forum import Forum, now
from tests.portal.people import Person


UNIQUE = re.compile(r"[0-9a-f-]{36}|[a-z2-7]{8}/(rotate|revoke)")
"""What differs between any two answers."""
NEW = {"label": "siem", "use": "read", "days": "90"}


def secret_of(answer: HttpResponse) -> str:
    found = re.search(r"fshr_\w+", answer.content.decode())
    assert found, answer.content.decode()
    return found[0]


def test_a_key_is_shown_once_and_kept_by_nobody(forum: Forum) -> None:
    alder = Person.of(forum, "alder")
    made = alder.send("/integrations/keys/", **NEW)
    secret = secret_of(made)
    assert "no-store" in made["Cache-Control"]
    kept = Credential.objects.get(pk=secret.split("_")[1])
    assert (kept.member.slug, kept.label, kept.scopes) == ("alder", "siem", ["feed:read"])
    assert kept.expires_at - now() > timedelta(days=89)
    assert secret not in alder.open("/integrations/").content.decode()


def test_it_is_journalled_under_the_persons_name(forum: Forum) -> None:
    secret = secret_of(Person.of(forum, "alder").send("/integrations/keys/", **NEW))
    entry = AuditEntry.objects.get(act="credential issued")
    assert entry.actor == "person-of-alder"
    assert entry.subject == f"credential/{secret.split('_')[1]}"
    assert secret not in entry.body


def test_rotating_makes_one_like_it_and_ends_nothing(forum: Forum) -> None:
    alder = Person.of(forum, "alder")
    first = secret_of(alder.send("/integrations/keys/", label="siem", use="both", days="365"))
    second = secret_of(alder.send(f"/integrations/keys/{first.split('_')[1]}/rotate/"))
    old, new = (Credential.objects.get(pk=each.split("_")[1]) for each in (first, second))
    assert (new.label, new.scopes) == (old.label, old.scopes)
    assert abs(new.expires_at - old.expires_at) < timedelta(days=1)
    assert old.revoked_at is None


def test_rotating_a_key_in_the_middle_of_its_life_gives_it_a_whole_one(forum: Forum) -> None:
    alder = Person.of(forum, "alder")
    first = secret_of(alder.send("/integrations/keys/", **NEW)).split("_")[1]
    sooner = timedelta(days=60)
    own = Credential.objects.filter(pk=first)
    own.update(created_day=(now() - sooner).date(), expires_at=now() + timedelta(days=30))
    second = secret_of(alder.send(f"/integrations/keys/{first}/rotate/")).split("_")[1]
    left = Credential.objects.get(pk=second).expires_at - now()
    assert timedelta(days=89) <= left <= timedelta(days=90)


def test_a_third_of_one_label_is_refused_and_says_why(forum: Forum) -> None:
    alder = Person.of(forum, "alder")
    for _ in range(MAX_LIVE_PER_LABEL):
        alder.send("/integrations/keys/", **NEW)
    assert alder.send("/integrations/keys/", **NEW)["Location"] == "/integrations/"
    assert "revoke the one that is no longer used" in alder.open("/integrations/").content.decode()


def test_a_stolen_login_cannot_make_keys_without_end(forum: Forum) -> None:
    alder = Person.of(forum, "alder")
    for number in range(MAX_LIVE + 2):
        alder.send("/integrations/keys/", **NEW | {"label": f"label {number}"})
    member_id = forum.principals["alder"].member_id
    assert len(credentials.live(member_id, now=now())) == MAX_LIVE


@pytest.mark.parametrize(
    "wrong", [{"label": " "}, {"use": "everything"}, {"days": "9999"}, {"days": "x"}]
)
def test_what_the_form_does_not_offer_makes_none(forum: Forum, wrong: dict[str, str]) -> None:
    before = Credential.objects.count()
    answer = Person.of(forum, "alder").send("/integrations/keys/", **NEW | wrong)
    assert answer["Location"] == "/integrations/"
    assert Credential.objects.count() == before


def test_revoking_ends_it_and_a_revoked_one_has_no_successor(forum: Forum) -> None:
    alder = Person.of(forum, "alder")
    key = secret_of(alder.send("/integrations/keys/", **NEW)).split("_")[1]
    alder.send(f"/integrations/keys/{key}/revoke/")
    assert Credential.objects.get(pk=key).revoked_at is not None
    assert alder.send(f"/integrations/keys/{key}/rotate/")["Location"] == "/integrations/"
    assert Credential.objects.filter(label="siem").count() == 1


@pytest.mark.parametrize("act", ["rotate", "revoke"])
def test_anothers_key_looks_like_none(forum: Forum, act: str) -> None:
    key = secret_of(Person.of(forum, "alder").send("/integrations/keys/", **NEW)).split("_")[1]
    birch = Person.of(forum, "birch")
    others = birch.send(f"/integrations/keys/{key}/{act}/")
    none = birch.send(f"/integrations/keys/aaaaaaaa/{act}/")
    assert others.status_code == none.status_code == 404
    said = [UNIQUE.sub("", each.content.decode()) for each in (others, none)]
    assert said[0] == said[1]
    assert Credential.objects.get(pk=key).revoked_at is None
    assert key not in birch.open("/integrations/").content.decode()


def test_a_recipe_takes_only_the_readers_own_key_and_collections(forum: Forum) -> None:
    key = secret_of(Person.of(forum, "alder").send("/integrations/keys/", **NEW)).split("_")[1]
    query = f"key={key}&collection=no-such"
    page = Person.of(forum, "birch").open(f"/integrations/sentinel/?{query}")
    assert page.status_code == 200
    filled = re.findall(r'<dd class="code">(.*?)</dd>', page.content.decode())
    assert "KEY-ID" in filled
    assert key not in filled
    assert str(forum.collections["distillation"].pk) in filled


def test_there_is_no_recipe_of_another_name(forum: Forum) -> None:
    assert Person.of(forum, "alder").open("/integrations/no-such/").status_code == 404
