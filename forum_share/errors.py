"""Errors outside any view: in the words of the door for programs, a plain page for browsers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.views import defaults

from forum_share.middleware import is_for_machines, speaks_rest
from indicators.doors.refusals import Refusals
from indicators.rest.errors import REFUSALS as REST
from indicators.taxii.errors import REFUSALS as TAXII


def for_browser(request: HttpRequest) -> bool:
    accepts = request.headers.get("Accept", "")
    return not is_for_machines(request.path_info) and "text/html" in accepts


def _door(request: HttpRequest) -> Refusals:
    return REST if speaks_rest(request.path_info) else TAXII


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    view = defaults.bad_request if for_browser(request) else _door(request).bad_request
    return view(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    view = defaults.permission_denied if for_browser(request) else _door(request).permission_denied
    return view(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    view = defaults.page_not_found if for_browser(request) else _door(request).not_found
    return view(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    view = defaults.server_error if for_browser(request) else _door(request).server_error
    return view(request)
