"""An evaluator of its own for labkit's tests: real keys, a signed list, and a count of what it did.

It stands for any evaluator, the hub's or a trustee's, and can be told to misbehave.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from voprf import ristretto

from labkit.keylist import packed, signed_entry, signer_name
from labkit.normalise import KINDS, PROFILE
from labkit.stix import content
from labkit.tokeniser import Token
from labkit.tokens import SCHEME, combine, key_info, oprf_input


EPOCH = "2026Q4"
NOT_BEFORE, NOT_AFTER = "2026-10-01T00:00:00Z", "2027-01-31T00:00:00Z"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ELEMENT = 32


@dataclass
class Evaluator:
    """One evaluator's seed and what it was asked."""

    name: str = "hub"
    seed: bytes = b"a seed of exactly thirty-two b!!"
    url: str = ""
    seen: dict[str, int] = field(default_factory=dict)
    """Elements by Idempotency-Key, in order of first appearance."""
    requests: int = 0
    authorised: set[str] = field(default_factory=set)
    """Values of the header Authorization."""
    answers: list[tuple[int, dict[str, str], str]] = field(default_factory=list)
    """Status, headers and detail of refusals to come, each given once."""
    documents: list[dict[str, Any]] = field(default_factory=list)
    """The key list to serve; the last one."""

    @property
    def charged(self) -> int:
        return sum(self.seen.values())

    def key(self, kind: str, epoch: str = EPOCH) -> ristretto.Evaluator:
        return ristretto.Evaluator.from_seed(self.seed, key_info(kind, epoch))

    def output(self, kind: str, normalised: str, epoch: str = EPOCH) -> bytes:
        return self.key(kind, epoch).evaluate_known_input(oprf_input(kind, normalised))

    def evaluate(self, kind: str, epoch: str, body: bytes) -> bytes:
        batch = [
            ristretto.BlindedInput.deserialize(body[at : at + ELEMENT])
            for at in range(0, len(body), ELEMENT)
        ]
        return bytes(self.key(kind, epoch).evaluate_batch(batch).serialize())


def token(kind: str, normalised: str, *evaluators: Evaluator, epoch: str = EPOCH) -> str:
    """The token that labs get when these evaluators are asked."""
    return combine({each.name: each.output(kind, normalised, epoch) for each in evaluators})


def observable(found: Token) -> dict[str, Any]:
    """The observable of a token as the feed has it."""
    made = {"type": "match-token", "id": f"match-token--{found.kind}-{found.value[:4]}"}
    return made | content(found)


@dataclass
class KeyListMaker:
    """Signs entries one after the other, as the Forum does."""

    signer: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    entries: list[dict[str, object]] = field(default_factory=list)

    def add(self, evaluator: Evaluator, *, epoch: str = EPOCH) -> None:
        for kind in KINDS:
            public = evaluator.key(kind, epoch).public_key.serialize()
            self.append("add", evaluator, kind, epoch, packed(bytes(public)))

    def append(
        self, act: str, evaluator: Evaluator, kind: str, epoch: str, public_key: str = ""
    ) -> None:
        fields = {
            "act": act,
            "evaluator": evaluator.name,
            "kind": kind,
            "epoch": epoch,
            "public_key": public_key,
            "not_before": NOT_BEFORE,
            "not_after": NOT_AFTER,
        }
        previous = self.entries[-1] if self.entries else None
        self.entries.append(signed_entry(self.signer, fields, previous))

    def document(self, *evaluators: Evaluator) -> dict[str, Any]:
        return {
            "scheme": SCHEME,
            "profile": PROFILE,
            "signer": signer_name(self.signer),
            "evaluators": [{"name": each.name, "url": each.url} for each in evaluators],
            "entries": list(self.entries),
        }


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    evaluator: Evaluator

    def do_GET(self) -> None:
        if not self._refused():
            self._answer(200, "application/json", json.dumps(self.evaluator.documents[-1]).encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        kind, epoch = self.path.strip("/").split("/")[-2:]
        asked = self.evaluator
        asked.requests += 1
        asked.authorised.add(self.headers["Authorization"])
        if self._refused():
            return
        asked.seen.setdefault(self.headers["Idempotency-Key"], len(body) // ELEMENT)
        self._answer(200, "application/octet-stream", asked.evaluate(kind, epoch, body))

    def _refused(self) -> bool:
        if not self.evaluator.answers:
            return False
        status, headers, detail = self.evaluator.answers.pop(0)
        problem = json.dumps({"title": "refused", "detail": detail}).encode()
        self._answer(status, "application/problem+json", problem, headers)
        return True

    def _answer(
        self, status: int, type_: str, body: bytes, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        given = {"Content-Type": type_, "Content-Length": str(len(body)), **(headers or {})}
        for name, value in given.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *_: object) -> None:  # noqa: A002  the base's own name
        """Silent."""


@contextmanager
def serving(evaluator: Evaluator) -> Iterator[Evaluator]:
    """The evaluator behind a port of this machine; its url is filled in."""
    handler = type("Handler", (_Handler,), {"evaluator": evaluator})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    evaluator.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield evaluator
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def serving_keys() -> Iterator[Evaluator]:
    """An evaluator behind a port, with the list of its own keys."""
    maker, evaluator = KeyListMaker(), Evaluator()
    maker.add(evaluator)
    with serving(evaluator):
        evaluator.documents.append(maker.document(evaluator))
        yield evaluator
