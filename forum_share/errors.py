"""Errors outside any view: a TAXII error resource for programs, a plain page for browsers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.views import defaults

import indicators.taxii.errors as taxii
from forum_share.middleware import speaks_taxii


def for_browser(request: HttpRequest) -> bool:
    return not speaks_taxii(request.path_info) and "text/html" in request.headers.get("Accept", "")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    view = defaults.bad_request if for_browser(request) else taxii.bad_request
    return view(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    view = defaults.permission_denied if for_browser(request) else taxii.permission_denied
    return view(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    view = defaults.page_not_found if for_browser(request) else taxii.not_found
    return view(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    view = defaults.server_error if for_browser(request) else taxii.server_error
    return view(request)
