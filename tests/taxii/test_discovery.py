"""GET /taxii2/: docs/wire.md 2.2."""

from __future__ import annotations

from pytest_django import Settings

from tests.taxii.door import Caller


def test_default_and_roots_are_absolute_and_end_in_a_slash(alder: Caller) -> None:
    """2.2"""
    found = alder.get("/taxii2/").json
    assert found["default"] == "http://testserver/forum/"
    assert found["api_roots"] == ["http://testserver/forum/"]
    assert found["title"] == "Forum Share"


def test_the_root_is_on_the_host_by_which_the_client_came(
    alder: Caller, settings: Settings
) -> None:
    """2.2: from the host that the front hands on, https where the front speaks TLS."""
    settings.ALLOWED_HOSTS = ["hub.example"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.TRUSTED_PROXIES = ()
    found = alder.call(
        "GET",
        "/taxii2/",
        headers={"host": "hub.example:8443", "x_forwarded_proto": "https"},
        environment={"REMOTE_ADDR": ""},
    )
    assert found.json["default"] == "https://hub.example:8443/forum/"


def test_the_path_of_the_root_has_one_segment(alder: Caller) -> None:
    """2.2: XSOAR takes the last one for its name."""
    assert alder.get("/taxii2/").json["default"].count("/") == 4


def test_an_empty_contact_is_left_out(alder: Caller, settings: Settings) -> None:
    settings.FORUM_CONTACT = ""
    assert "contact" not in alder.get("/taxii2/").json
    settings.FORUM_CONTACT = "forum@hub.example"
    assert alder.get("/taxii2/").json["contact"] == "forum@hub.example"
