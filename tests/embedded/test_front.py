"""deploy/Caddyfile before a server that answers with what it got."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from forum_share.embedded import front
from forum_share.embedded.home import Home


TAXII = "application/taxii+json;version=2.1"


class Echo(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answer = {"path": self.path, "headers": dict(self.headers), "length": len(body)}
        self.reply(200, "application/json", json.dumps(answer).encode())

    def do_GET(self) -> None:
        if self.path == "/bare":
            self.reply(400, "text/html", b"<html>Gunicorn's own words</html>")
        else:
            self.do_POST()

    def reply(self, status: int, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Fronted:
    """A front, and whether there is anybody behind it."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> tuple[http.client.HTTPResponse, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, named)  # type: ignore[arg-type]  # bytes or chunks
        response = connection.getresponse()
        content = response.read()
        connection.close()
        return response, content


@pytest.fixture(scope="module")
def upstream() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def running(home: Home, upstream: str) -> Iterator[Fronted]:
    home.make()
    port = front.free_port()
    program = front.Front(home, port).program({**os.environ, "MAX_CONTENT_LENGTH": "1000000"})
    environment = {**(program.environment or {}), "FRONT_UPSTREAM": upstream}
    log = (home.logs / "front.log").open("wb")
    with log, subprocess.Popen(program.command, env=environment, stdout=log, stderr=log) as caddy:
        end = time.monotonic() + 20
        while front.is_free(port) and time.monotonic() < end:
            time.sleep(0.02)
        yield Fronted(port)
        caddy.terminate()


@pytest.fixture(scope="module")
def fronted(upstream: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fronted]:
    yield from running(Home(tmp_path_factory.mktemp("front")), f"127.0.0.1:{upstream}")


@pytest.fixture(scope="module")
def nobody_behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fronted]:
    home = Home(tmp_path_factory.mktemp("front"))
    yield from running(home, f"127.0.0.1:{front.free_port()}")


@pytest.mark.parametrize(
    "forged",
    [
        "X-Forwarded-Ssl",
        "X-Forwarded-User",
        "X-Real-Ip",
        "X-Client-Cert-Fingerprint",
        "Forwarded",
        "Remote-User",
        "Script_Name",
        "PATH_INFO",
    ],
)
def test_what_only_a_front_may_say_is_not_believed_from_outside(
    fronted: Fronted, forged: str
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", fronted.port, timeout=30)
    connection.request("GET", "/x", headers={forged: "forged"})
    got = json.loads(connection.getresponse().read())
    connection.close()
    assert "forged" not in got["headers"].values()


def test_the_address_is_the_clients_own(fronted: Fronted) -> None:
    _, body = fronted.ask("GET", "/x", X_Forwarded_For="192.0.2.1", X_Forwarded_Proto="https")
    headers = json.loads(body)["headers"]
    assert headers["X-Forwarded-For"] == "127.0.0.1"
    assert headers["X-Forwarded-Proto"] == "http"


def test_a_body_within_the_limit_passes(fronted: Fronted) -> None:
    _, body = fronted.ask("POST", "/forum/x", b"a" * 1_000_000)
    assert json.loads(body)["length"] == 1_000_000


def test_a_body_over_the_limit_is_refused_from_its_length(fronted: Fronted) -> None:
    response, body = fronted.ask("POST", "/forum/x", b"a" * 1_000_001)
    assert (response.status, response.headers["Content-Type"]) == (413, TAXII)
    assert json.loads(body)["http_status"] == "413"


def test_a_refusal_in_html_becomes_a_taxii_error(fronted: Fronted) -> None:
    response, body = fronted.ask("GET", "/bare")
    assert (response.status, response.headers["Content-Type"]) == (400, TAXII)
    assert json.loads(body)["http_status"] == "400"


def test_a_hub_that_is_away_is_a_taxii_error_with_a_time_to_come_back(
    nobody_behind: Fronted,
) -> None:
    response, body = nobody_behind.ask("GET", "/forum/x")
    assert response.status in {502, 503}
    assert response.headers["Content-Type"] == TAXII
    assert int(response.headers["Retry-After"]) > 0
    assert json.loads(body)["http_status"] == str(response.status)


def test_too_large_a_head_is_refused(fronted: Fronted) -> None:
    response, _ = fronted.ask("GET", "/x", X_Long="a" * 30_000)
    assert response.status == 431


def test_the_configuration_is_formatted() -> None:
    command = [front.caddy(), "fmt", "--diff", str(Path("deploy/Caddyfile").resolve())]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
