"""Where a lab may look: the collections that it reads, and no others."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from indicators.members import access
from indicators.models.member import Member
from indicators.ui.person import speaker


def homes_of(request: HttpRequest, member: Member) -> dict[UUID, str]:
    """Collections that this lab reads, by id, with their aliases."""
    seen = access.visible(speaker(request, member))
    return {each.collection.pk: each.collection.alias for each in seen if each.can_read}
