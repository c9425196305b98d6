"""The raw body of a POST: its type and length are judged before a byte of it is read.

Promises: at most the limit and one byte more are ever read.
Refuses: to parse; that is the intake's, with strict JSON.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.http.request import MediaType
from rest_framework.request import Request

from indicators.taxii.negotiation import VERSION


# STIX is what OpenCTI's pusher names its bundles.
_TYPES = {"application/taxii+json", "application/stix+json"}


class MediaTypeRefused(Exception):  # noqa: N818  reads as the sentence it is
    """A body in a type or encoding that is not taken; the message names what is."""


class BodyTooLarge(Exception):  # noqa: N818  reads as the sentence it is
    """A body over `max_content_length`; the message names the limit."""


def read(request: Request) -> bytes:
    """The body as it came.

    Raises:
        MediaTypeRefused: the Content-Type or Content-Encoding is not one we take.
        BodyTooLarge: by its Content-Length, or once the limit is passed.
    """
    _check_type(request)
    limit: int = settings.MAX_CONTENT_LENGTH
    if _length(request) > limit:
        raise _too_large()
    raw = _reader(request)(limit + 1)
    if len(raw) > limit:
        raise _too_large()
    return raw


def _check_type(request: Request) -> None:
    media = MediaType(request.content_type)
    name = f"{media.main_type}/{media.sub_type}".lower()
    if name not in _TYPES or media.params.get("version", VERSION) != VERSION:
        raise MediaTypeRefused(
            "Send an envelope or a bundle as application/taxii+json;version=2.1 or "
            "application/stix+json;version=2.1."
        )
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise MediaTypeRefused("Send the body without Content-Encoding.")


def _length(request: Request) -> int:
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


def _too_large() -> BodyTooLarge:
    return BodyTooLarge(
        f"The body is larger than {settings.MAX_CONTENT_LENGTH} bytes (max_content_length of the "
        "API root). Send the objects in several envelopes."
    )
