"""The layers around every request, few and in two kinds.

Promises: machines (TAXII, REST) pay for no session, cookie, message or login, and cannot be
affected by one; `REMOTE_ADDR` is the client's address as the trusted front saw it, and nobody else
is believed.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.deprecation import MiddlewareMixin


GetResponse = Callable[[HttpRequest], HttpResponseBase]

# What only the front may say. Without a trusted front between, it is hearsay and removed.
FRONT_HEADERS = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_CLIENT_CERT_FINGERPRINT")


def speaks_taxii(path: str) -> bool:
    """Whether this path belongs to the TAXII doors (discovery or an API root)."""
    return _first(path) in settings.TAXII_SEGMENTS


def speaks_rest(path: str) -> bool:
    """Whether this path belongs to the REST API."""
    return _first(path) in settings.REST_SEGMENTS


def is_for_machines(path: str) -> bool:
    return speaks_taxii(path) or speaks_rest(path)


def _first(path: str) -> str:
    return path.lstrip("/").partition("/")[0]


class Edge:
    """Who is calling, and the one header Django has no setting for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        settle_address(request.META)
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        return response


def settle_address(meta: dict[str, Any]) -> None:
    """Put the client's address into REMOTE_ADDR ("" if unknown); drop what a stranger claims."""
    peer = meta.get("REMOTE_ADDR", "")
    if not is_trusted(peer):
        for header in FRONT_HEADERS:
            meta.pop(header, None)
    elif forwarded := meta.get("HTTP_X_FORWARDED_FOR"):
        # The front writes exactly one address; were there more, the last is the front's own word.
        meta["REMOTE_ADDR"] = forwarded.rpartition(",")[2].strip()


def is_trusted(peer: str) -> bool:
    """A peer without an address is the front on our unix socket."""
    if not peer:
        return True
    address = ipaddress.ip_address(peer)
    return any(address in network for network in settings.TRUSTED_PROXIES)


class ForPeople(MiddlewareMixin):
    """Mixin: the layer steps aside for machines."""

    def __call__(self, request: HttpRequest) -> Any:
        if is_for_machines(request.path_info):
            return self.get_response(request)
        return super().__call__(request)


class Sessions(ForPeople, SessionMiddleware):
    """Idle sessions end by Django's own means, long ones here."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        session = request.session
        if session.session_key is None or SESSION_KEY not in session:
            return
        now = int(time.time())
        if now - session.setdefault("began", now) > settings.SESSION_ABSOLUTE_AGE:
            session.flush()


class CrossSiteRequests(ForPeople, CsrfViewMiddleware):
    """CSRF tokens, where there are cookies."""

    def process_view(
        self, request: HttpRequest, callback: Any, callback_args: Any, callback_kwargs: Any
    ) -> Any:
        # Django calls this one by itself, past __call__.
        if is_for_machines(request.path_info):
            return None
        return super().process_view(request, callback, callback_args, callback_kwargs)


class Authentication(ForPeople, AuthenticationMiddleware):
    """request.user, for the pages of people."""


class Messages(ForPeople, MessageMiddleware):
    """One-time notices of the admin."""
