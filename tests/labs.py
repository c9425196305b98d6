"""The Forum of the tests: alder, birch and cedar, their credentials, and a feed to read.

Rows are written straight into the tables: what is tested here is how they are read.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4, uuid5

from django.db import connection

from indicators.members.credentials import EVERYDAY_SCOPES, issue
from indicators.models.collection import Collection, CollectionHead
from indicators.models.member import Credential, Grant, Member
from indicators.models.publication import Publication


if TYPE_CHECKING:
    from collections.abc import Iterator


NAMES = UUID("0f3b5c1e-4d0a-4a43-9d0c-3f6f0e1f9a11")
EPOCH = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)


def stix_id(kind: str, name: object) -> str:
    """A stable id for a name, so that a failure reads the same twice."""
    digits = uuid5(NAMES, f"{kind} {name}").hex
    return f"{kind}--{UUID(hex=digits[:12] + '4' + digits[13:16] + '8' + digits[17:])}"


@dataclass(frozen=True)
class Lab:
    """A member with one credential."""

    member: Member
    credential: Credential
    token: str

    @property
    def id(self) -> UUID:
        return self.member.id


def new_lab(slug: str, *, scopes: Sequence[str] = EVERYDAY_SCOPES) -> Lab:
    now = datetime.now(UTC)  # noqa: TID251  credentials are proven against the real clock
    member = Member.objects.create(slug=slug, name=slug.title(), joined_day=now.date())
    return Lab(member, *issue(member=member, label="poller", scopes=scopes, days=30, now=now))


def another_key(lab: Lab, scopes: Sequence[str]) -> Lab:
    """The same member through a credential with other scopes."""
    now = datetime.now(UTC)  # noqa: TID251  as above
    label = " ".join(scopes)
    return Lab(lab.member, *issue(member=lab.member, label=label, scopes=scopes, days=30, now=now))


def new_collection(
    alias: str, kind: str = Collection.Kind.SHARING, *, parent: Collection | None = None
) -> Collection:
    collection = Collection.objects.create(
        alias=alias, title=alias.title(), kind=kind, parent=parent
    )
    CollectionHead.objects.create(collection=collection, date_added=EPOCH)
    return collection


def grant(
    lab: Lab, collection: Collection, *, can_read: bool = True, can_write: bool = False
) -> Grant:
    return Grant.objects.create(
        member=lab.member, collection=collection, can_read=can_read, can_write=can_write
    )


@dataclass
class Feed:
    """Publishes into one collection as the publisher does: dense positions, increasing dates."""

    collection: Collection
    step: timedelta = timedelta(microseconds=1)
    published: list[Publication] = field(default_factory=list)
    standing: dict[str, Publication] = field(default_factory=dict)

    @property
    def head(self) -> CollectionHead:
        return CollectionHead.objects.get(collection=self.collection)

    def add(
        self,
        name: object,
        *,
        kind: str = "indicator",
        version: datetime = EPOCH,
        spec_version: str = "2.1",
        **properties: Any,
    ) -> Publication:
        """Publish one version of the object that goes by this name here."""
        return self.add_many([(name, kind, version, spec_version, properties)])[0]

    def add_many(
        self, versions: Sequence[tuple[object, str, datetime, str, dict[str, Any]]]
    ) -> list[Publication]:
        head = self.head
        rows = []
        for name, kind, version, spec_version, properties in versions:
            head.position += 1
            head.date_added += self.step
            body = {
                "type": kind,
                "spec_version": spec_version,
                "id": stix_id(kind, name),
                "modified": version.isoformat(),
                "x_name": str(name),
                **properties,
            }
            rows.append(
                Publication(
                    collection=self.collection,
                    position=head.position,
                    date_added=head.date_added,
                    stix_id=body["id"],
                    version=version,
                    type=kind,
                    spec_version=spec_version,
                    body=json.dumps(body, ensure_ascii=False),
                    policy_version="test",
                )
            )
        Publication.objects.bulk_create(rows)
        head.save()
        for row in rows:
            self.supersede(row)
        self.published += rows
        return rows

    def supersede(self, row: Publication) -> None:
        """Mark the older of this row and the one that stood for its object."""
        standing = self.standing.setdefault(row.stix_id, row)
        older, newer = sorted((standing, row), key=lambda each: each.version)
        if older is not newer:
            self._update(older, superseded_by=newer.position)
        self.standing[row.stix_id] = newer

    def fill(self, count: int, *, kind: str = "indicator") -> list[Publication]:
        """Publish this many objects, named after their order."""
        first = len(self.published)
        return self.add_many(
            [(number, kind, EPOCH, "2.1", {}) for number in range(first, first + count)]
        )

    def blank(self, row: Publication) -> None:
        """Take the body of one version away, as a withdrawal does."""
        self._update(row, body=None)

    def _update(self, row: Publication, **changes: Any) -> None:
        mine = Publication.objects.filter(collection=self.collection, position=row.position)
        mine.update(**changes)

    def restored(self) -> None:
        """Mark the feed as turned back by a restore."""
        CollectionHead.objects.filter(collection=self.collection).update(feed_epoch=uuid4())


@contextmanager
def acting_as(role: str) -> Iterator[None]:
    """Run a block with the rights of one of the four database roles."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")
        try:
            yield
        finally:
            cursor.execute("RESET ROLE")
