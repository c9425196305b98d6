"""What is held or waiting falls when its lab sends something newer, or takes it back."""

from __future__ import annotations

from collections.abc import Sequence

from indicators.domain.outcomes import Reason
from indicators.pipeline import bulk, waiting


def overtake(tags: Sequence[bytes], *, reason: Reason, message: str) -> set[bytes]:
    """Close what is held and what waits under these tags; return those that had an object there."""
    held = bulk.rows(
        """UPDATE held_object SET state = 'superseded' WHERE lookup_tag = ANY(%s) AND state = 'open'
           RETURNING lookup_tag, submission_id, ordinal, part""",
        [list(tags)],
    )
    objects = [row[:3] for row in held if row[3] == "object"] + waiting.drop(tags)
    bulk.many(
        """UPDATE submission_object o
           SET outcome = 'withdrawn', reason = d.reason, message = d.message
           FROM (VALUES %s) AS d (submission_id, ordinal, reason, message)
           WHERE o.submission_id = d.submission_id AND o.ordinal = d.ordinal""",
        [(submission, ordinal, reason.value, message) for _, submission, ordinal in objects],
    )
    return {bytes(row[0]) for row in objects}
