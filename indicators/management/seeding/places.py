"""Collections of the demo, the rights in them, and the reference data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from django.conf import settings

from indicators.catalogue.contents import contents
from indicators.demo.cast import GRANTS, PLACES, PURPOSE, QUICK, THREAT_NEXUS, Place
from indicators.management.importing import Report, import_objects
from indicators.members import registry
from indicators.members.registry import Clerk
from indicators.models.collection import Collection
from indicators.models.member import Member


def open_all(clerk: Clerk, members: Iterable[str] = tuple(GRANTS)) -> dict[str, Collection]:
    """Make the collections that are missing and give these members their rights; by alias."""
    places = {each.alias: _open(clerk, each) for each in PLACES}
    for slug in members:
        member = Member.objects.get(slug=slug)
        for alias, (can_read, can_write) in GRANTS[slug].items():
            registry.grant(
                clerk,
                member,
                places[alias],
                can_read=can_read,
                can_write=can_write,
                purpose=PURPOSE,
                threat_nexus=THREAT_NEXUS,
            )
    return places


def _open(clerk: Clerk, place: Place) -> Collection:
    found = Collection.objects.filter(alias=place.alias).first()
    if found:
        return found
    made = registry.add_collection(clerk, Collection(**asdict(place)))
    for beside in Collection.objects.filter(parent=made, lane=Collection.Lane.BATCHED):
        for name, value in QUICK.items():
            setattr(beside, name, value)
        registry.change(clerk, beside, list(QUICK))
    return made


def fill_reference(clerk: Clerk, reference: Collection) -> Report:
    """Import what comes with the hub."""
    objects = contents(identity_id=settings.FORUM_IDENTITY_ID, title=settings.FORUM_TITLE)
    return import_objects(objects, collection=reference, clerk=clerk)
