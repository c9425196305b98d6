"""A dump of the private bank alone tells no word that a lab wrote."""

from __future__ import annotations

import pytest
from django.db import connection

from tests.forum import STATES_NEXUS, Forum, indicator, outcomes, stix


WORDS = "heronwatch"  # appears in everything below, and nowhere else


@pytest.mark.django_db
def test_the_private_bank_holds_no_word_of_a_lab_in_clear() -> None:
    forum = Forum.make()
    published = indicator(
        "[domain-name:value = 'meadowexit.example']",
        name=f"{WORDS} relay",
        description=f"found by the {WORDS} team",
        x_case=WORDS,
    )
    held = stix("software", name=WORDS)
    mail = indicator(f"[email-addr:value = '{WORDS}@meadowexit.example']", extensions=STATES_NEXUS)
    text = stix("note", content=WORDS, object_refs=[published["id"]])

    status = forum.push("alder", published, held, text, mail)

    assert outcomes(status) == ["published", "held", "held", "published"]
    rows = private_rows()
    assert rows
    assert [row for row in rows if WORDS in row or WORDS.encode().hex() in row] == []


def private_rows() -> list[str]:
    """Every row of the private bank as text; bytes appear in hexadecimal."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'private'")
        tables = [row[0] for row in cursor.fetchall()]
        found = []
        for table in tables:
            cursor.execute(f'SELECT t::text FROM private."{table}" t')
            found += [row[0].lower() for row in cursor.fetchall()]
    return found
