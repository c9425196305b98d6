"""The demo: seeded once, found again, and really travelled."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from taxii2client.v21 import Collection as TAXIICollection

from indicators.demo.cast import MEMBERS, STAFF
from indicators.management.clerk import at_the_command_line
from indicators.management.seeding import cast, places
from indicators.members import leaving
from indicators.models.audit import AuditEntry
from indicators.models.collection import Collection
from indicators.models.member import Credential, Grant, Member
from indicators.models.publication import Publication
from tests.stack import Stack


@pytest.fixture
def _fast_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.mark.django_db
@pytest.mark.usefixtures("_fast_passwords")
class TestCast:
    def gather(self, earlier: cast.Cast | None = None) -> cast.Cast:
        card = {"members": earlier.members, "staff": earlier.staff} if earlier else {}
        return cast.gather(at_the_command_line(), card)

    def test_everybody_is_there_and_can_log_in(self) -> None:
        found = self.gather()
        assert (set(found.members), set(found.staff)) == (set(MEMBERS), set(STAFF))
        for card in (*found.members.values(), *found.staff.values()):
            user = User.objects.get(username=card["login"])
            assert user.check_password(card["password"])
            assert user.is_staff == (card["login"] in STAFF)

    def test_what_still_works_is_kept(self) -> None:
        first = self.gather()
        entries = AuditEntry.objects.count()
        assert self.gather(first) == first
        assert AuditEntry.objects.count() == entries

    def test_what_is_lost_is_replaced_and_ended(self) -> None:
        first = self.gather()
        second = self.gather()
        assert second.members["alder"]["secret"] != first.members["alder"]["secret"]
        assert second.staff["auditor"]["password"] != first.staff["auditor"]["password"]
        assert Credential.objects.filter(revoked_at=None).count() == len(MEMBERS)

    def test_a_card_that_somebody_spoiled_is_no_trouble(self) -> None:
        first = self.gather()
        first.members["alder"] = {"credential_id": "x\0", "secret": "", "password": "wrong"}
        self.gather(first)
        assert not User.objects.get(username="alder").check_password("wrong")

    def test_collections_grants_and_reference_are_made_once(self) -> None:
        self.gather()
        clerk = at_the_command_line()
        opened = places.open_all(clerk)
        assert places.fill_reference(clerk, opened["reference"]).refused == []
        before = (Collection.objects.count(), AuditEntry.objects.count())
        published = Publication.objects.count()
        assert places.open_all(clerk) == opened
        assert places.fill_reference(clerk, opened["reference"]).new == 0
        assert (Collection.objects.count(), AuditEntry.objects.count()) == before
        assert Publication.objects.count() == published

    def test_who_has_left_is_not_brought_back(self) -> None:
        first = self.gather()
        leaving.shut_out(at_the_command_line(), Member.objects.get(slug="alder"))
        second = self.gather(first)
        assert set(second.members) == set(MEMBERS) - {"alder"}
        places.open_all(at_the_command_line(), second.members)
        assert not Grant.objects.filter(member__slug="alder").exists()

    def test_only_birch_is_in_the_private_collection(self) -> None:
        self.gather()
        places.open_all(at_the_command_line())
        private = Grant.objects.filter(collection__alias="private")
        assert [each.member.slug for each in private] == ["birch"]


def pull(hub: Stack, member: str, alias: str) -> list[dict[str, Any]]:
    user, password = hub.basic(member)
    url = f"{hub.api_root}collections/{hub.credentials['collections'][alias]}/"
    door = TAXIICollection(url, user=user, password=password)
    found: list[dict[str, Any]] = door.get_objects(limit=1000).get("objects", [])
    door.close()
    return found


@pytest.mark.stack
class TestCampaigns:
    def test_seeding_again_pushes_and_changes_nothing(self, demo_stack: Stack) -> None:
        before, card = pull(demo_stack, "cedar", "exercise"), demo_stack.credentials
        demo_stack.seed()
        assert demo_stack.credentials == card
        assert pull(demo_stack, "cedar", "exercise") == before

    def test_what_several_labs_saw_stands_once(self, demo_stack: Stack) -> None:
        patterns = [each.get("pattern") for each in pull(demo_stack, "cedar", "exercise")]
        for value in ("198.51.100.11", "192.0.2.20", "meadowexit.example"):
            assert [each for each in patterns if each and f"'{value}'" in each] == [
                f"[{'domain-name' if 'example' in value else 'ipv4-addr'}:value = '{value}']"
            ]

    def test_each_lab_keeps_its_campaigns_and_nothing_names_a_lab(self, demo_stack: Stack) -> None:
        found = pull(demo_stack, "cedar", "exercise")
        campaigns = [each["name"] for each in found if each["type"] == "campaign"]
        own = sorted(each for each in campaigns if each.startswith("FDA-"))
        assert [each[-3:] for each in own] == ["001", "002"]
        assert len(campaigns) == 9 + len(own)
        text = json.dumps(found).lower()
        for word in ("alder", "brightwater", "cobalt", "bw-", "x_", "abacus", "ferry-sdk"):
            assert word not in text

    def test_the_traps_stay_behind(self, demo_stack: Stack) -> None:
        text = json.dumps(pull(demo_stack, "cedar", "exercise"))
        for trap in ("$0.41", "Halloway", "Juniper", "203.0.113.", "192.0.0.0/8", "@", "MATCHES"):
            assert trap not in text

    def test_what_birch_took_back_is_gone(self, demo_stack: Stack) -> None:
        found = pull(demo_stack, "cedar", "exercise")
        assert "192.0.2.200" not in json.dumps(found)
        assert sum(bool(each.get("revoked")) for each in found) == 2

    def test_a_technique_is_atlas_own(self, demo_stack: Stack) -> None:
        reference = {each["id"] for each in pull(demo_stack, "cedar", "reference")}
        used = {
            each["target_ref"]
            for each in pull(demo_stack, "cedar", "exercise")
            if each.get("target_ref", "").startswith("attack-pattern--")
        }
        assert used
        assert used <= reference
