"""Write down what became of each object of a chunk: outcome, held rows, waiting rows, journal.

All of it belongs to the private bank, and to the transaction that publishes.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from indicators import keyring
from indicators.audit.journal import Act, record
from indicators.domain.disclosure import Policy
from indicators.domain.objects import ReceivedObject, ScreenedObject
from indicators.domain.outcomes import (
    Echo,
    Held,
    Reason,
    Rejected,
    Unchanged,
    Unshared,
    Verdict,
    Waiting,
)
from indicators.domain.stix.times import version_of
from indicators.models.submission import HeldObject, SubmissionObject
from indicators.pipeline import bulk, told
from indicators.pipeline.lookups import Sender
from indicators.pipeline.overtake import overtake


_OUTCOMES: dict[type[Verdict], str] = {
    Rejected: "rejected",
    Held: "held",
    Waiting: "waiting",
    Echo: "echo",
    Unchanged: "published",
    Unshared: "unshared",
}
_COLUMNS = (
    "submission_id", "ordinal", "own_tag", "original_ct", "outcome", "reason", "message_ct",
    "rule_ids", "waived", "policy_version", "regime",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of one object; `verdict` None means published."""

    received: ReceivedObject
    verdict: Verdict | None
    screened: ScreenedObject | None

    @property
    def is_new(self) -> bool:
        """It takes the place of what the lab sent under this id before."""
        return self.verdict is None or isinstance(self.verdict, Held | Waiting)

    @property
    def outcome(self) -> str:
        if self.verdict is None:
            return SubmissionObject.Outcome.PUBLISHED
        if self.verdict.reason is Reason.WITHDRAWN:
            return SubmissionObject.Outcome.WITHDRAWN
        return _OUTCOMES[type(self.verdict)]


def write(
    decisions: Sequence[Decision],
    *,
    submission_id: uuid.UUID,
    sender: Sender,
    policy: Policy,
    waits_until: datetime,
    now: datetime,
) -> None:
    """Write everything about these decisions but the publications themselves."""
    overtake(
        {
            sender.own_tag(each.received.id): version_of(each.received.body)
            for each in decisions
            if each.is_new
        },
        reason=Reason.OLDER_VERSION,
        message="You sent it again, or a newer version; that one counts.",
        policy=policy,
        now=now,
    )
    _write_outcomes(decisions, submission_id=submission_id, sender=sender, policy=policy)
    _write_held(decisions, submission_id=submission_id, sender=sender, now=now)
    _write_waiting(decisions, submission_id=submission_id, sender=sender, until=waits_until)
    actor = keyring.actor_tag(sender.member.id)
    record(
        (_act(each, actor=actor, submission_id=submission_id) for each in decisions),
        policy=policy,
        now=now,
    )


def _write_outcomes(
    decisions: Sequence[Decision], *, submission_id: uuid.UUID, sender: Sender, policy: Policy
) -> None:
    bulk.insert(
        "submission_object",
        _COLUMNS,
        (
            _outcome_row(each, submission_id=submission_id, sender=sender, policy=policy)
            for each in decisions
        ),
        tail="""ON CONFLICT (submission_id, ordinal) DO UPDATE SET outcome = excluded.outcome,
                reason = excluded.reason, message_ct = excluded.message_ct,
                rule_ids = excluded.rule_ids, policy_version = excluded.policy_version,
                regime = excluded.regime""",
    )


def _outcome_row(
    each: Decision, *, submission_id: uuid.UUID, sender: Sender, policy: Policy
) -> tuple[object, ...]:
    verdict, screened, received = each.verdict, each.screened, each.received
    rules = verdict.rule_ids if verdict else screened.rule_ids if screened else ()
    message = verdict.message if verdict else _side_message(screened)
    place = (submission_id, received.ordinal)
    return (
        *place,
        sender.own_tag(received.id),
        told.seal_original(*place, received.id, version_text(received)),
        each.outcome,
        verdict.reason.value if verdict else "",
        told.seal_message(*place, message),
        list(rules),
        sorted(each.received.waived),
        policy.version,
        policy.regime,
    )


def version_text(received: ReceivedObject) -> str:
    """The version as the lab wrote it; empty for unversioned objects."""
    return str(received.body.get("modified") or received.body.get("created") or "")[:40]


def _side_message(screened: ScreenedObject | None) -> str:
    """What of a published object did not go out, and why."""
    if screened is None:
        return ""
    said = [f"{name} held: {_reason(name)}" for name in screened.withheld]
    if screened.dropped:
        said.append(f"not shared: {', '.join(sorted(screened.dropped)[:10])}")
    return "; ".join(said)


def _reason(name: str) -> str:
    profile = name == "extensions.distillation-profile"
    return Reason.BEHAVIOUR_PROFILE if profile else Reason.FREE_TEXT


def _write_held(
    decisions: Sequence[Decision], *, submission_id: uuid.UUID, sender: Sender, now: datetime
) -> None:
    HeldObject.objects.bulk_create(
        row
        for each in decisions
        if (row := _held_row(each, submission_id=submission_id, sender=sender, now=now))
    )


def _held_row(
    each: Decision, *, submission_id: uuid.UUID, sender: Sender, now: datetime
) -> HeldObject | None:
    content: object
    if isinstance(each.verdict, Held):
        part, content, reasons = "object", each.received.body, [each.verdict.reason.value]
    elif each.verdict is None and each.screened and each.screened.withheld:
        part, content = "properties", each.screened.withheld
        reasons = list(each.screened.withheld_reasons)
    else:
        return None
    held_id = uuid.uuid4()
    sealed = {"original_id": each.received.id, "content": content}
    return HeldObject(
        id=held_id,
        submission_id=submission_id,
        ordinal=each.received.ordinal,
        own_tag=sender.own_tag(each.received.id),
        version=version_of(each.received.body),
        part=part,
        projected_ct=keyring.seal("held", json.dumps(sealed).encode(), place=held_id.bytes),
        reasons=reasons,
        rank=0 if part == "object" else 1,
        held_at=now,
    )


def _write_waiting(
    decisions: Sequence[Decision], *, submission_id: uuid.UUID, sender: Sender, until: datetime
) -> None:
    bulk.insert(
        "waiting_edge",
        ("needs_tag", "own_tag", "version", "submission_id", "ordinal", "until"),
        (
            (
                need,
                sender.own_tag(each.received.id),
                version_of(each.received.body),
                submission_id,
                each.received.ordinal,
                until,
            )
            for each in decisions
            if isinstance(each.verdict, Waiting)
            for need in dict.fromkeys(each.verdict.needs)
        ),
        tail="ON CONFLICT DO NOTHING",
    )


def _act(each: Decision, *, actor: str, submission_id: uuid.UUID) -> Act:
    declaration = each.screened.declaration if each.screened else None
    body: dict[str, object] = {"reason": each.verdict.reason.value if each.verdict else ""}
    if declaration:
        body |= {
            "purpose": declaration.purpose,
            "threat_nexus": list(declaration.threat_nexus),
            "defaulted": declaration.defaulted,
            "rules": list(each.screened.rule_ids) if each.screened else [],
        }
    return Act(actor, f"object {each.outcome}", f"{submission_id}#{each.received.ordinal}", body)


def published_acts(stix_ids: Iterable[str], *, act: str, collection: str) -> list[Act]:
    """The journal's other half: what the Forum said, without a word of who brought it."""
    return [Act("pipeline", act, f"{collection}/{stix_id}") for stix_id in stix_ids]
