"""What every answer carries, and what TAXII requests are spared."""

from __future__ import annotations

import ipaddress
import time
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from forum_share import middleware
from forum_share.urls import urlpatterns as hub


def broken(_request: HttpRequest) -> HttpResponse:
    raise ValueError("canary.meadowexit.example")


def who(request: HttpRequest) -> HttpResponse:
    return HttpResponse(",".join(sorted({"session", "user"} & set(vars(request)))))


# A URL configuration of its own: the hub's, and two views that misbehave on demand.
urlpatterns = [path("forum/broken", broken), path("broken", broken), path("forum/who", who), *hub]
handler400 = "forum_share.errors.bad_request"
handler403 = "forum_share.errors.permission_denied"
handler404 = "forum_share.errors.not_found"
handler500 = "forum_share.errors.server_error"

TAXII = "application/taxii+json;version=2.1"
BROWSER = {"Accept": "text/html,*/*;q=0.8"}


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("where", ["/", "/admin/login/", "/taxii2/", "/nothing", "/healthz"])
@pytest.mark.django_db
def test_every_answer_carries_the_strict_policies(client: Client, where: str) -> None:
    headers = client.get(where).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("where", ["/", "/admin/login/"])
@pytest.mark.django_db
def test_pages_for_people_have_nothing_inline(client: Client, where: str) -> None:
    page = client.get(where).content.decode()
    assert "<style" not in page
    assert "style=" not in page
    assert "<script>" not in page


@pytest.mark.parametrize("where", ["static/forum_share/landing.css", "static/admin/css/base.css"])
@pytest.mark.django_db  # the end of a response looks after connections
def test_static_files_are_served_without_collecting_them(client: Client, where: str) -> None:
    response = client.get(f"/{where}")
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/css")
    response.close()


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("where", "status"), [("/forum/nothing/x", 404), ("/nothing", 404), ("/broken", 500)]
)
def test_a_program_gets_every_error_as_a_taxii_error(
    client: Client, where: str, status: int
) -> None:
    response = client.get(where)
    assert (response.status_code, response.headers["Content-Type"]) == (status, TAXII)
    assert response.json()["http_status"] == str(status)
    assert "canary" not in response.content.decode()


@pytest.mark.urls(__name__)
def test_a_browser_gets_a_page(client: Client) -> None:
    response = client.get("/nothing", headers=BROWSER)
    assert response.status_code == 404
    assert response.headers["Content-Type"].startswith("text/html")


@pytest.mark.urls(__name__)
def test_a_browser_at_a_taxii_path_gets_a_taxii_error(client: Client) -> None:
    response = client.get("/forum/broken", headers=BROWSER)
    assert (response.status_code, response.headers["Content-Type"]) == (500, TAXII)


def test_a_host_that_is_not_ours_is_a_taxii_error_too(client: Client) -> None:
    response = client.get("/taxii2/", headers={"Host": "elsewhere.example"})
    assert (response.status_code, response.headers["Content-Type"]) == (400, TAXII)


@pytest.mark.urls(__name__)
def test_taxii_has_no_session_and_no_user(client: Client) -> None:
    client.cookies["session"] = "anything"
    response = client.get("/forum/who")
    assert response.content == b""
    assert not response.cookies


@pytest.mark.django_db
def test_a_login_without_a_csrf_token_is_refused() -> None:
    strict = Client(enforce_csrf_checks=True)
    login = {"username": "x", "password": "x"}
    assert strict.post("/admin/login/", login, headers=BROWSER).status_code == 403


@pytest.mark.django_db
def test_a_session_ends_eight_hours_after_the_login_whatever_happens(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(User.objects.create_superuser("analyst"))
    assert client.get("/admin/").status_code == 200
    began = time.time()
    for hour, status in ((7.9, 200), (8.1, 302)):
        then = began + hour * 3600
        monkeypatch.setattr("forum_share.middleware.time.time", lambda then=then: then)
        assert client.get("/admin/").status_code == status
    monkeypatch.undo()
    assert not Session.objects.exists()


def test_a_session_ends_after_half_an_hour_without_a_request(settings: Any) -> None:
    assert settings.SESSION_COOKIE_AGE == 30 * 60
    assert settings.SESSION_SAVE_EVERY_REQUEST


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("", "203.0.113.7", "203.0.113.7"),
        ("", None, ""),
        ("192.0.2.5", "203.0.113.7", "203.0.113.7"),
        ("192.0.2.5", "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        ("198.51.100.9", "203.0.113.7", "198.51.100.9"),
    ],
)
def test_an_address_is_believed_only_from_a_trusted_front(
    peer: str, forwarded: str | None, address: str, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = (ipaddress.ip_network("192.0.2.0/24"),)
    meta = {"REMOTE_ADDR": peer, "HTTP_X_CLIENT_CERT_FINGERPRINT": "aa"}
    if forwarded:
        meta["HTTP_X_FORWARDED_FOR"] = forwarded
    middleware.settle_address(meta)
    assert meta["REMOTE_ADDR"] == address
    assert ("HTTP_X_CLIENT_CERT_FINGERPRINT" in meta) == (peer != "198.51.100.9")
