"""Members, credentials, collections, grants and people from the command line."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.core.management.base import CommandError

from indicators.apps import refresh_roles
from indicators.members.authenticate import AuthenticationFailed, authenticate
from indicators.members.people import ROLES
from indicators.models.audit import AuditEntry
from indicators.models.collection import Collection, CollectionHead
from indicators.models.member import Credential, Grant, Member
from tests.forum import now


pytestmark = pytest.mark.django_db
REGISTER = {"member", "credential", "grant", "collection"}


def run(*words: str, **options: Any) -> str:
    out = StringIO()
    call_command(*words, stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


def acts() -> list[str]:
    return list(AuditEntry.objects.order_by("at").values_list("act", flat=True))


@pytest.fixture
def alder() -> Member:
    run("add_member", "alder", "--name", "Aldergrove AI")
    return Member.objects.get(slug="alder")


@pytest.fixture
def sharing() -> Collection:
    run("add_collection", "distillation", "--title", "Distillation", "--kind", "sharing")
    return Collection.objects.get(alias="distillation")


def test_a_member_is_added_once(alder: Member) -> None:
    assert (alder.name, alder.state) == ("Aldergrove AI", "active")
    assert acts() == ["member added"]
    with pytest.raises(CommandError, match=r"slug: .*already exists"):
        run("add_member", "alder", "--name", "Another")
    assert acts() == ["member added"]


def test_a_slug_must_fit_a_url() -> None:
    with pytest.raises(CommandError, match="slug"):
        run("add_member", "not a slug", "--name", "X")


def test_a_secret_is_printed_once_and_works(alder: Member) -> None:
    said = dict(
        line.split() for line in run("add_credential", "alder", "--days", "30").splitlines()
    )
    principal = authenticate(credential_id=said["credential_id"], secret=said["secret"], now=now())
    assert principal.member_id == alder.id
    kept = Credential.objects.get(pk=said["credential_id"])
    assert said["secret"].encode() not in bytes(kept.secret_sha256)
    assert said["secret"] not in "".join(AuditEntry.objects.values_list("body", flat=True))


@pytest.mark.usefixtures("alder")
def test_a_credential_needs_a_member_and_known_scopes() -> None:
    with pytest.raises(CommandError, match="There are: alder"):
        run("add_credential", "adler")
    with pytest.raises(CommandError, match="scopes"):
        run("add_credential", "alder", "--scopes", "everything")
    with pytest.raises(CommandError, match="days"):
        run("add_credential", "alder", "--days", "5000")


@pytest.mark.usefixtures("alder")
def test_a_revoked_credential_opens_nothing() -> None:
    said = dict(line.split() for line in run("add_credential", "alder").splitlines())
    assert "Revoked" in run("revoke_credential", said["credential_id"])
    assert "revoked before" in run("revoke_credential", said["credential_id"])
    with pytest.raises(AuthenticationFailed):
        authenticate(credential_id=said["credential_id"], secret=said["secret"], now=now())
    assert acts().count("credential revoked") == 1


def test_revoking_what_is_not_there_says_so() -> None:
    with pytest.raises(CommandError, match="no credential"):
        run("revoke_credential", "abcdefgh")


def test_a_sharing_collection_has_its_companions_and_heads(sharing: Collection) -> None:
    beside = Collection.objects.filter(parent=sharing)
    assert {(each.alias, each.kind, each.marking) for each in beside} == {
        ("distillation-tokens", "tokens", sharing.marking),
        ("distillation-withdrawn", "withdrawn", sharing.marking),
    }
    assert CollectionHead.objects.count() == 3
    assert acts() == ["collection added"] * 3


def test_a_verbatim_collection_stands_alone() -> None:
    run("add_collection", "reference", title="Reference", kind="verbatim", marking="clear")
    assert Collection.objects.get().marking == "clear"


@pytest.mark.parametrize("alias", ["Upper", "two words", "x-tokens", "x-withdrawn", "a--b"])
def test_an_alias_that_would_confuse_is_refused(alias: str) -> None:
    with pytest.raises(CommandError, match=alias):
        run("add_collection", alias, title="X", kind="sharing")
    assert not Collection.objects.exists()


def test_a_title_must_suit_every_client() -> None:
    with pytest.raises(CommandError, match="stumble"):
        run("add_collection", "x", title="One, two", kind="sharing")


@pytest.mark.usefixtures("alder", "sharing")
def test_a_grant_is_given_and_changed() -> None:
    run("grant", "alder", "distillation", "--read", "--write", "--threat-nexus", "geo-evasion")
    given = Grant.objects.get()
    assert (given.can_read, given.can_write, given.threat_nexus) == (True, True, ["geo-evasion"])
    run("grant", "alder", "distillation", "--read")
    assert not Grant.objects.get().can_write
    run("grant", "alder", "distillation", "--read")
    assert acts().count("grant given") == 2


@pytest.mark.usefixtures("alder", "sharing")
def test_a_grant_must_make_sense() -> None:
    with pytest.raises(CommandError, match="read, to write"):
        run("grant", "alder", "distillation")
    with pytest.raises(CommandError, match="threat nexus 'tos-breach'"):
        run("grant", "alder", "distillation", "--read", "--threat-nexus", "tos-breach")
    with pytest.raises(CommandError, match="follows the grants"):
        run("grant", "alder", "distillation-tokens", "--read")
    with pytest.raises(CommandError, match="distillation-tokens"):
        run("grant", "alder", "elsewhere", "--read")


@pytest.mark.usefixtures("alder")
def test_a_person_has_a_role_and_no_more() -> None:
    run("add_person", "robin", "--role", "reviewer")
    robin = User.objects.get(username="robin")
    assert robin.is_staff
    assert not robin.is_superuser
    assert robin.get_all_permissions() == {f"indicators.{each}" for each in ROLES["reviewer"]}


@pytest.mark.usefixtures("alder")
def test_a_members_person_is_no_staff() -> None:
    said = dict(line.split() for line in run("add_person", "sam", "--member", "alder").splitlines())
    sam = User.objects.get(username="sam")
    assert not sam.is_staff
    assert sam.check_password(said["password"])
    with pytest.raises(CommandError, match="taken"):
        run("add_person", "sam", "--role", "analyst")


def test_only_the_operator_changes_the_register() -> None:
    for role, permissions in ROLES.items():
        changes = {each for each in permissions if not each.startswith("view_")}
        register = {each for each in changes if each.partition("_")[2] in REGISTER}
        assert bool(register) == (role == "operator"), role
    assert not any("submission" in each or "heldobject" in each for each in ROLES["operator"])


def test_after_each_migration_the_roles_may_do_what_this_version_says() -> None:
    """A version that gives a role something new must not wait for the next login to be made."""
    run("add_person", "olive", "--role", "operator")
    operators = Group.objects.get(name="operator")
    operators.permissions.clear()
    Group.objects.filter(name="counsel").delete()
    refresh_roles(using="default")
    olive = User.objects.get(username="olive")
    assert olive.has_perm("indicators.add_populationgrant")
    assert Group.objects.filter(name="counsel").exists()
