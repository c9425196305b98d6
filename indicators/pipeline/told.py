"""What a lab is told of its own objects, sealed at rest: their ids and versions, and the messages.

The id of an observable is a function of its value, and messages name ids: in clear, a row that
names a member would tell what that member sent.
"""

from __future__ import annotations

import json
import uuid

from indicators import keyring
from indicators.models.submission import SubmissionObject


def seal_original(submission_id: uuid.UUID, ordinal: int, original_id: str, version: str) -> bytes:
    """The lab's own id and version of one object."""
    plain = json.dumps([original_id, version]).encode()
    return keyring.seal("original", plain, place=_place(submission_id, ordinal))


def seal_message(submission_id: uuid.UUID, ordinal: int, message: str) -> bytes | None:
    """The message to the lab about one object; None for none."""
    if not message:
        return None
    return keyring.seal("message", message.encode(), place=_place(submission_id, ordinal))


def open_original(row: SubmissionObject) -> tuple[str, str]:
    """The lab's own id and version; empty once they are forgotten."""
    if not row.original_ct:
        return "", ""
    place = _place(row.submission_id, row.ordinal)
    original_id, version = json.loads(
        keyring.unseal("original", bytes(row.original_ct), place=place)
    )
    return original_id, version


def open_message(row: SubmissionObject) -> str:
    """The message to the lab; empty if there is none."""
    if row.message_ct is None:
        return ""
    place = _place(row.submission_id, row.ordinal)
    return keyring.unseal("message", bytes(row.message_ct), place=place).decode()


def _place(submission_id: uuid.UUID, ordinal: int) -> bytes:
    return submission_id.bytes + ordinal.to_bytes(4, "big")
