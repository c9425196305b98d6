"""What was taken out of an object before anybody saw it goes into the journal and the log.

Both name the submission, the kind and the rule; neither the value, nor the property (a lab may name
one as it likes).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from functools import partial

import structlog
from django.db import transaction

from indicators.audit.journal import Act
from indicators.domain.objects import ReceivedObject


def removed(
    received: Iterable[ReceivedObject], *, actor: str, submission_id: uuid.UUID
) -> list[Act]:
    """One act for each object of which something was removed; the alert follows on commit."""
    acts = []
    for each in received:
        if each.removed:
            body = {
                "reasons": sorted({found.reason.value for found in each.removed}),
                "rules": sorted({found.rule_id for found in each.removed}),
            }
            subject = f"{submission_id}#{each.ordinal}"
            acts.append(Act(actor, "content removed", subject, body))
            transaction.on_commit(partial(_alert, subject, body))
    return acts


def _alert(subject: str, body: dict[str, list[str]]) -> None:
    structlog.get_logger(__name__).warning("content removed", subject=subject, **body)
