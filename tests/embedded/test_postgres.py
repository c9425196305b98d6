from __future__ import annotations

from pathlib import Path

import pytest

from forum_share.embedded import account, postgres, valkey
from forum_share.embedded.home import Home
from forum_share.embedded.postgres import Postgres
from forum_share.embedded.trouble import TroubleError


def test_another_major_versions_data_is_left_alone_with_a_way_out(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.cluster.mkdir()
    (home.cluster / "PG_VERSION").write_text("9\n")
    found = postgres.find(home)
    with pytest.raises(TroubleError, match=r"made by PostgreSQL 9, .*pg_dump"):
        found.prepare()


def test_without_any_postgresql_the_ways_out_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "candidates", lambda: [tmp_path])
    with pytest.raises(TroubleError, match="DATABASE_URL"):
        postgres.find(Home(tmp_path))


def test_without_any_valkey_the_ways_out_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(valkey, "wheel", list)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(TroubleError, match="REDIS_URL"):
        valkey.find(Home(tmp_path))


def test_postgresql_never_runs_as_root() -> None:
    binaries = next(folder for folder in postgres.candidates() if (folder / "initdb").exists())
    assert account.for_postgres(binaries / "postgres", Path("/tmp")).uid != 0


def test_the_embedded_server_listens_to_nobody_outside(tmp_path: Path) -> None:
    home = Home(tmp_path)
    found = Postgres(home, Path("/nowhere"), account.ours())
    assert found.url.endswith(f"?host={home.sockets}")
    assert postgres.SETTINGS["listen_addresses"] == ""
