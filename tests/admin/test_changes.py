"""What staff change through the screens: every change is an act in the journal."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db.models import QuerySet

from indicators.members import leaving
from indicators.members.registry import issue
from indicators.models.audit import AuditEntry
from indicators.models.collection import Collection
from indicators.models.member import Credential, Grant, Member
from indicators.models.submission import HeldObject, SubmissionObject
from indicators.pipeline import told
from tests.admin.desk import Desk, new_clerk
from tests.forum import HOUSEHOLD, Forum, indicator, relationship, stix


def acts(name: str) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(act=name)


def held(part: str) -> HeldObject:
    return HeldObject.objects.get(part=part)


def outcome_of(type_: str) -> SubmissionObject:
    """The only object of this type that a lab has sent."""
    rows = SubmissionObject.objects.all()
    [found] = [each for each in rows if told.open_original(each)[0].startswith(f"{type_}--")]
    return found


@pytest.fixture
def texts(forum: Forum) -> Forum:
    """An indicator whose text is held, and one that is held whole."""
    forum.push("alder", indicator("[domain-name:value = 'a.example']", description="A gateway."))
    forum.push("alder", indicator("[domain-name:value LIKE '%.b.example']"))
    return forum


def test_released_text_is_published(texts: Forum, desk: Callable[[str], Desk]) -> None:
    answer = desk("reviewer").post(
        f"indicators/heldobject/{held('properties').pk}/decide/", release="1"
    )
    assert "Released" in answer.content.decode()
    assert held("properties").state == "released"
    [entry] = acts("held released")
    assert entry.actor == "reviewer"


def test_a_released_object_goes_on_down_the_river(
    texts: Forum, desk: Callable[[str], Desk]
) -> None:
    desk("reviewer").post(f"indicators/heldobject/{held('object').pk}/decide/", release="1")
    texts.work()
    assert any("LIKE" in each["pattern"] for each in texts.feed())


def test_a_rejection_needs_a_reason_and_the_lab_reads_it(
    texts: Forum, desk: Callable[[str], Desk]
) -> None:
    here, path = desk("reviewer"), f"indicators/heldobject/{held('object').pk}/decide/"
    assert "Say why" in here.post(path, reject="1", reason=" ").content.decode()
    assert held("object").state == "open"
    here.post(path, reject="1", reason="Not a distillation matter.")
    assert held("object").state == "rejected"
    said = SubmissionObject.objects.get(outcome="rejected")
    assert (said.outcome, told.open_message(said)) == ("rejected", "Not a distillation matter.")
    assert "decided already" in here.post(path, release="1").content.decode()


def test_rejecting_ends_what_waits_for_it(forum: Forum, desk: Callable[[str], Desk]) -> None:
    named = stix("intrusion-set", name="FDA-01")
    sign = indicator("[domain-name:value = 'a.example']")
    forum.push("alder", named, sign, relationship(sign, "indicates", named))
    desk("reviewer").post(
        f"indicators/heldobject/{held('object').pk}/decide/", reject="1", reason="No attribution."
    )
    assert outcome_of("relationship").outcome == "rejected"


def test_several_are_decided_at_once(texts: Forum, desk: Callable[[str], Desk]) -> None:
    assert texts.feed()
    everything = [str(each.pk) for each in HeldObject.objects.all()]
    here = desk("reviewer")
    fields = {"_selected_action": everything, "action": "reject"}
    answer = here.post("indicators/heldobject/", **fields, reason="")
    assert "2 not decided. Say why" in answer.content.decode()
    answer = here.post("indicators/heldobject/", **fields, reason="Out of scope.")
    assert "2 done." in answer.content.decode()
    assert set(HeldObject.objects.values_list("state", flat=True)) == {"rejected"}


def test_a_personal_identifier_is_neither_shown_nor_released(
    forum: Forum, desk: Callable[[str], Desk]
) -> None:
    home = indicator("[ipv4-addr:value != '203.0.113.77']", extensions=HOUSEHOLD)
    forum.push("alder", home)
    here, path = desk("reviewer"), f"indicators/heldobject/{held('object').pk}/"
    text = here.get(f"{path}change/").content.decode()
    assert "Not shown" in text
    assert "203.0" not in text
    assert 'name="release"' not in text
    assert "Nobody can release this" in here.post(f"{path}decide/", release="1").content.decode()
    assert held("object").state == "open"


def test_only_a_reviewer_decides(texts: Forum, desk: Callable[[str], Desk]) -> None:
    assert texts.feed()
    here, path = desk("analyst"), f"indicators/heldobject/{held('object').pk}/"
    assert 'name="reject"' not in here.get(f"{path}change/").content.decode()
    assert here.post(f"{path}decide/", release="1").status_code == 403
    chosen = {"_selected_action": [str(held("object").pk)], "action": "release"}
    here.post("indicators/heldobject/", **chosen)
    assert held("object").state == "open"


def test_a_decision_is_no_get(texts: Forum, desk: Callable[[str], Desk]) -> None:
    assert texts.feed()
    path = f"indicators/heldobject/{held('object').pk}/decide/"
    assert desk("reviewer").get(path, release="1").status_code == 405


def test_the_operator_adds_a_collection_with_its_companions(desk: Callable[[str], Desk]) -> None:
    here = desk("operator")
    fields = {
        "title": "Payments", "kind": "sharing", "marking": "amber", "lane": "immediate",
        "description": "",
    }  # fmt: skip
    answer = here.post("indicators/collection/add/", alias="pay-tokens", **fields)
    assert "belongs to the companion" in answer.content.decode()
    answer = here.post("indicators/collection/add/", alias="pay", **fields | {"title": "A. B"})
    assert "stumble over" in answer.content.decode()
    here.post("indicators/collection/add/", alias="payments", **fields)
    assert set(Collection.objects.values_list("alias", "marking")) == {
        ("payments", "amber"), ("payments-tokens", "amber"), ("payments-withdrawn", "amber"),
    }  # fmt: skip
    assert {each.actor for each in acts("collection added")} == {"operator"}


def test_companions_follow_and_cannot_be_changed_alone(
    forum: Forum, desk: Callable[[str], Desk]
) -> None:
    here, beside = desk("operator"), forum.collections["distillation-withdrawn"]
    fields = {
        "title": "D", "description": "", "lane": "immediate", "expected_delay": "an hour", "k": "4",
        "batch_minutes": "60", "batch_members": "3", "batch_soon_percent": "10",
        "batch_spread_minutes": "1440", "batch_longest_hours": "72",
    }  # fmt: skip
    here.post(f"indicators/collection/{beside.parent_id}/change/", **fields)
    beside.refresh_from_db()
    assert (beside.expected_delay, beside.k) == ("about a second", 4)
    assert acts("collection changed").count() == 1
    assert here.post(f"indicators/collection/{beside.pk}/change/", **fields).status_code == 403


def test_the_operator_suspends_a_member(forum: Forum, desk: Callable[[str], Desk]) -> None:
    member = Member.objects.get(pk=forum.principals["birch"].member_id)
    desk("operator").post(
        f"indicators/member/{member.pk}/change/",
        name=member.name, state="suspended", review_first_n="5",
    )  # fmt: skip
    member.refresh_from_db()
    assert (member.state, member.review_first_n) == ("suspended", 5)
    [entry] = acts("member changed")
    assert '"state":"suspended"' in entry.body


def test_the_operator_gives_and_withdraws_a_grant(
    forum: Forum, desk: Callable[[str], Desk]
) -> None:
    here = desk("operator")
    member = forum.add_member("dogwood")
    collection = forum.collections["distillation"]
    fields = {
        "member": str(member.member_id), "collection": str(collection.pk),
        "purpose": "adversarial-distillation-defence", "threat_nexus": ["geo-evasion"],
    }  # fmt: skip
    answer = here.post("indicators/grant/add/", **fields)
    assert "to read, to write, or both" in answer.content.decode()
    here.post("indicators/grant/add/", can_read="on", **fields)
    given = Grant.objects.get(member_id=member.member_id)
    assert (given.can_read, given.can_write, given.granted_by) == (True, False, "operator")
    here.post(f"indicators/grant/{given.pk}/delete/", post="yes")
    assert not Grant.objects.filter(pk=given.pk).exists()
    assert (acts("grant given").count(), acts("grant withdrawn").count()) == (1, 1)


def test_who_leaves_is_granted_nothing_and_nobody_leaves_by_a_field(
    forum: Forum, desk: Callable[[str], Desk]
) -> None:
    here, member = desk("operator"), Member.objects.get(slug="alder")
    path = f"indicators/member/{member.pk}/change/"
    fields = {"name": "Alder", "review_first_n": "0"}
    assert 'value="left"' not in here.text(path)
    assert "Select a valid choice" in here.post(path, state="left", **fields).content.decode()
    leaving.shut_out(new_clerk(), member)
    here.post(path, state="active", **fields)
    assert Member.objects.get(slug="alder").state == "leaving"
    answer = here.post(
        "indicators/grant/add/",
        member=str(member.pk),
        collection=str(forum.collections["distillation"].pk),
        purpose="adversarial-distillation-defence",
        can_read="on",
    )
    assert "leaving or has left" in answer.content.decode()
    assert not Grant.objects.filter(member=member).exists()


def test_a_grant_on_a_companion_is_not_offered(forum: Forum, desk: Callable[[str], Desk]) -> None:
    beside = forum.collections["distillation-withdrawn"]
    assert str(beside.pk) not in desk("operator").get("indicators/grant/add/").content.decode()


def test_the_operator_revokes_a_credential(forum: Forum, desk: Callable[[str], Desk]) -> None:
    member = Member.objects.get(pk=forum.principals["alder"].member_id)
    key, _ = issue(new_clerk(), member, label="", scopes=["submit"], days=9)
    chosen = {"_selected_action": [key.pk], "action": "revoke"}
    desk("analyst").post("indicators/credential/", **chosen)
    assert not Credential.objects.filter(revoked_at__isnull=False).exists()
    assert "1 credentials revoked" in (
        desk("operator").post("indicators/credential/", **chosen).content.decode()
    )
    assert Credential.objects.get(revoked_at__isnull=False) == key
    assert acts("credential revoked").get().actor == "operator"
