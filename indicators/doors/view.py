"""What every view for machines shares: how it is called and refused.

Promises: no cookie, no session, no parser; the credential is proven before a byte of the body is
read; `Allow` on every answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework.views import APIView

from indicators.doors.credential import CredentialAuthentication, Proven
from indicators.doors.refusals import Refusals
from indicators.members.authenticate import Principal


class MachineView(APIView):
    """Base of the resources of every door for machines."""

    refusals: ClassVar[Refusals]
    authentication_classes = (CredentialAuthentication,)
    permission_classes = (Proven,)
    parser_classes = ()
    renderer_classes = ()
    throttle_classes = ()

    @property
    def principal(self) -> Principal:
        return cast("Principal", self.request.user)

    def get_exception_handler(self) -> Any:
        return self.refusals.handle

    def options(self, _request: HttpRequest, **_path: str) -> HttpResponse:  # type: ignore[override]  # DRF says Response
        """DRF's own would describe the view; `Allow` says it all, and it is on every answer."""
        return HttpResponse(status=200)


def unknown(refusals: Refusals) -> Callable[..., HttpResponse]:
    """The view of any path below a door that names no resource."""

    @csrf_exempt
    def missing(request: HttpRequest) -> HttpResponse:
        return refusals.not_found(request, Http404())

    return missing
