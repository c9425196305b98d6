"""What holds for every TAXII resource: docs/wire.md 1.1-1.3, 1.6, 1.10, 2.1, 2.13."""

from __future__ import annotations

import logging
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory
from rest_framework import exceptions as rest

from indicators.intake.errors import IntakeError
from indicators.members.credentials import new_secret
from indicators.taxii.errors import REFUSALS
from tests.labs import Feed, Lab, another_key, stix_id
from tests.taxii.door import MEDIA_TYPE, Caller, Hub, basic


OBJECT = stix_id("indicator", "a")
RESOURCES = [
    "/taxii2/",
    "/forum/",
    "/forum/collections/",
    "/forum/collections/distillation/",
    "/forum/collections/distillation/objects/",
    "/forum/collections/distillation/manifest/",
    f"/forum/collections/distillation/objects/{OBJECT}/",
    f"/forum/collections/distillation/objects/{OBJECT}/versions/",
]
STATUS = f"/forum/status/{UUID(int=7)}/"
every_resource = pytest.mark.parametrize("path", RESOURCES)


@pytest.fixture(autouse=True)
def one_object(feed: Feed) -> None:
    feed.add("a")


def headers_of(lab: Lab) -> list[dict[str, str | None]]:
    name, token = lab.credential.id, lab.token
    return [
        {"authorization": basic(name, token)},
        {"authorization": basic(name, token).replace("Basic", "basic")},
        {"authorization": basic(name, token).replace("Basic ", "BASIC   ")},
        {"authorization": basic("", token)},
        {"authorization": basic(token, "")},
        {"authorization": f"Bearer {token}"},
        {"authorization": f"bearer {token}"},
        {"authorization": f"Token {token}"},
        {"authorization": None, "x_api_key": token},
        {"authorization": "Negotiate abc", "x_api_key": token},
    ]


@pytest.mark.parametrize("way", range(10))
def test_one_credential_answers_however_it_is_carried(alder: Caller, way: int) -> None:
    """1.1"""
    assert alder.lab
    answer = Caller().get("/forum/", **headers_of(alder.lab)[way])
    assert answer.status == 200


def refused(alder: Lab, birch: Lab) -> list[dict[str, str | None]]:
    stranger = new_secret(bytes(37))[1]
    return [
        {},
        {"authorization": ""},
        {"authorization": "Basic"},
        {"authorization": "Basic not-base64!"},
        {"authorization": "Basic /w=="},
        {"authorization": basic("", "")},
        {"authorization": basic(alder.credential.id, stranger)},
        {"authorization": basic(birch.credential.id, alder.token)},
        {"authorization": basic(alder.credential.id, alder.token + " ")},
        {"authorization": f"Bearer {stranger}"},
        {"authorization": "Bearer \xff\xfe"},
        {"authorization": f"Digest {alder.token}"},
        {"x_api_key": alder.token[:-1]},
    ]


@pytest.mark.parametrize("way", range(13))
def test_every_other_caller_gets_the_same_401(alder: Caller, birch: Caller, way: int) -> None:
    """1.2: both challenges, a TAXII error titled "Unauthorized", no hint at what was wrong."""
    assert alder.lab
    assert birch.lab
    answer = Caller().get("/forum/", **refused(alder.lab, birch.lab)[way])
    assert answer.status == 401
    challenges = answer.headers["WWW-Authenticate"]
    assert challenges.startswith("Basic realm=")
    assert ", Bearer realm=" in challenges
    said = answer.json
    UUID(said.pop("error_id"))
    assert said == {
        "title": "Unauthorized",
        "description": said["description"],
        "error_code": "unauthorized",
        "http_status": "401",
    }
    assert said["description"] == Caller().get("/taxii2/").json["description"]


@pytest.mark.parametrize("name", ["api_key", "token", "access_token", "X-API-Key"])
def test_a_key_in_the_url_is_no_key(alder: Caller, name: str) -> None:
    """1.1: never a key in a TAXII URL."""
    assert alder.lab
    assert Caller().get(f"/forum/?{name}={alder.lab.token}").status == 401


@pytest.mark.parametrize("path", [*RESOURCES, STATUS])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
def test_nothing_is_said_to_a_stranger(path: str, method: str) -> None:
    """1.2, on every route and method."""
    assert Caller().call(method, path).status == 401


@pytest.mark.parametrize(
    "accept",
    [
        MEDIA_TYPE,
        "application/taxii+json; version=2.1",
        'application/taxii+json; version="2.1"',
        "Application/TAXII+JSON;version=2.1",
        "application/taxii+json",
        "application/json",
        "*/*",
        "application/*",
        "text/html, application/taxii+json;version=2.1;q=0.5",
        "application/vnd.oasis.taxii+json; version=2.0, */*;q=0.1",
        "application/taxii+json;version=2.0, application/taxii+json;version=2.1",
        "",
        None,
    ],
)
def test_whoever_takes_2_1_in_some_words_gets_it(alder: Caller, accept: str | None) -> None:
    """1.3 and 2.1"""
    answer = alder.get("/forum/", accept=accept)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == MEDIA_TYPE


@pytest.mark.parametrize(
    "accept",
    [
        "application/taxii+json;version=2.0",
        "application/taxii+json;version=3",
        "application/vnd.oasis.taxii+json; version=2.0",
        "application/vnd.oasis.stix+json",
        "text/html",
        "text/html,application/xhtml+xml",
        "application/taxii+json;q=0",
        "nonsense",
        ";;;,,",
    ],
)
def test_whoever_takes_only_something_else_gets_406(alder: Caller, accept: str) -> None:
    """1.3: as a TAXII error, in the type that it has."""
    answer = alder.get("/forum/", accept=accept)
    assert answer.status == 406
    assert answer.headers["Content-Type"] == MEDIA_TYPE
    assert answer.json["error_code"] == "not-acceptable"


@every_resource
def test_the_content_type_is_exactly_the_versioned_one(alder: Caller, path: str) -> None:
    """2.1"""
    for answer in (alder.get(path), Caller().get(path)):
        assert answer.headers["Content-Type"] == MEDIA_TYPE


@every_resource
def test_a_trailing_slash_makes_no_difference(alder: Caller, path: str) -> None:
    """1.6"""
    with_slash, without = alder.get(path), alder.get(path.rstrip("/"))
    assert with_slash.status == without.status == 200
    assert with_slash.json == without.json


def test_posts_and_status_need_no_slash_either(alder: Caller) -> None:
    """1.6: a redirect would lose the body."""
    answer = alder.post("/forum/collections/distillation/objects", [{"type": "x", "id": "x--1"}])
    assert answer.status == 202
    assert alder.get(f"/forum/status/{answer.json['id']}").status == 200


@every_resource
def test_head_is_a_get_without_its_body(alder: Caller, path: str) -> None:
    """1.10"""
    got, head = alder.get(path), alder.call("HEAD", path)
    assert head.status == 200
    assert head.response.content == b""
    assert head.headers.get("X-TAXII-Date-Added-Last") == got.headers.get("X-TAXII-Date-Added-Last")


WRITES = {
    "/forum/collections/distillation/objects/": "POST",
    f"/forum/collections/distillation/objects/{OBJECT}/": "DELETE",
}


@pytest.mark.parametrize("path", [*RESOURCES, STATUS])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"])
def test_other_methods_get_405_and_the_ones_there_are(
    alder: Caller, path: str, method: str
) -> None:
    """1.10"""
    if WRITES.get(path) == method:
        return
    answer = alder.call(method, path)
    assert answer.status == 405
    allowed = {name.strip() for name in answer.headers["Allow"].split(",")}
    assert allowed == {"GET", "HEAD", "OPTIONS"} | ({WRITES[path]} if path in WRITES else set())
    assert answer.json["http_status"] == "405"


@every_resource
def test_options_names_the_methods(alder: Caller, path: str) -> None:
    """1.10"""
    answer = alder.call("OPTIONS", path)
    assert answer.status == 200
    assert answer.headers["Allow"] == alder.call("PUT", path).headers["Allow"]


@pytest.mark.parametrize(
    "path",
    [
        "/taxii2/more/",
        "/forum/collection/",
        "/forum//",
        "/forum/collections/distillation/objects/x/versions/y/",
        "/forum/status/",
        "/forum/collections//objects/",
        "/forum/%00/",
        "/forum/collections/%ff%fe/",
        "/forum/collections/distillation%00/objects/",
        "/forum/collections/distillation/objects/%00/",
        "/forum/collections/distillation/objects/indicator--%F0%9F%A4%96/",
        "/forum/collections/distillation/objects/" + "x" * 301 + "/",
        "/forum/status/%00/",
        "/forum/status/not-a-uuid/",
        "/forum/status/00000000-0000-4000-8000-000000000000/",
    ],
)
def test_a_path_that_names_nothing_is_a_taxii_404(alder: Caller, path: str) -> None:
    """1.10: Django's own errors included, and never a 500."""
    answer = alder.get(path)
    assert answer.status == 404
    assert answer.headers["Content-Type"] == MEDIA_TYPE
    assert answer.json["error_code"] == "not-found"


@pytest.mark.parametrize(
    "query",
    [
        "match[type]=%00",
        "match[id]=a%00b",
        "match[type]=%ff",
        "match[version]=%ED%A0%80",
        "added_after=%00",
        "next=%00",
        "next=%ff",
        "match[type]=" + "x" * 5000,
        "next=" + "x" * 9000,
        "&".join(f"x{number}=1" for number in range(1100)),
    ],
    ids=lambda query: query[:24],
)
@pytest.mark.parametrize("resource", ["objects/", "manifest/"])
def test_a_query_that_is_no_text_is_a_taxii_400(alder: Caller, query: str, resource: str) -> None:
    """1.10"""
    answer = alder.get(f"/forum/collections/distillation/{resource}?{query}")
    assert answer.status == 400
    assert answer.json["http_status"] == "400"


def test_a_host_that_is_not_ours_is_a_taxii_400(alder: Caller) -> None:
    """1.10"""
    answer = alder.get("/forum/", host="elsewhere.example")
    assert answer.status == 400
    assert answer.json["error_code"] == "bad-request"


def test_no_cookie_is_set_and_no_cache_keeps_an_answer(alder: Caller) -> None:
    for path in RESOURCES:
        answer = alder.get(path)
        assert not answer.response.cookies
        assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("resource", ["", "objects/", "manifest/", f"objects/{OBJECT}/"])
@pytest.mark.parametrize("by_id", [False, True], ids=["by alias", "by id"])
def test_forbidden_looks_exactly_like_missing(
    hub: Hub, alder: Caller, resource: str, *, by_id: bool
) -> None:
    """2.4: same status, body and headers."""
    private = hub.url("private", resource, by_id=by_id)
    nowhere = f"/forum/collections/{uuid4() if by_id else 'no-such'}/{resource}"
    hub.feeds["private"].add("a")
    seen = []
    for path in (private, nowhere):
        answer = alder.get(path)
        error = answer.json
        error.pop("error_id")
        seen.append((answer.status, error, answer.headers))
    assert seen[0] == seen[1]
    assert seen[0][0] == 404


def test_a_credential_sees_no_more_than_its_scopes(hub: Hub, alder: Caller) -> None:
    """2.5: a scope that is missing is a missing right."""
    assert alder.lab
    reader = Caller(another_key(alder.lab, ["feed:read:reference"]))
    assert reader.get(hub.url("reference")).status == 200
    assert reader.get(hub.url("distillation")).status == 404
    assert reader.post(hub.url("reference"), []).status == 403
    assert reader.get(STATUS).status == 403


REQUEST = RequestFactory().get("/forum/")


@pytest.mark.parametrize(
    ("exception", "status", "code", "retry_after"),
    [
        (OperationalError("server closed the connection: secret"), 503, "unavailable", "5"),
        (InterfaceError("connection already closed: secret"), 503, "unavailable", "5"),
        (IntakeError(429, "Too much", "Wait.", retry_after=9), 429, "too-many-requests", "9"),
        (IntakeError(503, "Not stored", "Again.", retry_after=3), 503, "unavailable", "3"),
        (IntakeError(422, "Not an envelope", "Look."), 422, "unprocessable", None),
        (IntakeError(418, "New", "Unforeseen."), 418, "bad-envelope", None),
        (SuspiciousOperation("secret"), 400, "bad-request", None),
        (BadRequest("secret"), 400, "bad-request", None),
        (PermissionDenied("secret"), 403, "forbidden", None),
        (Http404("secret"), 404, "not-found", None),
        (rest.NotAuthenticated("secret"), 401, "unauthorized", None),
        (RuntimeError("secret"), 500, "server-error", None),
        (ValueError("secret"), 500, "server-error", None),
    ],
    ids=repr,
)
def test_errors_say_nothing_but_what_the_caller_may_know(
    exception: Exception,
    status: int,
    code: str,
    retry_after: str | None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """2.13 and 2.15: a reference, a stable code, and when to come back."""
    caplog.set_level(logging.INFO)
    response = REFUSALS.handle(exception, {"request": REQUEST})
    text = response.content.decode()
    assert "secret" not in text
    assert response.status_code == status
    assert f'"error_code": "{code}"' in text
    assert response.headers.get("Retry-After") == retry_after
    assert caplog.records[-1].getMessage().rpartition(" ")[2] in text
    assert (caplog.records[-1].levelno == logging.ERROR) == (status >= 500)


@pytest.mark.parametrize(
    ("view", "status"),
    [
        (REFUSALS.bad_request, 400),
        (REFUSALS.permission_denied, 403),
        (REFUSALS.not_found, 404),
    ],
)
def test_django_s_own_errors_are_taxii_errors(
    view: Callable[[HttpRequest, Exception], HttpResponse], status: int
) -> None:
    """1.10"""
    request: HttpRequest = REQUEST
    response = view(request, Exception("secret"))
    assert response.status_code == status
    assert b"secret" not in response.content
    assert REFUSALS.server_error(request).status_code == 500
