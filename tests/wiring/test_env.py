from __future__ import annotations

import base64
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from forum_share import env


KEY = base64.b64encode(bytes(range(32))).decode()


def test_a_value_may_come_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text("from a file\n")
    monkeypatch.setenv("A_SECRET_FILE", str(tmp_path / "secret"))
    assert env.text("A_SECRET") == "from a file"


def test_a_missing_value_without_a_default_stops_the_start() -> None:
    with pytest.raises(ImproperlyConfigured, match="NEVER_SET"):
        env.text("NEVER_SET")


@pytest.mark.parametrize("value", ["many", "-1", "1.5", "1e3"])
def test_a_number_is_whole_and_not_negative(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_NUMBER", value)
    with pytest.raises(ImproperlyConfigured, match="A_NUMBER must be a whole number"):
        env.number("A_NUMBER", 1)


def test_master_keys_keep_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEYS", f"k2:{KEY}, k1:{KEY}")
    assert env.master_keys("KEYS") == (("k2", bytes(range(32))), ("k1", bytes(range(32))))


@pytest.mark.parametrize(
    "value",
    [
        "",
        KEY,
        f":{KEY}",
        f"k1:{KEY}x",
        "k1:c2hvcnQ=",
        "k1:***",
        f"k1:{KEY},k1:{KEY}",
    ],
)
def test_a_bad_master_key_is_refused_without_being_quoted(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEYS", value)
    with pytest.raises(ImproperlyConfigured) as refusal:
        env.master_keys("KEYS")
    assert "KEYS" in str(refusal.value)
    assert KEY not in str(refusal.value)


def test_the_database_takes_its_role_and_schemas_at_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DB", "postgres://forum@db.example/forum?sslmode=require&options=-c%20a%3Db")
    config = env.database("DB", role="forum_web", statement_timeout="15s")
    assert config["OPTIONS"]["sslmode"] == "require"
    assert config["OPTIONS"]["options"] == (
        "-c a=b -c role=forum_web -c search_path=private,shared,public -c statement_timeout=15s"
    )


def test_without_a_role_the_login_speaks_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB", "postgres://forum@/forum")
    assert "role" not in str(env.database("DB", role="", statement_timeout="0"))


def test_another_database_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB", "mysql://forum@db.example/forum")
    with pytest.raises(ImproperlyConfigured, match="postgres://"):
        env.database("DB", role="", statement_timeout="0")


@pytest.mark.parametrize(
    ("redis", "celery"),
    [
        ("redis://broker.example:6379/2", "redis://broker.example:6379/2"),
        ("rediss://broker.example/0", "rediss://broker.example/0"),
        ("unix:///run/valkey.sock?db=3", "redis+socket:///run/valkey.sock?virtual_host=3"),
        ("unix:///run/valkey.sock", "redis+socket:///run/valkey.sock?virtual_host=0"),
    ],
)
def test_one_redis_url_serves_both_libraries(redis: str, celery: str) -> None:
    assert env.broker_url(redis) == celery


def test_another_broker_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL"):
        env.broker_url("amqp://broker.example")


def test_networks_must_be_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROXIES", "192.0.2.0/24, 2001:db8::/32")
    assert [str(network) for network in env.networks("PROXIES")] == [
        "192.0.2.0/24",
        "2001:db8::/32",
    ]
    monkeypatch.setenv("PROXIES", "proxy.example")
    with pytest.raises(ImproperlyConfigured, match="PROXIES must list networks"):
        env.networks("PROXIES")
