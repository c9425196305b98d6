"""Write down what became of each object of a chunk: outcome, held rows, waiting rows, journal.

All of it belongs to the private bank, and to the transaction that publishes.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
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
from indicators.domain.regime import stamp
from indicators.domain.screens.queue import Look, look
from indicators.domain.screens.removal import notes
from indicators.domain.stix.times import version_of
from indicators.models.submission import HeldObject, SubmissionObject
from indicators.pipeline import alarm, bulk, told
from indicators.pipeline.lookups import Sender
from indicators.pipeline.overtake import overtake
from indicators.pipeline.publish import Publisher


_OUTCOMES: dict[type[Verdict], str] = {
    Rejected: "rejected",
    Held: "held",
    Waiting: "waiting",
    Echo: "echo",
    Unchanged: "published",
    Unshared: "unshared",
}
OVERTAKEN = "You sent it again, or a newer version; that one counts."
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
        if self.verdict is None or isinstance(self.verdict, Held | Waiting):
            return True
        return self.verdict.reason is Reason.COUNTED

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
        message=OVERTAKEN,
        policy=policy,
        now=now,
    )
    looks = _looks(decisions)
    _write_outcomes(
        decisions, looks, submission_id=submission_id, sender=sender, policy=policy, now=now
    )
    _write_held(decisions, looks, submission_id=submission_id, sender=sender, now=now)
    _write_waiting(decisions, submission_id=submission_id, sender=sender, until=waits_until)
    actor = keyring.actor_tag(sender.member.id)
    acts = [_act(each, actor=actor, submission_id=submission_id) for each in decisions]
    received = (each.received for each in decisions)
    acts += alarm.removed(received, actor=actor, submission_id=submission_id)
    record(acts, policy=policy, now=now)


def _looks(decisions: Sequence[Decision]) -> dict[int, Look]:
    """What the screens say about what will wait for a reviewer, by ordinal."""
    return {
        each.received.ordinal: look(waits[1], is_whole=waits[0] == HeldObject.Part.OBJECT)
        for each in decisions
        if (waits := _waits(each)) and not _failed(each)
    }


def _failed(each: Decision) -> bool:
    """The hub failed on it: a screen may be what fails, and must not fail again here."""
    return each.verdict is not None and each.verdict.reason is Reason.INTERNAL_ERROR


def _write_outcomes(
    decisions: Sequence[Decision],
    looks: Mapping[int, Look],
    *,
    submission_id: uuid.UUID,
    sender: Sender,
    policy: Policy,
    now: datetime,
) -> None:
    bulk.insert(
        "submission_object",
        _COLUMNS,
        (
            _outcome_row(
                each, looks, submission_id=submission_id, sender=sender, policy=policy, now=now
            )
            for each in decisions
        ),
        tail="""ON CONFLICT (submission_id, ordinal) DO UPDATE SET outcome = excluded.outcome,
                reason = excluded.reason, message_ct = excluded.message_ct,
                rule_ids = excluded.rule_ids, policy_version = excluded.policy_version,
                regime = excluded.regime""",
    )


def _outcome_row(
    each: Decision,
    looks: Mapping[int, Look],
    *,
    submission_id: uuid.UUID,
    sender: Sender,
    policy: Policy,
    now: datetime,
) -> tuple[object, ...]:
    verdict, received = each.verdict, each.received
    place = (submission_id, received.ordinal)
    return (
        *place,
        sender.own_tag(received.id),
        told.seal_original(*place, received.id, version_text(received)),
        each.outcome,
        verdict.reason.value if verdict else "",
        told.seal_message(*place, message(each)),
        _rules(each, looks),
        sorted(each.received.waived),
        policy.version,
        stamp(now),
    )


def _rules(each: Decision, looks: Mapping[int, Look]) -> list[str]:
    """What the screens found in it, those that only help a reviewer among them."""
    found = looks.get(each.received.ordinal)
    return [*rules(each), *(found.rule_ids if found else ())]


def rules(each: Decision) -> list[str]:
    """By which rules it was decided."""
    by = each.verdict or each.screened
    return [*(by.rule_ids if by else ()), *(one.rule_id for one in each.received.removed)]


def message(each: Decision) -> str:
    """What the lab is told: why, or what of a published object did not go out; what was removed."""
    said = each.verdict.message if each.verdict else _side_message(each.screened)
    return "; ".join([said, *notes(each.received)] if said else notes(each.received))


def version_text(received: ReceivedObject) -> str:
    """The version as the lab wrote it; empty for unversioned objects."""
    return str(received.body.get("modified") or received.body.get("created") or "")[:40]


def _side_message(screened: ScreenedObject | None) -> str:
    """What of a published object did not go out, and why."""
    if screened is None:
        return ""
    said = [f"{name} held: {_why_withheld(name)}" for name in screened.withheld]
    if screened.dropped:
        said.append(f"not shared: {', '.join(sorted(screened.dropped)[:10])}")
    return "; ".join(said)


def withheld_for(each: Decision) -> dict[str, Reason]:
    """Properties of an object that wait for a reviewer while it goes on, and why."""
    return {name: _why_withheld(name) for name in each.screened.withheld} if each.screened else {}


def _why_withheld(name: str) -> Reason:
    profile = name == "extensions.distillation-profile"
    return Reason.BEHAVIOUR_PROFILE if profile else Reason.FREE_TEXT


def _write_held(
    decisions: Sequence[Decision],
    looks: Mapping[int, Look],
    *,
    submission_id: uuid.UUID,
    sender: Sender,
    now: datetime,
) -> None:
    HeldObject.objects.bulk_create(
        row
        for each in decisions
        if (row := _held_row(each, looks, submission_id=submission_id, sender=sender, now=now))
    )


def _waits(each: Decision) -> tuple[str, Mapping[str, object], list[str]] | None:
    """What of it waits for a reviewer: which part, its content, and why."""
    if isinstance(each.verdict, Held):
        return HeldObject.Part.OBJECT, each.received.body, [each.verdict.reason.value]
    if each.verdict is None and each.screened and each.screened.withheld:
        withheld = each.screened.withheld
        return HeldObject.Part.PROPERTIES, withheld, list(each.screened.withheld_reasons)
    return None


def _held_row(
    each: Decision,
    looks: Mapping[int, Look],
    *,
    submission_id: uuid.UUID,
    sender: Sender,
    now: datetime,
) -> HeldObject | None:
    waits = _waits(each)
    if waits is None:
        return None
    part, content, reasons = waits
    seen = looks.get(each.received.ordinal)
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
        rule_ids=_rules(each, looks),
        rank=seen.rank if seen else 0,
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
            "withheld": len(each.screened.withheld) if each.screened else 0,
        }
    return Act(actor, f"object {each.outcome}", f"{submission_id}#{each.received.ordinal}", body)


def published_acts(stix_ids: Iterable[str], *, act: str, collection: str) -> list[Act]:
    """The journal's other half: what the Forum said, without a word of who brought it."""
    return [Act("pipeline", act, f"{collection}/{stix_id}") for stix_id in stix_ids]


def journal(publisher: Publisher, stix_ids: Iterable[str], *, act: str) -> None:
    """Write down that the Forum did this with these objects by itself."""
    acts = published_acts(stix_ids, act=act, collection=publisher.collection.alias)
    record(acts, policy=publisher.policy, now=publisher.now)
