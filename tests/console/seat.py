"""A person before the pages, behind which the web's database role works."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from indicators.members.people import ROLES, add_person
from indicators.models.member import Member
from tests.labs import acting_as
from tests.pipeline.governing import clerk


@dataclass
class Seat:
    """Somebody who has signed in."""

    client: Client

    @classmethod
    def of(cls, role: str, login: str = "") -> Seat:
        """In a staff role, or for the member of this slug."""
        name = login or role
        whose = {"role": role} if role in ROLES else {"member": Member.objects.get(slug=role)}
        add_person(clerk(), login=name, password="a password of the tests", **whose)
        client = Client()
        client.force_login(User.objects.get(username=name))
        return cls(client)

    def get(self, path: str) -> Any:
        with acting_as("forum_web"):
            return self.client.get(path)

    def post(self, path: str, **fields: Any) -> Any:
        with acting_as("forum_web"):
            return self.client.post(path, fields, follow=True)

    def text(self, path: str) -> str:
        return said(self.get(path))


def said(answer: Any) -> str:
    """What a page says; it must have opened."""
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())
