"""GET /forum/collections/ and /forum/collections/{id or alias}/ (TAXII 2.1 §5.1, §5.2)."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.request import Request

from indicators.domain import anonymity
from indicators.members import access
from indicators.members.access import Access
from indicators.models.collection import Collection
from indicators.roles import speaking_for
from indicators.taxii import answers
from indicators.taxii.views import TAXIIView


_FED_BY_A_LANE = {Collection.Kind.SHARING, Collection.Kind.TOKENS}


class Collections(TAXIIView):
    """The collections in which the caller may do something, by id ascending."""

    def get(self, _request: Request) -> HttpResponse:
        principal = self.principal
        with speaking_for(principal.member_id):
            listed = [_resource(one) for one in access.visible(principal)]
        # The standard wants the key left out of an empty list.
        return answers.resource({"collections": listed} if listed else {})


class OneCollection(TAXIIView):
    """One of them."""

    def get(self, _request: Request, collection: str) -> HttpResponse:
        principal = self.principal
        with speaking_for(principal.member_id):
            return answers.resource(_resource(access.find(principal, collection)))


def _resource(one: Access) -> dict[str, object]:
    collection = one.collection
    resource = {
        "id": str(collection.id),
        "title": collection.title,
        "description": _description(collection),
        "alias": collection.alias,
        "can_read": one.can_read,
        "can_write": one.can_write,
        "media_types": [answers.STIX_MEDIA_TYPE],
    }
    return {name: value for name, value in resource.items() if value != ""}


def _description(collection: Collection) -> str:
    """With lane, delay and anonymity in words: clients stumble over properties of our own."""
    if collection.kind not in _FED_BY_A_LANE:
        return collection.description
    lane = f"Lane: {collection.lane}, expected delay: {collection.expected_delay}."
    strength = anonymity.in_words(access.writers(collection))
    return f"{collection.description} {lane} {strength}".strip()
