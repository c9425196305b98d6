from __future__ import annotations

import stat
from pathlib import Path

import pytest

from forum_share.embedded import account, secret_file
from forum_share.embedded.home import CHECKOUT, Home
from forum_share.embedded.trouble import TroubleError


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.make()
    return made


@pytest.mark.parametrize(
    ("named", "path"),
    [
        ("", CHECKOUT / "var"),
        ("elsewhere", CHECKOUT / "elsewhere"),
        ("/srv/forum", Path("/srv/forum")),
    ],
)
def test_forum_home_is_taken_from_the_checkout(
    named: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORUM_HOME", named)
    assert Home.from_environment().path == path


def test_a_home_has_one_supervisor_at_a_time(home: Home) -> None:
    with (
        home.locked(),
        pytest.raises(TroubleError, match=r"running in .* already"),
        home.locked(),
    ):
        pytest.fail("locked twice")


def test_the_card_of_a_stack_that_is_gone_is_not_believed(home: Home) -> None:
    with home.locked():
        home.write_card({"supervisor": 1})
        assert home.read_card() == {"supervisor": 1}
    assert home.read_card() is None


def test_a_place_that_cannot_be_written_is_named_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(TroubleError, match="FORUM_HOME="):
        Home(tmp_path / "file" / "home").make()


def test_reset_removes_what_a_hub_made_and_nothing_else(home: Home) -> None:
    secret_file.load_or_make(home)
    (home.path / "notes.txt").write_text("mine")
    assert set(home.remove()) == {"run", "log", "secrets.env"}
    assert [path.name for path in home.path.iterdir()] == ["notes.txt"]


def test_socket_paths_stay_short_however_deep_the_home(tmp_path: Path) -> None:
    deep = Home(tmp_path / ("deep" * 50))
    assert len(str(deep.sockets / ".s.PGSQL.5432")) < 107
    assert deep.sockets != Home(tmp_path).sockets


def test_a_socket_folder_of_somebody_else_is_refused(
    home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "theirs").mkdir()
    monkeypatch.setattr(Home, "sockets", tmp_path / "link")
    (tmp_path / "link").symlink_to(tmp_path / "theirs")
    with pytest.raises(TroubleError, match="TMPDIR"):
        home.make_sockets(account.ours())


def test_secrets_are_made_once_for_this_user_alone(home: Home) -> None:
    first = secret_file.load_or_make(home)
    assert secret_file.load_or_make(home) == first
    assert set(first) == set(secret_file.NAMES)
    assert stat.S_IMODE(home.secrets.stat().st_mode) == 0o600


def test_a_lost_key_is_not_quietly_replaced(home: Home) -> None:
    secret_file.load_or_make(home)
    home.secrets.write_text("SECRET_KEY=still here\n")
    with pytest.raises(TroubleError, match="no FORUM_KEYS"):
        secret_file.load_or_make(home)
