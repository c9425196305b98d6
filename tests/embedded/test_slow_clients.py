"""A thousand clients that hold their headers or their bodies, and everybody else's answers."""

from __future__ import annotations

import asyncio
import http.client
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import pytest

from forum_share.embedded.__main__ import allow_many_files
from tests.stack import Stack


CLIENTS = 1000
MEASURED_FOR = 6.0  # seconds
HEAD = (
    b"POST /forum/collections/exercise/objects/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Content-Type: application/taxii+json;version=2.1\r\nContent-Length: 1000000\r\n"
)
HELD = {"header": (HEAD, b"X-A: b\r\n"), "body": (HEAD + b"\r\n" + b"[" * 1000, b"[")}


@contextmanager
def crowd(port: int, kind: str) -> Iterator[None]:
    """So many clients that began a request and now send a few bytes every two seconds."""
    first, more = HELD[kind]
    connected, ended = threading.Semaphore(0), asyncio.Event()

    async def dawdle() -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(first)
        await writer.drain()
        connected.release()
        with suppress(ConnectionError):
            while not ended.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(ended.wait(), 2)
                writer.write(more)
                await writer.drain()
        writer.close()

    async def all_of_them() -> None:
        await asyncio.gather(*(dawdle() for _ in range(CLIENTS)))

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_until_complete, args=(all_of_them(),))
    thread.start()
    try:
        for _ in range(CLIENTS):
            assert connected.acquire(timeout=30)
        yield
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()
        loop.close()


def seconds_for(port: int, path: str) -> float:
    begun = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path)
    response = connection.getresponse()
    response.read()
    connection.close()
    assert response.status == 200
    return time.monotonic() - begun


@pytest.mark.stack
@pytest.mark.slow
@pytest.mark.parametrize("kind", HELD)
def test_a_thousand_slow_clients_leave_others_their_second(
    kind: str, stack: Stack, record_property: Callable[[str, object], None]
) -> None:
    allow_many_files()
    port = urlsplit(stack.root).port
    assert port is not None
    times = []
    with crowd(port, kind):
        end = time.monotonic() + MEASURED_FOR
        while time.monotonic() < end:
            times.append(seconds_for(port, "/readyz"))
            time.sleep(0.02)
    p95 = sorted(times)[int(len(times) * 0.95)]
    record_property("p95 of other requests, ms", round(p95 * 1000, 1))
    assert p95 < 1.0
