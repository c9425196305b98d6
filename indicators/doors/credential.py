"""From a request's headers to the one credential that answers for it.

Basic (credential id and token; either of the two fields may be empty or hold the token alone),
Bearer, Token (taxii2-client) and X-API-Key carry the same token. The scheme is compared without
regard to case (MISP sends `basic`).
Refuses: a key in the URL, where logs and proxies would keep it; cookies.
"""

from __future__ import annotations

import base64
import binascii

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from indicators.doors import clock
from indicators.members.authenticate import AuthenticationFailed, Principal, authenticate
from indicators.members.credentials import credential_id_of


CHALLENGES = 'Basic realm="Forum Share", charset="UTF-8", Bearer realm="Forum Share"'


class CredentialAuthentication(BaseAuthentication):
    """There are no anonymous callers: without a credential this raises."""

    def authenticate(self, request: Request) -> tuple[Principal, None]:
        """Raise members' AuthenticationFailed unless one credential is proven."""
        credential_id, secret = _offered(request)
        principal = authenticate(credential_id=credential_id, secret=secret, now=clock.now())
        return principal, None


class Proven(BasePermission):
    """Default deny: only a proven principal goes on."""

    def has_permission(self, request: Request, _view: APIView) -> bool:
        return isinstance(request.user, Principal)


def claimed(request: HttpRequest) -> str:
    """The id under which somebody speaks, proven or not; empty if none can be read."""
    try:
        credential_id, secret = _offered(request)
    except AuthenticationFailed:
        return ""
    return credential_id or credential_id_of(secret) or ""


def _offered(request: HttpRequest) -> tuple[str | None, str]:
    scheme, _, rest = request.headers.get("Authorization", "").strip().partition(" ")
    match scheme.lower():
        case "basic":
            return _basic(rest.strip())
        case "bearer" | "token":
            return None, rest.strip()
        case _:
            return None, request.headers.get("X-API-Key", "").strip()


def _basic(encoded: str) -> tuple[str | None, str]:
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise AuthenticationFailed from None
    if user and password:
        return user, password
    return None, user or password
