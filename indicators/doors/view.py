"""What every view for machines shares: how it is called and refused.

Promises: no cookie, no session, no parser; the credential is proven before a byte of the body is
read; `Allow` on every answer; what a credential asked, and how it was answered, is remembered for
its own lab.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework.views import APIView

from indicators.doors import clock
from indicators.doors.credential import CredentialAuthentication, Proven, claimed
from indicators.doors.refusals import Refusals
from indicators.members import asked
from indicators.members.authenticate import Principal


class MachineView(APIView):
    """Base of the resources of every door for machines."""

    refusals: ClassVar[Refusals]
    authentication_classes = (CredentialAuthentication,)
    permission_classes = (Proven,)
    parser_classes = ()
    renderer_classes = ()
    throttle_classes = ()
    proven = ""
    """The credential that answers for the request, once it has been proven."""

    @property
    def principal(self) -> Principal:
        return cast("Principal", self.request.user)

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.proven = self.principal.credential_id

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        what, status = _words(type(self).__name__), answer.status_code
        if self.proven:
            asked.note(credential_id=self.proven, what=what, status=status, now=clock.now())
        else:
            _note_unproven(request, what, status)
        return answer

    def get_exception_handler(self) -> Any:
        return self.refusals.handle

    def options(self, _request: HttpRequest, **_path: str) -> HttpResponse:  # type: ignore[override]  # DRF says Response
        """DRF's own would describe the view; `Allow` says it all, and it is on every answer."""
        return HttpResponse(status=200)


def unknown(refusals: Refusals) -> Callable[..., HttpResponse]:
    """The view of any path below a door that names no resource."""

    @csrf_exempt
    def missing(request: HttpRequest) -> HttpResponse:
        answer = refusals.not_found(request, Http404())
        _note_unproven(request, "no such address", answer.status_code)
        return answer

    return missing


def _note_unproven(request: HttpRequest, what: str, status: int) -> None:
    asked.note_unproven(claimed=claimed(request), what=what, status=status, now=clock.now())


def _words(name: str) -> str:
    """OneCollection as people write it; APIRoot too."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name).lower()
