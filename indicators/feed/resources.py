"""What an entry of a page looks like, as SQL over one row of `publication`.

Everything is formatted by PostgreSQL: a timestamp that travels through Django costs more than the
whole rest of its row (measured).
"""

from __future__ import annotations

from dataclasses import dataclass


# RFC 3339 with six digits: the full precision by which positions differ.
_MICROSECONDS = """YYYY-MM-DD"T"HH24:MI:SS.US"""


def moment(column: str) -> str:
    """SQL text of a timestamptz column, six digits and Z."""
    return f"to_char({column} AT TIME ZONE 'UTC', '{_MICROSECONDS}\"Z\"')"


def _version(column: str) -> str:
    """As STIX writes it: milliseconds, unless there is more."""
    digits = f"to_char({column} AT TIME ZONE 'UTC', '{_MICROSECONDS}')"
    return f"regexp_replace({digits}, '000$', '') || 'Z'"


@dataclass(frozen=True, slots=True)
class Resource:
    """The name of its list, and the SQL that makes one entry."""

    name: str
    entry: str


OBJECTS = Resource("objects", "body")  # the stored text, never parsed again
VERSIONS = Resource("versions", f"'\"' || {_version('version')} || '\"'")
MANIFEST = Resource(
    "objects",
    f"""'{{"id": ' || to_json(stix_id)
        || ', "date_added": "' || {moment("date_added")}
        || '", "version": "' || {_version("version")}
        || '", "media_type": "application/stix+json;version=' || spec_version || '"}}'""",
)
