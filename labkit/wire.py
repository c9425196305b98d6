"""How labkit speaks HTTP to a hub, whatever is asked: patiently, and never somewhere else.

Promises: every request ends (timeouts); a hub that is restarting or busy is asked again, since all
that labkit sends may be sent twice; a refusal is told in the hub's own words. Refuses to follow a
redirect, which would lose a body or carry the secret to another place.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

import requests
from requests.auth import HTTPBasicAuth

from labkit.config import Access
from labkit.trouble import HubError, TroubleError


TIMEOUT = (10.0, 90.0)
"""Seconds to connect, and between two pieces of an answer."""
PATIENCE = 60.0
"""The longest wait that is waited out here; longer ones are the caller's."""
ATTEMPTS = 6
_TRY_AGAIN = frozenset({429, 502, 503, 504})
_ERRORS = (requests.exceptions.ConnectionError, requests.exceptions.Timeout)


class Wire(requests.Session):
    """A session of one credential with one place."""

    def __init__(
        self,
        access: Access,
        *,
        ca_file: Path | None = None,
        attempts: int = ATTEMPTS,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__()
        self.auth = HTTPBasicAuth(access.credential.encode(), access.secret.encode())
        self.headers["User-Agent"] = "labkit"
        self._ca_file = ca_file
        self._attempts = attempts
        self._sleep = sleep

    def request(  # type: ignore[override]  # requests' stubs list every parameter
        self, method: str | bytes, url: str | bytes, **arguments: Any
    ) -> requests.Response:
        """The answer, which is a success.

        Raises:
            HubError: it is a refusal.
            TroubleError: there is no answer.
        """
        arguments.setdefault("timeout", TIMEOUT)
        arguments["allow_redirects"] = False
        if self._ca_file is not None:
            # With each request: in requests, REQUESTS_CA_BUNDLE wins over the session's own.
            arguments["verify"] = str(self._ca_file)
        for attempt in range(1, self._attempts):
            try:
                answer = self._ask(method, url, arguments)
            except _ERRORS as error:
                if _is_final(error, method):
                    raise _unreachable(url, error) from error
                wait = _backoff(attempt)
            else:
                wait = _wait_of(answer, attempt)
                if answer.status_code not in _TRY_AGAIN or wait > PATIENCE:
                    return _accepted(answer)
            self._sleep(wait)
        try:
            return _accepted(self._ask(method, url, arguments))
        except _ERRORS as error:
            raise _unreachable(url, error) from error

    def json(self, url: str) -> Any:
        """What JSON an address answers with.

        Raises:
            TroubleError: as `request`, or it is none.
        """
        answer = self.get(url, headers={"Accept": "application/json"})
        try:
            return answer.json()
        except ValueError as error:
            raise TroubleError(
                f"{url} answers with what is no JSON: check url, and any proxy."
            ) from error

    def _ask(
        self, method: str | bytes, url: str | bytes, arguments: Mapping[str, Any]
    ) -> requests.Response:
        try:
            return super().request(method, url, **arguments)
        except _ERRORS:
            raise
        except (OSError, ValueError) as error:
            # An address that no request can be sent to, a ca_file that is none, half an answer.
            raise TroubleError(
                f"{_host(url)} cannot be asked ({error}). Check url, ca_file and the proxy."
            ) from error


def _wait_of(answer: requests.Response, attempt: int) -> float:
    asked = retry_after(answer)
    return _backoff(attempt) if asked is None else asked


def _backoff(attempt: int) -> float:
    """Half a second, then twice as long each time."""
    return float(2.0 ** (attempt - 2))


def retry_after(answer: requests.Response) -> float | None:
    """Seconds, if the answer says so; a date there is left alone (the hub sends seconds)."""
    value = answer.headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdecimal() else None


def _is_final(error: Exception, method: str | bytes) -> bool:
    """Waiting does not change a certificate; and a DELETE that was done before is not found."""
    return isinstance(error, requests.exceptions.SSLError) or method == "DELETE"


def _accepted(answer: requests.Response) -> requests.Response:
    if answer.is_redirect:
        raise HubError(
            f"{answer.url} points to {answer.headers.get('Location', 'another place')}. labkit "
            "does not follow, since the secret would go with it: set url to the hub's own address.",
            answer.status_code,
        )
    if answer.status_code >= HTTPStatus.BAD_REQUEST:
        raise HubError(_refusal(answer), answer.status_code, retry_after(answer))
    return answer


_ADVICE = {
    401: "Check credential and secret; a credential ends after a year at most, or was revoked.",
    403: "The credential lacks a scope or the member a grant: ask the Forum.",
    404: "Check the path in url, and the collection's name.",
}


def _refusal(answer: requests.Response) -> str:
    said = _words(answer)
    advice = _ADVICE.get(answer.status_code, "")
    request = answer.request
    where = f"{request.method} {(request.url or '').partition('?')[0]}"
    return " ".join(
        part for part in (f"The hub refused {where}: {answer.status_code} {said}", advice) if part
    )


def _words(answer: requests.Response) -> str:
    """What the error resource says (TAXII 2.1 §3.6.1, RFC 9457); else the reason phrase."""
    try:
        found = answer.json()
    except ValueError:
        return f"{answer.reason}."
    if not isinstance(found, dict):
        return f"{answer.reason}."
    text = str(found.get("description") or found.get("detail") or found.get("title") or "")
    number = found.get("error_id")
    return f"{text or answer.reason}" + (f" (error_id {number})" if number else "")


def _host(url: str | bytes) -> str:
    place = url.decode() if isinstance(url, bytes) else url
    return "/".join(place.split("/")[:3])


def _unreachable(url: str | bytes, error: Exception) -> TroubleError:
    host = _host(url)
    if isinstance(error, requests.exceptions.SSLError):
        return TroubleError(
            f"The certificate of {host} is not accepted ({_cause(error)}). Where a company's own "
            "authority signs, set ca_file to its certificate."
        )
    if isinstance(error, requests.exceptions.Timeout):
        return TroubleError(f"{host} does not answer in time: try again, or check the network.")
    return TroubleError(
        f"{host} cannot be reached ({_cause(error)}). Check url, the network and the proxy."
    )


def _cause(error: BaseException) -> str:
    """The innermost reason, without the pool and the URL that wrap it."""
    while True:
        inner = error.__cause__ or error.__context__
        if isinstance(error, ssl.SSLError | OSError) and not isinstance(
            error, requests.RequestException
        ):
            return error.strerror or getattr(error, "reason", None) or str(error)
        if inner is None:
            return type(error).__name__
        error = inner
