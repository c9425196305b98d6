"""A full chunk goes out quickly though the queue is empty to the planner's statistics."""

from __future__ import annotations

import json
import uuid

import pytest
from django.db import connection, transaction

from indicators.models.publication import ReleaseItem
from indicators.pipeline import release
from indicators.pipeline.release import Item
from indicators.roles import publishing
from tests.forum import Forum, now


pytestmark = pytest.mark.django_db(transaction=True)
CHUNK = 1000


def item() -> Item:
    stix_id = f"campaign--{uuid.uuid4()}"
    body = json.dumps({"type": "campaign", "id": stix_id})
    return Item(stix_id, "campaign", body, version=now(), rank=1)


def test_what_is_due_is_looked_for_once_and_not_for_each_row() -> None:
    collection = Forum.make().collections["distillation"]
    items = [item() for _ in range(CHUNK)]
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE release_item")
    with transaction.atomic(), publishing():
        policies = {each.stix_id: "1" for each in items}
        release.enqueue(collection.id, items, policies=policies, wait=None, now=now())
        with connection.cursor() as cursor:
            # Looked for anew for each row it took a minute; a tenth of a second otherwise.
            cursor.execute("SET LOCAL statement_timeout = '5s'")
        assert release.publish_due(collection.id, policy_version="1", now=now()) == CHUNK
    assert not ReleaseItem.objects.exists()
