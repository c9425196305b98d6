"""The raw body of a POST: its type and length are judged before a byte of it is read.

Refuses: to parse; that is the intake's, with strict JSON.
"""

from __future__ import annotations

from django.conf import settings
from django.http.request import MediaType
from rest_framework.request import Request

from indicators.doors import body
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
    try:
        return body.read(request, limit)
    except body.TooLong:
        raise BodyTooLarge(
            f"The body is larger than {limit} bytes (max_content_length of the API root). Send "
            "the objects in several envelopes."
        ) from None


def _check_type(request: Request) -> None:
    media = MediaType(request.content_type)
    name = f"{media.main_type}/{media.sub_type}".lower()
    if name not in _TYPES or media.params.get("version", VERSION) != VERSION:
        raise MediaTypeRefused(
            "Send an envelope or a bundle as application/taxii+json;version=2.1 or "
            "application/stix+json;version=2.1."
        )
    if body.is_encoded(request):
        raise MediaTypeRefused("Send the body without Content-Encoding.")
