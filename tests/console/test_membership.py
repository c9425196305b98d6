"""Pages of coming and leaving: who may open and press what, and what the pages say."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from indicators.models.member import Grant, Member
from indicators.models.offboarding import Offboarding
from indicators.models.onboarding import Onboarding
from indicators.pipeline.tasks import clear_up
from tests.console.seat import Seat, said
from tests.forum import Forum
from tests.pipeline.joining import ADDRESSES, PURPOSE, Newcomer


Seats = Callable[..., Seat]


@pytest.fixture
def newcomer(forum: Forum) -> Newcomer:
    return Newcomer.of(forum)


def page(row: Onboarding | Offboarding, step: str = "") -> str:
    kind = "onboarding" if isinstance(row, Onboarding) else "offboarding"
    return f"/ops/{kind}/{row.pk}/{step and step + '/'}"


def test_a_member_is_entered_and_its_page_says_what_is_missing(forum: Forum, seat: Seats) -> None:
    forum.add_collection("exercise", exercise=True)
    ash = seat("operator", "ash")
    assert "Enter it" in ash.text("/ops/onboarding/")
    text = said(
        ash.post(
            "/ops/onboarding/",
            slug="dogwood",
            name="Dogwood",
            purpose=PURPOSE,
            nexus="fraudulent-account",
        )
    )
    assert "dogwood may use the exercises" in text
    for missing in ("Not signed yet", "No addresses yet", "add_person LOGIN --member dogwood"):
        assert missing in text
    assert Grant.objects.get(member__slug="dogwood").threat_nexus == ["fraudulent-account"]
    assert "Onboarding</a>" in ash.text("/ops/members/")


@pytest.mark.parametrize(
    ("wrong", "why"),
    [({"slug": "alder"}, "already exists"), ({"slug": "Dog wood"}, "slug"),
     ({"purpose": "marketing"}, "no purpose"), ({"name": ""}, "name")],
)  # fmt: skip
def test_what_does_not_fit_is_said_and_enters_nobody(
    forum: Forum, seat: Seats, wrong: dict[str, str], why: str
) -> None:
    forum.add_collection("exercise", exercise=True)
    right = {"slug": "dogwood", "name": "Dogwood", "purpose": PURPOSE}
    text = said(seat("operator").post("/ops/onboarding/", **right | wrong))
    assert why in text
    assert not Onboarding.objects.exists()
    assert Member.objects.count() == 3


def test_two_people_at_two_screens_let_it_go_live(newcomer: Newcomer, seat: Seats) -> None:
    forum, row = newcomer.forum, newcomer.row
    ash, elm = seat("operator", "ash"), seat("counsel", "elm")
    ash.post(page(row, "agreement"), version="2026-1")
    ash.post(page(row, "contacts"), **ADDRESSES)
    place = str(forum.collections["distillation"].pk)
    ash.post(page(row, "rights"), lane="immediate", read=place, write=place)
    newcomer.equip()
    assert "Not yet: Exercise push" in said(ash.post(page(row, "propose")))
    for step in (newcomer.push, newcomer.pull, newcomer.match):
        step()
    assert "all met" in ash.text(page(row))
    assert "second, different person" in said(ash.post(page(row, "propose")))
    assert "You proposed it" in ash.text(page(row))
    assert "confirms it" in said(ash.post(page(row, "confirm")))
    assert "It is live" in said(elm.post(page(row, "confirm")))
    assert Grant.objects.filter(
        member=newcomer.member, collection_id=place, can_write=True
    ).exists()
    assert "abuse@dogwood.example" in elm.text(page(row))


def test_a_member_leaves_over_the_pages(forum: Forum, seat: Seats) -> None:
    ash, elm = seat("operator", "ash"), seat("operator", "elm")
    text = said(ash.post("/ops/offboarding/of/alder/", agreed="withdrawn", reference="L-1"))
    assert "Nothing happens before" in text
    row = Offboarding.objects.get()
    assert "Shut it out" not in text
    assert "Shut it out" in elm.text(page(row))
    text = said(elm.post(page(row, "confirm")))
    assert "0 %" in text
    assert "Offboarding</a>" in ash.text("/ops/members/")
    assert "no such offboarding" in said(ash.post(page(row, "attest"), by="dpo", what="all"))
    clear_up(offboarding_id=str(row.pk))
    assert "The member has left" in said(ash.post(page(row, "attest"), by="dpo", what="all"))
    assert "Left" in ash.text("/ops/members/alder/")
    assert "Open its offboarding" not in ash.text("/ops/members/alder/")


def test_it_can_be_called_off_and_opened_again(forum: Forum, seat: Seats) -> None:
    ash = seat("operator")
    for _ in range(2):
        ash.post("/ops/offboarding/of/alder/", agreed="stay", reference="L-1")
        row = Offboarding.objects.get(state="open")
        assert "the member stays" in said(ash.post(page(row, "call-off")))
    assert "has an offboarding" not in ash.text("/ops/members/alder/")
    assert (
        said(ash.post("/ops/offboarding/of/alder/", agreed="", reference="")).count("Choose") == 1
    )


MAY_LOOK = {"operator", "counsel", "auditor"}
MAY_APPROVE = {"operator", "counsel"}
ROLES = ("analyst", "reviewer", "counsel", "auditor", "operator")


@pytest.mark.parametrize("role", ROLES)
def test_who_may_look_and_who_may_act(newcomer: Newcomer, seat: Seats, role: str) -> None:
    here, row = seat(role), newcomer.row
    row_out = Offboarding.objects.create(
        member=Member.objects.get(slug="alder"), agreed="stay", reference="L-1",
        opened_by="ash", opened_at=row.opened_at,
    )  # fmt: skip
    for each in (row, row_out):
        assert (here.get(page(each)).status_code == 200) is (role in MAY_LOOK)
    assert (here.get("/ops/onboarding/").status_code == 200) is (role == "operator")
    acts = {
        page(row, "agreement"): {"operator"},
        page(row, "propose"): MAY_APPROVE,
        page(row_out, "attest"): {"operator"},
        page(row_out, "call-off"): {"operator"},
        "/ops/offboarding/of/birch/": {"operator"},
    }
    for path, roles in acts.items():
        assert (here.post(path).status_code == 200) is (role in roles), path
    assert (here.post(page(row, "explode")).status_code == 404) is (role in MAY_APPROVE)


def test_counsel_sees_members_and_no_grants(forum: Forum, seat: Seats) -> None:
    text = seat("counsel").text("/ops/members/")
    assert "alder" in text
    assert "distillation" not in text
    assert "distillation" in seat("analyst").text("/ops/members/")


def test_what_does_not_exist_is_not_found(forum: Forum, seat: Seats) -> None:
    here = seat("operator")
    nobody = "00000000-0000-4000-8000-000000000000"
    for path in (
        f"/ops/onboarding/{nobody}/",
        f"/ops/offboarding/{nobody}/",
        "/ops/members/elder/",
    ):
        assert here.get(path).status_code == 404, path
