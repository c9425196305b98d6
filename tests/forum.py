"""A forum of three labs in a test's database, and the river in one process."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from indicators.intake.receive import receive
from indicators.intake.retract import retract
from indicators.intake.status import Status, status_of
from indicators.members.authenticate import Principal
from indicators.models.collection import Collection, CollectionHead
from indicators.models.member import Grant, Member
from indicators.models.publication import Publication
from indicators.models.submission import Submission
from indicators.pipeline.tasks import process_submission


LABS = ("alder", "birch", "cedar")
NEXUS = ["fraudulent-account"]


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
        for lab in LABS:
            forum.add_member(lab)
        forum.add_collection("distillation", accepts_reserved=True, **settings)
        beside = forum.add_collection(
            "distillation-withdrawn", kind="withdrawn", parent=forum.collections["distillation"]
        )
        assert beside.parent is not None
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
            for lab in self.principals.values():
                Grant.objects.create(
                    member_id=lab.member_id,
                    collection=collection,
                    can_read=True,
                    can_write=True,
                    threat_nexus=NEXUS,
                )
        return collection

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

    def work(self) -> None:
        """What the doorbell and the sweep do, until nothing is due."""
        while due := list(Submission.objects.filter(state="received").values_list("id", flat=True)):
            for submission_id in due:
                process_submission(submission_id=str(submission_id))

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
