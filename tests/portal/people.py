"""A lab's person before the portal, as the web's own role of the database lets them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from indicators.models.member import MemberUser
from tests.forum import Forum
from tests.labs import acting_as


@dataclass(frozen=True)
class Person:
    """Somebody who has signed in for a lab."""

    client: Client

    @classmethod
    def of(cls, forum: Forum, lab: str) -> Person:
        user = User.objects.create_user(f"person-of-{lab}")
        MemberUser.objects.create(user=user, member_id=forum.principals[lab].member_id)
        client = Client()
        client.force_login(user)
        return cls(client)

    def open(self, path: str) -> HttpResponse:
        with acting_as("forum_web"):
            return self.client.get(path)  # type: ignore[return-value]  # the stubs' own class

    def send(self, path: str, **fields: Any) -> HttpResponse:
        with acting_as("forum_web"):
            return self.client.post(path, fields)  # type: ignore[return-value]  # as above
