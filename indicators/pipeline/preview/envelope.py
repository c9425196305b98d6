"""An envelope down the river in the river's own steps, and nothing of it written."""

from __future__ import annotations

from collections.abc import Collection as AnyOf
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import OperationalError, transaction

from indicators.domain.disclosure import Policy
from indicators.domain.feedback import TYPES as FEEDBACK
from indicators.domain.objects import ReceivedObject
from indicators.domain.surroundings import Known, Surroundings
from indicators.matching.errors import TokensUnavailable
from indicators.matching.foreseen import Foreseen
from indicators.matching.limits import current_limits
from indicators.models.collection import Collection
from indicators.pipeline import hearing, lookups, retract, verbatim
from indicators.pipeline.chunks import as_received, in_chunks
from indicators.pipeline.decide import decide, unexpected
from indicators.pipeline.known import known
from indicators.pipeline.lookups import Sender
from indicators.pipeline.preview.account import described
from indicators.pipeline.preview.shown import Previewed, Shown
from indicators.pipeline.preview.so_far import SoFar, anywhere
from indicators.pipeline.publish import Publisher, as_published
from indicators.pipeline.verdicts import OVERTAKEN, Decision, message, rules, withheld_for
from indicators.roles import only_looking_for


JSON = Mapping[str, Any]


def preview(
    member_id: UUID,
    collection: Collection,
    objects: Sequence[JSON],
    *,
    policy: Policy,
    now: datetime,
) -> Sequence[Previewed]:
    """What would become of each object of an envelope, in the envelope's own order.

    The caller has asked the gate whether the member may write into the collection.

    Raises:
        TokensUnavailable: personal identifiers are among them, and there is no key for tokens.
    """
    with only_looking_for(member_id):
        run = Run.of(objects, member_id, collection, policy=policy, now=now)
        run.decide(as_received(objects, waived={}))
        return [run.previewed(ordinal) for ordinal in range(len(objects))]


def preview_of_nobodys(
    collection: Collection,
    objects: Sequence[JSON],
    *,
    nexus: str,
    policy: Policy,
    now: datetime,
) -> Sequence[Previewed]:
    """The same for somebody who has never sent anything, with this standing declaration.

    For staff who try a policy: in a member's name the answers would tell what it contributed.

    Raises:
        TokensUnavailable: as for `preview`.
    """
    sender = lookups.stranger(
        objects, collection=collection, threat_nexus=nexus, policy=policy, now=now
    )
    with only_looking_for(sender.member.id):
        run = Run.by(sender, policy=policy, now=now)
        run.decide(as_received(objects, waived={}))
        return [run.previewed(ordinal) for ordinal in range(len(objects))]


@dataclass(frozen=True)
class Run:
    """One envelope on its way."""

    sender: Sender
    so_far: SoFar
    foreseen: Foreseen
    policy: Policy
    now: datetime
    is_alone: bool = False
    """Whatever else its lab has sent, and wherever its references lead."""

    @classmethod
    def of(
        cls,
        objects: Sequence[JSON],
        member_id: UUID,
        collection: Collection,
        *,
        policy: Policy,
        now: datetime,
        is_alone: bool = False,
        echoing: Sequence[JSON] | None = None,
    ) -> Run:
        sender = lookups.sender(
            objects,
            member_id=member_id,
            collection_id=collection.id,
            policy=policy,
            now=now,
            echoes_of_all=False,
            echoing=echoing,
        )
        return cls.by(sender, policy=policy, now=now, is_alone=is_alone)

    @classmethod
    def by(cls, sender: Sender, *, policy: Policy, now: datetime, is_alone: bool = False) -> Run:
        foreseen = Foreseen(sender.member.id, current_limits(), now)
        return cls(sender, SoFar(sender), foreseen, policy, now, is_alone)

    def decide(self, received: Sequence[ReceivedObject]) -> None:
        """Decide over all of them; what waits for a later one is tried again once that stands."""
        due = received
        while due:
            # Nothing is published, so no order of a lab's shows; and the same envelope always
            # gives the same preview.
            for chunk in in_chunks(due, verbatim=self.sender.is_verbatim, by_chance=False):
                self._decide_safely(chunk)
            woken = self.so_far.woken()
            due = [each for each in received if each.ordinal in woken]

    def _decide_safely(self, chunk: Sequence[ReceivedObject]) -> None:
        """As the river does: what the hub fails on is held alone, and the others go on."""
        try:
            with transaction.atomic():
                self._decide(chunk)
        except (OperationalError, TokensUnavailable):
            raise
        except Exception as error:  # noqa: BLE001  whatever it is, the other objects go on
            if len(chunk) == 1:
                self.so_far.take([Decision(chunk[0], unexpected(error), None)])
                return
            for each in chunk:
                self._decide_safely([each])

    def _decide(self, chunk: Sequence[ReceivedObject]) -> None:
        if self.sender.is_verbatim:
            self._keep(chunk)
        elif chunk[0].body.get("revoked") is True:
            ids = retract.known_to(self.sender, [each.id for each in chunk])
            ids.update(self.so_far.ids)
            self.so_far.take([retract.decided(each, known=ids) for each in chunk])
        elif chunk[0].type in FEEDBACK:
            heard = hearing.listen(
                self.sender,
                chunk,
                leads=self._leads,
                policy=self.policy,
                around=self._around(chunk),
            )
            self.so_far.take(heard.decisions)
        else:
            self._share(chunk)

    def _share(self, chunk: Sequence[ReceivedObject]) -> None:
        decided = decide(
            chunk,
            sender=self.sender,
            known=self._known,
            tokens=self.foreseen.tokens,
            policy=self.policy,
            around=self._around(chunk),
        )
        ends, screened = decided.ends, decided.screened
        self.so_far.take(
            (Decision(each, ends.get(each.ordinal), screened.get(each.ordinal)) for each in chunk),
            [each for each in decided.linked if each.shared.ordinal not in ends],
        )

    def _keep(self, chunk: Sequence[ReceivedObject]) -> None:
        kept, removed = verbatim.told_apart(chunk)
        _, _, ends = verbatim.judged(self.sender.collection, kept)
        ends |= {each.ordinal: verbatim.REMOVED for each in removed}
        self.so_far.take(Decision(each, ends.get(each.ordinal), None) for each in chunk)

    def _around(self, chunk: Sequence[ReceivedObject]) -> Surroundings:
        around = lookups.surroundings(self.sender, chunk, received_at=self.now, now=self.now)
        past = {} if self.is_alone else {**around.past, **self.so_far.past(chunk)}
        return replace(around, past=past)

    def _known(self, references: AnyOf[str]) -> Known:
        found = self.so_far.known(known(self.sender, None, references))
        return anywhere(found) if self.is_alone else found

    def _leads(self, references: AnyOf[str]) -> hearing.Leads:
        return self.so_far.leads(hearing.leads(self.sender, None, references))

    @cached_property
    def _publishers(self) -> Mapping[UUID, Publisher]:
        return {
            each.id: Publisher.for_member(
                self.sender.member.id, each, policy=self.policy, now=self.now
            )
            for each in self.sender.collections
        }

    def previewed(self, ordinal: int) -> Previewed:
        """What one object has come to."""
        decision = self.so_far.decisions[ordinal]
        outcome, reason = self.so_far.end_of(decision)
        shown = self._shown(decision)
        return Previewed(
            ordinal=ordinal,
            type=decision.received.type,
            original_id=decision.received.id,
            outcome=outcome,
            reason=reason,
            message=OVERTAKEN if ordinal in self.so_far.overtaken else message(decision),
            rule_ids=tuple(rules(decision)),
            withheld={} if decision.verdict else withheld_for(decision),
            objects=shown,
            properties=tuple(
                described(decision, [each.body for each in shown], policy=self.policy)
            ),
        )

    def _shown(self, decision: Decision) -> tuple[Shown, ...]:
        if decision.verdict is not None:
            return ()
        if self.sender.is_verbatim:
            return (Shown(self.sender.collection.alias, False, decision.received.body),)
        minted = self.so_far.minted[decision.received.ordinal]
        homes = [self._publishers[self.sender.home_of(each.linked).id] for each in minted]
        return tuple(
            Shown(home.collection.alias, home.wait is not None, as_published(home, each))
            for home, each in zip(homes, minted, strict=True)
        )
