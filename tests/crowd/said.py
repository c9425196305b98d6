"""What a lab says of the feed, what is said of its own, what it asks and is asked, and watches."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from uuid import uuid4

from django.contrib.auth.models import User

from indicators import keyring
from indicators.members import watching
from indicators.members.watching import MOST
from indicators.models.appeal import Appeal
from indicators.models.collection import Collection
from indicators.models.publication import Publication
from indicators.models.question import Question
from tests.crowd.size import Size
from tests.forum import Forum, now, stix


def keep(forum: Forum, lab: str, size: Size) -> None:
    """The envelope of this lab was the last that was published: the newest indicators are its."""
    place = forum.collections["distillation"]
    newest = _ids(place, "indicator", order="-position", most=size.records)
    forum.push("birch", *(_sighting(each) for each in newest))
    forum.push(lab, *(_sighting(each) for each in _ids(place, "indicator", most=size.records)))
    author = keyring.author_tag(forum.principals[lab].member_id)
    Question.objects.bulk_create(_questions(place, author, newest))
    for each in _ids(place, "campaign", most=min(size.records, MOST)):
        watching.watch(User.objects.get(username=lab).pk, each, now=now())


def _ids(place: Collection, type_: str, *, order: str = "position", most: int) -> list[str]:
    found = Publication.objects.live().filter(collection=place, type=type_, body__isnull=False)
    return list(found.order_by(order).values_list("stix_id", flat=True)[:most])


def _sighting(about: str) -> dict[str, object]:
    return stix("sighting", sighting_of_ref=about, count=20)


def _questions(place: Collection, author: bytes, own: Sequence[str]) -> Iterator[Question]:
    """Asked by the lab and answered, asked of it, and what it appeals against."""
    for about in own:
        asked = _question(place, about, author, state="passed", decided_by="rowan")
        yield asked
        yield _question(place, about, os.urandom(32), answers=asked, state="passed",
                        decided_by="rowan")  # fmt: skip
        yield _question(place, about, os.urandom(32), state="passed", decided_by="rowan")
        yield _question(place, about, author, ground=Appeal.Ground.STALE)


def _question(place: Collection, about: str, author: bytes, **fields: object) -> Question:
    id_ = uuid4()
    sealed = keyring.seal("question", b"Shared?", place=id_.bytes)
    return Question(id=id_, collection=place, stix_id=about, tag=os.urandom(32), author_tag=author,
                    day=now().date(), text_ct=sealed, **fields)  # fmt: skip
