"""What every TAXII view shares, beside what all views for machines do.

Promises: one `speaking_for` transaction per read. HEAD is Django's own (a GET whose body the server
drops).
"""

from __future__ import annotations

from typing import ClassVar

from django.http import Http404

from indicators.doors.view import MachineView
from indicators.doors.view import unknown as unknown_below
from indicators.feed import pages
from indicators.feed.cursor import Binding
from indicators.feed.pages import Page, Question
from indicators.feed.resources import Resource
from indicators.feed.rows import holds
from indicators.members import access
from indicators.models.collection import Collection
from indicators.roles import speaking_for
from indicators.taxii.errors import REFUSALS
from indicators.taxii.negotiation import Negotiation


class TAXIIView(MachineView):
    """Base of the resources."""

    refusals = REFUSALS
    content_negotiation_class = Negotiation


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


unknown = unknown_below(REFUSALS)
