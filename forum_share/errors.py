"""Errors outside any view: in the words of the door for programs, a plain page for browsers."""

from __future__ import annotations

from typing import TypeVar

from django.http import HttpRequest, HttpResponseBase
from django.views import defaults

import indicators.rest.errors as rest
import indicators.taxii.errors as taxii
from forum_share.middleware import is_for_machines, speaks_rest


View = TypeVar("View")


def for_browser(request: HttpRequest) -> bool:
    accepts = request.headers.get("Accept", "")
    return not is_for_machines(request.path_info) and "text/html" in accepts


def chosen(request: HttpRequest, page: View, problem: View, resource: View) -> View:
    if for_browser(request):
        return page
    return problem if speaks_rest(request.path_info) else resource


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    view = chosen(request, defaults.bad_request, rest.bad_request, taxii.bad_request)
    return view(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    view = chosen(
        request, defaults.permission_denied, rest.permission_denied, taxii.permission_denied
    )
    return view(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    view = chosen(request, defaults.page_not_found, rest.not_found, taxii.not_found)
    return view(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    return chosen(request, defaults.server_error, rest.server_error, taxii.server_error)(request)
