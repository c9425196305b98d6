"""Migrations follow one another, and those that build an index let everybody go on writing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pytest
from django.db import migrations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation


APP = "indicators"
SINCE = "0028"
"""Older ones stay as they were first run, when there was little to index."""
_LOCKING = re.compile(r"CREATE\s+(UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY\b)", re.IGNORECASE)


def own() -> dict[str, migrations.Migration]:
    found = MigrationLoader(None).disk_migrations
    return {name: each for (app, name), each in sorted(found.items()) if app == APP}


NEWER = {name: each for name, each in own().items() if name >= SINCE}


def locking(done: Sequence[Operation]) -> Iterator[str]:
    """What builds an index over a table that may have rows, while nobody else may write to it."""
    new = {each.name_lower for each in done if isinstance(each, migrations.CreateModel)}
    for each in done:
        if type(each) is migrations.AddIndex and each.model_name_lower not in new:
            yield each.describe()
        if isinstance(each, migrations.RunSQL) and _LOCKING.search(str(each.sql)):
            yield each.describe()


def test_each_migration_follows_the_one_before() -> None:
    names = list(own())
    before = [
        [parent for app, parent in each.dependencies if app == APP] for each in own().values()
    ]
    assert before == [[], *([name] for name in names[:-1])]


@pytest.mark.parametrize("name", NEWER)
def test_an_index_is_built_beside_those_who_write(name: str) -> None:
    assert list(locking(NEWER[name].operations)) == []


def test_the_rule_finds_what_it_looks_for() -> None:
    old = own()["0022_decided_proposals"]
    assert list(locking(old.operations))
    assert list(locking([migrations.RunSQL("CREATE INDEX a ON b (c)")]))
    assert not list(locking([migrations.RunSQL("CREATE INDEX CONCURRENTLY a ON b (c)")]))
