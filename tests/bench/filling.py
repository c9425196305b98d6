"""`manage.py shell` runs this beside an empty hub; its last line says who may open which pages."""

from __future__ import annotations

import json
import sys

from django.db import connection

from indicators.domain.disclosure import current_policy
from indicators.members.registry import Clerk
from tests.crowd import hub
from tests.crowd.size import Size
from tests.forum import Forum, now


PROBE = "/healthz"
"""What the machine takes for next to nothing."""
FURTHER = (
    "/ops/audit/?page=100", "/ops/audit/?sort=oldest", "/ops/audit/?act=received",
    "/ops/audit/?words=no-such-words", "/ops/audit/?day=2026-01-01",
    "/ops/review/?state=done", "/ops/review/?state=done&page=40", "/ops/review/?reason=FREE_TEXT",
    "/ops/pipeline/?state=complete", "/ops/pipeline/?state=complete&page=100",
    "/submissions/?page=50",
    "/admin/indicators/publicationlisting/?q=meadowexit",
    "/admin/indicators/publicationlisting/?p=50",
    "/admin/indicators/publicationlisting/?standing=blanked",
    "/admin/indicators/submission/?q=alder",
    "/admin/indicators/submission/?state__exact=quarantined",
    "/admin/indicators/auditentry/?q=no-such-words",
    "/admin/indicators/feedentry/?q=no-such-words",
    "/admin/indicators/heldobject/?is=any",
)  # fmt: skip
"""Pages of lists that are asked for more than their beginning."""


def fill(publications: int) -> None:
    """Fill the hub; until somebody says otherwise the database counts nothing of it."""
    with connection.cursor() as cursor:
        cursor.execute(_NO_STATISTICS)
    forum = Forum.make()
    hub.people(Clerk("bench", current_policy(), now()))
    pages = hub.fill(forum, Size.of_hub(publications))
    cast = {"people": hub.PEOPLE, "password": hub.PASSWORD}
    sys.stdout.write(json.dumps({**cast, "paths": [PROBE, *pages.all(), *FURTHER]}))


_NO_STATISTICS = """
DO $$ DECLARE found record; BEGIN
    FOR found IN SELECT schemaname, tablename FROM pg_tables
                 WHERE schemaname IN ('private', 'shared') LOOP
        EXECUTE format('ALTER TABLE %I.%I SET (autovacuum_enabled = off)',
                       found.schemaname, found.tablename);
    END LOOP;
END $$
"""
