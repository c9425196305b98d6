"""A member leaves when two people say so, and has left when it attested what it deleted."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from indicators.members import leaving
from indicators.models.member import Credential, Member
from indicators.models.offboarding import Offboarding
from indicators.models.onboarding import Onboarding
from indicators.pipeline.membership import offboarding, onboarding
from indicators.pipeline.membership.step import MembershipError
from indicators.pipeline.tasks import clear_up
from tests.forum import Forum
from tests.pipeline.governing import clerk, facts
from tests.pipeline.joining import Newcomer


def alder() -> Member:
    return Member.objects.get(slug="alder")


def begun(agreed: str = "stay") -> Offboarding:
    return offboarding.begin(clerk("ash"), alder(), agreed=agreed, reference="L-1")


def confirmed() -> Offboarding:
    return offboarding.confirm(clerk("elm"), begun().pk)


def cleared() -> Offboarding:
    row = confirmed()
    clear_up(offboarding_id=str(row.pk))
    row.refresh_from_db()
    return row


def unmet(row: Offboarding) -> list[str]:
    row.refresh_from_db()
    return [each.title for each in offboarding.checklist(row) if not each.met]


def test_until_it_is_confirmed_nothing_happens(forum: Forum) -> None:
    before = leaving.standing(alder())
    row = begun()
    assert leaving.standing(alder()) == before
    assert alder().state == "active"
    offboarding.call_off(clerk("ash"), row.pk)
    with pytest.raises(MembershipError, match="open"):
        offboarding.confirm(clerk("elm"), row.pk)
    begun()


def test_another_person_confirms_it_and_the_member_is_shut_out(forum: Forum) -> None:
    row = begun()
    with pytest.raises(MembershipError, match="different"):
        offboarding.confirm(clerk("Ash"), row.pk)
    offboarding.confirm(clerk("elm"), row.pk)
    assert leaving.standing(alder()) == leaving.Standing(0, 0, 0)
    assert alder().state == "leaving"
    assert facts("offboarding confirmed") == {"agreed": "stay", "opened_by": "ash"}
    with pytest.raises(MembershipError, match="open"):
        offboarding.call_off(clerk("ash"), row.pk)


def test_the_database_refuses_one_person_twice(forum: Forum) -> None:
    row = Offboarding.objects.filter(pk=begun().pk)
    for second in ("ASH", ""):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(state="confirmed", confirmed_by=second, confirmed_at="2026-11-01T00:00Z")
    row.update(state="confirmed", confirmed_by="elm", confirmed_at="2026-11-01T00:00Z")


def test_a_member_leaves_once(forum: Forum) -> None:
    row = begun()
    with pytest.raises(MembershipError, match="already"):
        begun()
    offboarding.confirm(clerk("elm"), row.pk)
    with pytest.raises(MembershipError, match="already"):
        begun()


@pytest.mark.parametrize(("agreed", "reference"), [("burn", "L-1"), ("stay", " "), ("", "L-1")])
def test_what_was_agreed_and_where_must_be_said(forum: Forum, agreed: str, reference: str) -> None:
    with pytest.raises(MembershipError):
        offboarding.begin(clerk("ash"), alder(), agreed=agreed, reference=reference)
    begun()


def test_it_has_left_when_it_attested_what_it_deleted(forum: Forum) -> None:
    row = cleared()
    assert unmet(row) == ["Deletion attested"]
    for by, what in (("", "all copies"), ("data protection officer", "")):
        with pytest.raises(MembershipError):
            offboarding.attest(clerk("ash"), row.pk, by=by, what=what)
    assert alder().state == "leaving"
    offboarding.attest(clerk("ash"), row.pk, by="data protection officer", what="all copies")
    assert unmet(row) == []
    assert alder().state == "left"
    assert facts("deletion attested") == {"by": "data protection officer", "what": "all copies"}


def test_the_hub_does_its_own_part_first(forum: Forum) -> None:
    row = confirmed()
    with pytest.raises(MembershipError, match="cleared"):
        offboarding.attest(clerk("ash"), row.pk, by="dpo", what="all copies")


def test_what_is_still_to_be_done_is_on_the_list(forum: Forum) -> None:
    row = begun("withdrawn")
    Credential.objects.create(
        id="abc", member=alder(), secret_sha256=b"", expires_at="2036-01-01T00:00Z",
        created_day="2026-01-01",
    )  # fmt: skip
    assert unmet(row) == [
        "Confirmed by two", "Keys ended", "Rights ended", "What was held or waited",
        "Contributions", "Correlation", "Deletion attested",
    ]  # fmt: skip
    offboarding.confirm(clerk("elm"), row.pk)
    assert unmet(row) == [
        "What was held or waited", "Contributions", "Correlation", "Deletion attested",
    ]  # fmt: skip


def test_who_leaves_before_it_went_live_does_not_any_more(forum: Forum) -> None:
    newcomer = Newcomer.of(forum)
    newcomer.do_all()
    onboarding.propose(clerk("ash"), newcomer.row.pk)
    row = offboarding.begin(clerk("ash"), newcomer.member, agreed="stay", reference="L-1")
    offboarding.confirm(clerk("elm"), row.pk)
    with pytest.raises(MembershipError, match="open"):
        onboarding.confirm(clerk("elm"), newcomer.row.pk)
    found = Onboarding.objects.get(pk=newcomer.row.pk)
    assert found.state == "given-up"
    assert onboarding.contacts_of(found) == {}


@pytest.mark.parametrize("table", ["onboarding", "offboarding"])
def test_the_web_sees_records_on_staff_screens_alone(forum: Forum, table: str) -> None:
    Newcomer.of(forum)
    begun()
    other = Member.objects.get(slug="cedar")
    assert [seen(table, other, staff=each) for each in ("on", "off")] == [1, 0]


def test_a_member_reads_how_it_came_itself_and_not_how_it_leaves(forum: Forum) -> None:
    newcomer = Newcomer.of(forum)
    offboarding.begin(clerk("ash"), newcomer.member, agreed="stay", reference="L-1")
    assert seen("onboarding", newcomer.member, staff="off") == 1
    assert seen("offboarding", newcomer.member, staff="off") == 0


def seen(table: str, member: Member, *, staff: str) -> int:
    """How many rows the web sees that speaks for this member."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE forum_web")
        cursor.execute("SELECT set_config('app.staff', %s, true)", [staff])
        cursor.execute("SELECT set_config('app.member_id', %s, true)", [str(member.pk)])
        cursor.execute(f"SELECT count(*) FROM {table}")
        (number,) = cursor.fetchone()
    return int(number)
