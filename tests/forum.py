"""A forum of three labs in a test's database, and the river in one process."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from indicators.domain.disclosure import current_policy
from indicators.domain.stix.extensions import BY_NAME
from indicators.domain.tokens import Identifier
from indicators.intake.receive import receive
from indicators.intake.retract import retract
from indicators.intake.status import Status, status_of
from indicators.matching import rotation
from indicators.matching.seeds import store
from indicators.matching.tokenise import tokens
from indicators.members.authenticate import Principal
from indicators.members.registry import Clerk
from indicators.models.collection import Collection, CollectionHead
from indicators.models.member import Grant, Member
from indicators.models.publication import Publication
from indicators.models.submission import Submission
from indicators.pipeline import batches
from indicators.pipeline.tasks import process_submission
from labkit.normalise import normalise


LABS = ("alder", "birch", "cedar")
NEXUS = ["fraudulent-account"]
STATES_NEXUS = {
    BY_NAME["share-governance"].id: {
        "extension_type": "property-extension",
        "threat_nexus": NEXUS,
    }
}
"""Extensions of an object that states its own threat nexus, as personal identifiers demand."""
HOUSEHOLD = {
    key: terms | {"infrastructure_class": "residential-proxy"}
    for key, terms in STATES_NEXUS.items()
}
"""Extensions of an object that says, too, that its addresses are those of households."""


def now() -> datetime:
    moment = datetime.now(UTC)  # noqa: TID251  a test is an edge
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


@dataclass
class Forum:
    """Three labs with the right to everything in one sharing collection, unless told otherwise."""

    collections: dict[str, Collection] = field(default_factory=dict)
    principals: dict[str, Principal] = field(default_factory=dict)

    @classmethod
    def make(cls, **settings: Any) -> Forum:
        forum = cls()
        clerk = Clerk("tests", current_policy(), now())
        rotation.ensure(clerk, store(), {})
        for lab in LABS:
            forum.add_member(lab)
        forum.add_collection("distillation", accepts_reserved=True, **settings)
        beside = forum.add_collection(
            "distillation-withdrawn", kind="withdrawn", parent=forum.collections["distillation"]
        )
        assert beside.parent is not None
        forum.add_collection(
            "distillation-tokens", kind="tokens", parent=forum.collections["distillation"]
        )
        return forum

    def add_member(self, slug: str, **fields: Any) -> Principal:
        member = Member.objects.create(
            slug=slug, name=slug.title(), joined_day=now().date(), **fields
        )
        self.principals[slug] = Principal(member.id, slug, f"id-{slug}", ("feed:read", "submit"))
        return self.principals[slug]

    def add_collection(self, alias: str, **fields: Any) -> Collection:
        named = {"alias": alias, "title": alias.title(), "kind": Collection.Kind.SHARING}
        collection = Collection.objects.create(**{**named, **fields})
        CollectionHead.objects.create(collection=collection, date_added=now())
        self.collections[alias] = collection
        if collection.parent is None:
            for slug in self.principals:
                self.grant(slug, into=alias)
        return collection

    def grant(self, slug: str, into: str = "distillation") -> None:
        Grant.objects.create(
            member_id=self.principals[slug].member_id,
            collection=self.collections[into],
            can_read=True,
            can_write=True,
            threat_nexus=NEXUS,
        )

    def push(
        self, lab: str, *objects: Mapping[str, Any], into: str = "distillation", work: bool = True
    ) -> Status:
        """Post one envelope, work on it and on whatever it woke, and return its status."""
        principal = self.principals[lab]
        status = receive(
            principal=principal,
            collection=self.collections[into],
            raw=json.dumps({"objects": objects}).encode(),
            now=now(),
        )
        if work:
            self.work()
        return self.status(lab, status.id)

    def status(self, lab: str, submission_id: uuid.UUID) -> Status:
        found = status_of(member_id=self.principals[lab].member_id, submission_id=submission_id)
        assert found is not None
        return found

    def retract(self, lab: str, stix_id: str, into: str = "distillation") -> bool:
        done = retract(
            principal=self.principals[lab],
            collection=self.collections[into],
            stix_id=stix_id,
            now=now(),
        )
        self.work()
        return done

    def token(self, kind: str, value: str) -> str:
        """The token that stands for a value, made as the worker makes it."""
        wanted = Identifier(kind, normalise(kind, value))
        return tokens([wanted], now=now())[wanted].value

    def work(self) -> None:
        """What the doorbell and the sweep do, until nothing is due."""
        while due := list(Submission.objects.filter(state="received").values_list("id", flat=True)):
            for submission_id in due:
                process_submission(submission_id=str(submission_id))

    def batch(self, alias: str = "distillation-tokens", **fields: Any) -> None:
        """Let what comes into a collection wait for batches, formed as often as asked."""
        collection = self.collections[alias]
        for name, value in {"lane": "batched", "batch_minutes": 0, **fields}.items():
            setattr(collection, name, value)
        collection.save()

    def release(self, *, after: timedelta = timedelta()) -> None:
        """Form and publish the batches that are due, now or after a while."""
        batches.run(policy=current_policy(), now=now() + after)

    def feed(self, alias: str = "distillation", *, versions: str = "last") -> list[dict[str, Any]]:
        """What a reader gets, in order."""
        rows = Publication.objects.filter(
            collection=self.collections[alias], body__isnull=False
        ).order_by("position")
        rows = rows.live() if versions == "last" else rows
        return [json.loads(row.body or "") for row in rows]


def outcomes(status: Status) -> list[str]:
    return [each.outcome for each in status.entries]


def messages(status: Status) -> Sequence[str]:
    return [each.message for each in status.entries]


def stix(type_: str, **properties: Any) -> dict[str, Any]:
    """An object as a lab would write it, with an id of its own."""
    body: dict[str, Any] = {"type": type_, "spec_version": "2.1", "id": f"{type_}--{uuid.uuid4()}"}
    if type_ not in _OBSERVABLES:
        body |= {"created": "2026-11-01T09:14:00.000Z", "modified": "2026-11-01T09:14:00.000Z"}
    return body | properties


_OBSERVABLES = {
    "domain-name", "ipv4-addr", "ipv6-addr", "url", "email-addr", "file", "autonomous-system",
    "tls-client-fingerprint",
}  # fmt: skip


def indicator(pattern: str, **properties: Any) -> dict[str, Any]:
    return stix(
        "indicator",
        **{
            "pattern": pattern,
            "pattern_type": "stix",
            "valid_from": "2026-11-01T09:14:33.123Z",
            **properties,
        },
    )


def relationship(source: Mapping[str, Any], verb: str, target: Mapping[str, Any]) -> dict[str, Any]:
    return stix(
        "relationship",
        relationship_type=verb,
        source_ref=source["id"],
        target_ref=target["id"],
    )
