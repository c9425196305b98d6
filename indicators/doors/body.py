"""The body of a request, never more of it than its door allows.

Promises: what its Content-Length announces as too long is refused unread; of the rest at most the
limit and one byte more are ever read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from rest_framework.request import Request


class TooLong(Exception):  # noqa: N818  reads as the sentence it is
    """A body over its door's limit."""


def read(request: Request, limit: int) -> bytes:
    """The body as it came.

    Raises:
        TooLong: by its Content-Length, or once the limit is passed.
    """
    if _announced(request) > limit:
        raise TooLong
    raw = _reader(request)(limit + 1)
    if len(raw) > limit:
        raise TooLong
    return raw


def is_encoded(request: Request) -> bool:
    """Whether the body came compressed, which no door takes: a small one could become huge."""
    return request.headers.get("Content-Encoding", "identity").strip().lower() != "identity"


def _announced(request: Request) -> int:
    declared = request.META.get("CONTENT_LENGTH") or "0"
    return int(declared) if declared.isascii() and declared.isdecimal() else 0


def _reader(request: Request) -> Callable[[int], bytes]:
    """Django reads a body without Content-Length as empty; a chunked one has to be taken from WSGI.

    `wsgi.input_terminated` is the server's word that the stream ends where the body does.
    """
    meta = request.META
    chunked = "chunked" in meta.get("HTTP_TRANSFER_ENCODING", "").lower()
    stream = meta["wsgi.input"] if chunked and meta.get("wsgi.input_terminated") else request
    return cast("Callable[[int], bytes]", stream.read)
