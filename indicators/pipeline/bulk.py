"""Many rows in one statement, where Django's ORM has no words for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from psycopg2.extras import execute_values


_ROWS = 1000
Parameters = Sequence[Any] | Mapping[str, Any]


def insert(
    table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, tail: str = ""
) -> None:
    """`INSERT INTO table (columns) VALUES rows tail`; table, columns and tail are our own text."""
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES %s {tail}"  # noqa: S608  our own text
    many(statement, rows)


def many(
    statement: str, rows: Iterable[Sequence[Any]], *, template: str | None = None
) -> list[Any]:
    """Run a statement whose one `%s` stands for rows of values; return what it returns."""
    listed = list(rows)
    if not listed:
        return []
    returns = " RETURNING " in statement or statement.lstrip().startswith(("SELECT", "WITH"))
    with connection.cursor() as cursor:
        return (
            execute_values(
                cursor.cursor, statement, listed, template=template, page_size=_ROWS, fetch=returns
            )
            or []
        )


def rows(statement: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
    """Run one statement and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def run(statement: str, parameters: Parameters = ()) -> int:
    """Run one statement and return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


def clock() -> datetime:
    """The database's time: what several processes must agree on is measured by it."""
    found: datetime = rows("SELECT clock_timestamp()")[0][0]
    return found
