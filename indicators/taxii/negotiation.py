"""Which `Accept` headers mean TAXII 2.1.

DRF's own negotiation cannot say it: with a versioned renderer it refuses `*/*` and a missing
header, with an unversioned one it takes `version=2.0`.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.http.request import MediaType
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from indicators.taxii.answers import MEDIA_TYPE


VERSION = "2.1"
_ANY = {"*/*", "application/*"}
_OURS = {"application/taxii+json", "application/json"}


class Negotiation(BaseContentNegotiation):
    """One media type goes out; the question is only whether the client takes it."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> None:
        """Bodies are read raw and parsed strictly, by the intake."""

    def select_renderer(
        self, request: Request, _renderers: Iterable[BaseRenderer], _suffix: str | None = None
    ) -> tuple[None, str]:
        """Raise NotAcceptable unless the client takes TAXII 2.1."""
        header = request.headers.get("Accept", "").strip()
        if header and not any(_takes_ours(MediaType(token)) for token in header.split(",")):
            raise NotAcceptable
        return None, MEDIA_TYPE


def _takes_ours(media: MediaType) -> bool:
    name = f"{media.main_type}/{media.sub_type}".lower()
    if media.quality == 0:
        return False
    return name in _ANY or (name in _OURS and media.params.get("version", VERSION) == VERSION)
