"""A lab of the Forum in one process, at the REST door with a credential of its own."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import Any

from indicators.members.credentials import EVERYDAY_SCOPES, issue
from indicators.models.member import Member
from tests.forum import now
from tests.labs import Lab
from tests.taxii.door import Answer, Caller


JSON = "application/json"


def caller(slug: str, *, scopes: Sequence[str] = EVERYDAY_SCOPES) -> Caller:
    member = Member.objects.get(slug=slug)
    label = str(uuid.uuid4())
    made = issue(member=member, label=label, scopes=scopes, days=30, now=now())
    return Caller(Lab(member, *made))


def post(lab: Caller, path: str, said: Any, *, content_type: str = JSON) -> Answer:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    return lab.call("POST", path, body=body, content_type=content_type)
