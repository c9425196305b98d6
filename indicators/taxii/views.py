"""What every TAXII view shares: how it is called, refused and answered.

Promises: no cookie, no session, no parser; one `speaking_for` transaction per read; `Allow` on
every answer. HEAD is Django's own (a GET whose body the server drops).
"""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework.request import Request
from rest_framework.views import APIView

from indicators.doors.credential import CredentialAuthentication, Proven
from indicators.feed import pages
from indicators.feed.cursor import Binding
from indicators.feed.pages import Page, Question
from indicators.feed.resources import Resource
from indicators.feed.rows import holds
from indicators.members import access
from indicators.members.authenticate import Principal
from indicators.models.collection import Collection
from indicators.roles import speaking_for
from indicators.taxii import errors
from indicators.taxii.negotiation import Negotiation


class TAXIIView(APIView):
    """Base of the resources."""

    authentication_classes = (CredentialAuthentication,)
    permission_classes = (Proven,)
    content_negotiation_class = Negotiation
    parser_classes = ()
    renderer_classes = ()
    throttle_classes = ()

    @property
    def principal(self) -> Principal:
        return cast("Principal", self.request.user)

    def get_exception_handler(self) -> Any:
        return errors.handle

    def options(self, _request: Request, **_path: str) -> HttpResponse:  # type: ignore[override]  # DRF says Response
        """DRF's own would describe the view; `Allow` says it all, and it is on every answer."""
        return HttpResponse(status=200)


class FeedView(TAXIIView):
    """Base of the resources that are pages of a collection."""

    resource: ClassVar[Resource]

    def read(
        self, id_or_alias: str, question: Question, *, stix_id: str = ""
    ) -> tuple[Collection, Page]:
        """The page and where it is from, in one transaction.

        Raises:
            Http404: the path names an object that is not in the collection.
        """
        principal = self.principal
        with speaking_for(principal.member_id):
            collection = access.readable(principal, id_or_alias)
            binding = Binding(principal.member_id, collection.id, stix_id)
            page = pages.read(self.resource, question, binding)
            if stix_id and page.first is None and not holds(collection.id, stix_id):
                raise Http404
        return collection, page


@csrf_exempt
def unknown(request: HttpRequest) -> HttpResponse:
    """Any path below the TAXII doors that names no resource."""
    return errors.not_found(request, Http404())
