"""A person of the staff before the screens, behind which the web's database role works."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from indicators.domain.disclosure import current_policy
from indicators.members.people import add_person
from indicators.members.registry import Clerk
from tests.forum import now
from tests.labs import acting_as


def new_clerk() -> Clerk:
    return Clerk(by="test", policy=current_policy(), now=now())


@dataclass
class Desk:
    client: Client

    @classmethod
    def of(cls, role: str) -> Desk:
        """The desk of somebody in this role."""
        add_person(new_clerk(), login=role, password="a password of the tests", role=role)
        client = Client()
        client.force_login(User.objects.get(username=role))
        return cls(client)

    def get(self, path: str, **query: str) -> Any:
        with acting_as("forum_web"):
            return self.client.get(f"/admin/{path}", query)

    def post(self, path: str, **fields: Any) -> Any:
        with acting_as("forum_web"):
            return self.client.post(f"/admin/{path}", fields, follow=True)

    def text(self, path: str, **query: str) -> str:
        answer = self.get(path, **query)
        assert answer.status_code == 200, (path, answer.status_code)
        return str(answer.content.decode())
