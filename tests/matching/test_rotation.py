"""Keys are made in time, replaced in an emergency, and destroyed at the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import Error, connection, transaction

from indicators.matching import epochs, evaluator, keys, overview, rotation
from indicators.matching.errors import TokenKeysError
from indicators.matching.seeds import SeedStore
from indicators.models.audit import AuditEntry
from indicators.models.key_list import KeyListEntry
from labkit.keylist import KeyList, KeyListError
from labkit.normalise import KINDS
from tests.labs import acting_as
from tests.matching.keys import NOW, clerk, listed, made


pytestmark = pytest.mark.django_db

NEXT = datetime(2027, 1, 1, tzinfo=UTC)
END = datetime(2027, 1, 31, tzinfo=UTC)


def acts() -> list[str]:
    return list(AuditEntry.objects.order_by("at").values_list("act", flat=True))


def test_a_new_hub_gets_a_key_of_every_kind_for_this_quarter(tmp_path: Path) -> None:
    seeds = made(tmp_path / "keys")
    found = listed(seeds)
    assert [each.kind for each in found.entries] == list(KINDS)
    for kind in KINDS:
        assert found.current_epoch(kind, NOW) == "2026Q4"
        assert found.evaluators(kind, "2026Q4") == ("hub",)
        seed = (seeds.path / "2026Q4.seed").read_bytes()
        assert found.key(kind, "2026Q4", "hub") == evaluator.public_key(seed, kind, "2026Q4")
    assert acts() == ["token key made"]


def test_keys_of_two_kinds_or_epochs_differ(tmp_path: Path) -> None:
    seeds = made(tmp_path)
    rotation.ensure(clerk(NEXT), seeds, {})
    found = listed(seeds)
    assert len({each.public_key for each in found.entries}) == 2 * len(KINDS)


def test_secrets_are_readable_by_this_user_alone(tmp_path: Path) -> None:
    seeds = made(tmp_path / "keys")
    assert seeds.path.stat().st_mode & 0o777 == 0o700
    assert {file.name: file.stat().st_mode & 0o777 for file in seeds.path.iterdir()} == {
        "2026Q4.seed": 0o600,
        "signing.key": 0o600,
        "signing.pub": 0o600,
    }


def test_once_more_changes_nothing(tmp_path: Path) -> None:
    seeds = made(tmp_path)
    before = {file: file.read_bytes() for file in seeds.path.iterdir()}
    assert rotation.ensure(clerk(NOW + timedelta(days=7)), seeds, {}) == []
    assert {file: file.read_bytes() for file in seeds.path.iterdir()} == before
    assert KeyListEntry.objects.count() == len(KINDS)
    assert acts() == ["token key made"]


def test_the_next_key_is_listed_two_weeks_ahead_and_serves_from_its_day(tmp_path: Path) -> None:
    seeds = made(tmp_path)
    assert rotation.ensure(clerk(NEXT - timedelta(days=14, seconds=1)), seeds, {}) == []
    assert rotation.ensure(clerk(NEXT - timedelta(days=14)), seeds, {}) == ["2027Q1"]
    found = listed(seeds)
    assert found.current_epoch("phone", NEXT - timedelta(seconds=1)) == "2026Q4"
    assert found.epochs("phone", NEXT) == ("2027Q1", "2026Q4")
    assert found.epochs("phone", END) == ("2027Q1",)


def test_live_and_ended_epochs_follow_the_overlap(tmp_path: Path, settings: object) -> None:
    settings.TOKEN_KEYS = tmp_path  # type: ignore[attr-defined]  # pytest-django's fixture
    seeds = made(tmp_path)
    rotation.ensure(clerk(NEXT), seeds, {})
    assert epochs.live_epochs(NOW) == {"2026Q4": END}
    assert sorted(epochs.live_epochs(NEXT)) == ["2026Q4", "2027Q1"]
    assert sorted(epochs.live_epochs(END)) == ["2027Q1"]
    assert epochs.ended_epochs(END - timedelta(seconds=1)) == []
    assert epochs.ended_epochs(END) == ["2026Q4"]
    assert epochs.epoch_ends("2026Q4", now=NEXT) == END
    assert epochs.epoch_ends("2026Q4", now=END) is None
    assert epochs.epoch_ends("2030Q1", now=NEXT) is None


def test_a_hub_without_keys_has_no_epochs(tmp_path: Path, settings: object) -> None:
    settings.TOKEN_KEYS = tmp_path / "nothing"  # type: ignore[attr-defined]  # as above
    assert epochs.live_epochs(NOW) == {}
    assert epochs.ended_epochs(NOW) == []


def test_an_emergency_revokes_at_once_and_makes_the_next_letter(
    tmp_path: Path, settings: object
) -> None:
    settings.TOKEN_KEYS = tmp_path  # type: ignore[attr-defined]  # as above
    seeds = made(tmp_path)
    then = NOW + timedelta(hours=1)
    assert rotation.revoke(clerk(then), seeds, reason="the host was broken into") == ["2026Q4"]
    assert epochs.live_epochs(then) == {}
    assert rotation.ensure(clerk(then), seeds, {}) == ["2026Q4b"]
    assert epochs.live_epochs(then) == {"2026Q4b": END}
    assert epochs.ended_epochs(then) == ["2026Q4"]
    found = listed(seeds)
    assert found.current_epoch("email-addr", then) == "2026Q4b"
    with pytest.raises(KeyListError, match="revoked"):
        found.key("email-addr", "2026Q4", "hub")
    assert "token key revoked" in acts()


def test_an_emergency_takes_every_key_of_the_folder_unless_one_is_named(tmp_path: Path) -> None:
    seeds = made(tmp_path)
    rotation.ensure(clerk(NEXT), seeds, {})
    assert rotation.revoke(clerk(NEXT), seeds, reason="x", epoch="2026Q4") == ["2026Q4"]
    assert rotation.revoke(clerk(NEXT), seeds, reason="x") == ["2027Q1"]
    with pytest.raises(TokenKeysError, match="no epoch"):
        rotation.revoke(clerk(NEXT), seeds, reason="x")
    # What the old quarter's key was for is over: only the new quarter gets another.
    assert rotation.ensure(clerk(NEXT), seeds, {}) == ["2027Q1b"]


def test_a_key_to_come_that_was_revoked_begins_with_its_quarter(tmp_path: Path) -> None:
    seeds = made(tmp_path)
    early = NEXT - timedelta(days=3)
    rotation.ensure(clerk(early), seeds, {})
    rotation.revoke(clerk(early), seeds, reason="x")
    assert rotation.ensure(clerk(early), seeds, {}) == ["2026Q4b", "2027Q1b"]
    assert listed(seeds).window("phone", "2027Q1b")[0] == NEXT


def test_at_the_end_of_the_overlap_the_seed_is_removed_and_that_is_listed(tmp_path: Path) -> None:
    seeds = made(tmp_path)
    rotation.ensure(clerk(NEXT), seeds, {})
    assert rotation.destroy(clerk(END - timedelta(seconds=1)), seeds) == []
    assert rotation.destroy(clerk(END), seeds) == ["2026Q4"]
    assert not (tmp_path / "2026Q4.seed").exists()
    assert (tmp_path / "2027Q1.seed").exists()
    with pytest.raises(KeyListError, match="destroyed"):
        listed(seeds).key("pan", "2026Q4", "hub")
    assert rotation.destroy(clerk(END), seeds) == []
    assert acts()[-1] == "token seed destroyed"


def test_a_revoked_key_s_seed_goes_at_once_and_one_that_comes_back_goes_again(
    tmp_path: Path,
) -> None:
    seeds = made(tmp_path)
    kept = (tmp_path / "2026Q4.seed").read_bytes()
    rotation.revoke(clerk(), seeds, reason="x")
    assert rotation.destroy(clerk(), seeds) == ["2026Q4"]
    (tmp_path / "2026Q4.seed").write_bytes(kept)  # from a backup
    assert rotation.destroy(clerk(), seeds) == ["2026Q4"]
    assert not (tmp_path / "2026Q4.seed").exists()
    assert [each.act for each in listed(seeds).entries].count("destroy") == len(KINDS)


def test_a_destroyed_seed_is_not_made_anew(tmp_path: Path) -> None:
    seeds = made(tmp_path)
    (tmp_path / "2026Q4.seed").unlink()
    with pytest.raises(TokenKeysError, match="does not hold the seed of 2026Q4"):
        rotation.ensure(clerk(), seeds, {})
    assert not (tmp_path / "2026Q4.seed").exists()


def test_another_folder_with_another_seed_is_noticed(tmp_path: Path) -> None:
    seeds = made(tmp_path)
    (tmp_path / "2026Q4.seed").write_bytes(bytes(32))
    with pytest.raises(TokenKeysError, match="does not hold the seed of 2026Q4"):
        rotation.ensure(clerk(), seeds, {})


def test_a_lost_signing_key_is_not_replaced(tmp_path: Path) -> None:
    made(tmp_path / "one")
    with pytest.raises(TokenKeysError, match=r"signing\.key"):
        made(tmp_path / "two")
    assert not (tmp_path / "two" / "signing.key").exists()


def test_a_seed_whose_listing_was_interrupted_is_listed(tmp_path: Path) -> None:
    seed = SeedStore(tmp_path).add_seed("2026Q4")
    seeds = made(tmp_path)
    assert listed(seeds).key("pan", "2026Q4", "hub") == evaluator.public_key(seed, "pan", "2026Q4")


def test_the_list_is_only_ever_added_to(tmp_path: Path) -> None:
    before = listed(made(tmp_path))
    seeds = SeedStore(tmp_path)
    rotation.revoke(clerk(), seeds, reason="x")
    rotation.ensure(clerk(), seeds, {})
    listed(seeds).extends(before)
    for change in (
        lambda: KeyListEntry.objects.filter(seq=0).update(hash="0" * 64),
        lambda: KeyListEntry.objects.filter(seq=3).delete(),
    ):
        with pytest.raises(Error, match="append-only"), transaction.atomic():
            change()


def test_a_list_that_was_tampered_with_is_not_used(tmp_path: Path) -> None:
    seeds = made(tmp_path)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE shared.key_list_entry DISABLE TRIGGER append_only")
        cursor.execute("UPDATE shared.key_list_entry SET entry = replace(entry, 'phone', 'pan')")
        cursor.execute("UPDATE shared.key_list_entry SET hash = md5(hash) || md5(hash)")
    with pytest.raises(TokenKeysError, match="does not hold"):
        keys.key_list(seeds)


def test_the_worker_appends_and_the_web_only_reads(tmp_path: Path) -> None:
    with acting_as("forum_worker"):
        seeds = made(tmp_path)
    with acting_as("forum_web"):
        assert isinstance(keys.key_list(seeds), KeyList)
    for statement in (
        "INSERT INTO key_list_entry VALUES (99, '', '')",
        "DELETE FROM key_list_entry",
    ):
        with (
            acting_as("forum_web"),
            connection.cursor() as cursor,
            pytest.raises(Error, match="permission denied"),
            transaction.atomic(),
        ):
            cursor.execute(statement)


def test_an_overview_says_what_has_become_of_each_epoch(tmp_path: Path) -> None:
    seeds = made(tmp_path)
    rotation.revoke(clerk(), seeds, reason="x")
    early = NEXT - timedelta(days=3)
    rotation.ensure(clerk(early), seeds, {})
    states = [each.state for each in overview.spans(listed(seeds), early)]
    assert states == ["revoked", "live", "to come"]


def test_after_a_restore_of_the_database_the_list_grows_to_the_same_bytes(tmp_path: Path) -> None:
    seeds = made(tmp_path)
    rotation.ensure(clerk(NEXT), seeds, {})
    before = list(KeyListEntry.objects.order_by("seq").values_list("entry", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE shared.key_list_entry DISABLE TRIGGER append_only")
        cursor.execute("DELETE FROM key_list_entry WHERE seq >= %s", [len(KINDS)])
    later = NEXT + timedelta(days=5)
    assert rotation.ensure(clerk(later), seeds, {}) == ["2027Q1"]
    assert list(KeyListEntry.objects.order_by("seq").values_list("entry", flat=True)) == before
