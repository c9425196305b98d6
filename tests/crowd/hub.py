"""Fill a hub, and name every page of it that lists or shows something."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.urls import URLPattern, reverse

from indicators.admin.site import site
from indicators.console import urls as console
from indicators.domain.disclosure import current_policy
from indicators.members.people import ROLES, add_person
from indicators.members.registry import Clerk
from indicators.models.collection import Collection
from indicators.models.member import Credential, Grant, Member, PollMark
from indicators.pipeline.policy_approvals import digest_of
from indicators.portal import urls as portal
from tests.crowd import cases, casework, feed, said, sent
from tests.crowd.size import Size
from tests.forum import Forum, now


LAB = "alder"
PASSWORD = "a password of the tests"
PEOPLE = (*ROLES, LAB)


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of people, with what the largest of each kind is shown on."""

    shown: Mapping[str, Any]
    """By the name that the address gives it."""

    def all(self) -> Iterator[str]:
        """Every address of console, portal and admin lists; those that only take a form as well."""
        yield from (self._at("console", each) for each in console.urlpatterns)
        yield from (self._at("portal", each) for each in portal.urlpatterns)
        yield reverse("admin:index")
        for model in site._registry:
            yield reverse(f"admin:indicators_{model._meta.model_name}_changelist")

    def _at(self, door: str, page: URLPattern) -> str:
        wanted = page.pattern.converters
        assert wanted.keys() <= self.shown.keys(), f"{page}: say in tests/crowd which one to open"
        return reverse(f"{door}:{page.name}", kwargs={name: self.shown[name] for name in wanted})


def fill(forum: Forum, size: Size) -> Pages:
    """Put so much into the hub, beside what is there."""
    campaign = feed.publish(forum, size)
    submission, held = sent.envelope(forum, size)
    said.keep(forum, LAB, size)
    sent.submissions(forum, size)
    sent.journal(size)
    kept = cases.keep(forum, size.records, campaign=campaign)
    _collections(forum, size.collections)
    _members(forum, size.members)
    return Pages({
        "submission_id": submission, "held_id": held, "stix_id": campaign, **kept,
        "credential_id": Credential.objects.filter(member__slug=LAB).earliest("pk").pk,
        "client": "sentinel", "digest": digest_of(current_policy().text),
        "ordinal": 0, "question_id": UUID(int=0),
        **casework.keep(size.records),
    })  # fmt: skip


def people(clerk: Clerk) -> None:
    """Somebody in each role of the staff, and somebody of a lab."""
    lab = Member.objects.get(slug=LAB)
    for role in ROLES:
        add_person(clerk, login=role, password=PASSWORD, role=role)
    add_person(clerk, login=LAB, password=PASSWORD, member=lab)


def login(who: str) -> User:
    return User.objects.get(username=who)


def _collections(forum: Forum, number: int) -> None:
    begun = Collection.objects.count()
    for each in range(begun, begun + number):
        forum.add_collection(f"group-{each}")


def _members(forum: Forum, number: int) -> None:
    """Each with a key, a grant, and a mark of how far it has read; the lab of ours has as many."""
    place, at = forum.collections["distillation"], now()
    begun = Member.objects.count()
    labs = Member.objects.bulk_create(
        Member(slug=f"lab-{n}", name=f"Lab {n}", joined_day=at.date())
        for n in range(begun, begun + number)
    )
    Grant.objects.bulk_create(Grant(member=each, collection=place) for each in labs)
    ours = Member.objects.get(slug=LAB)
    owners = [*labs, *([ours] * number)]
    keys = Credential.objects.bulk_create(
        Credential(id=f"{begun}-{n}", member=each, label="siem", secret_sha256=os.urandom(32),
                   scopes=["feed:read"], expires_at=at + timedelta(days=20), created_day=at.date())
        for n, each in enumerate(owners)
    )  # fmt: skip
    PollMark.objects.bulk_create(
        PollMark(credential=each, collection=place, last_position=1,
                 last_minute=at - timedelta(days=n % 20)) for n, each in enumerate(keys)
    )  # fmt: skip
