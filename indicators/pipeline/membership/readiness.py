"""What the hub sees of a member that is being onboarded: nobody ticks what can be observed.

Everything is looked up anew each time and kept nowhere. Of the canary, which the Forum itself says
in every exercise, a sighting by this member is found by its keyed tag; nobody stands behind it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from indicators import keyring
from indicators.members import leaving
from indicators.members.credentials import FEED_READ, SUBMIT
from indicators.models.collection import Collection
from indicators.models.feedback import Feedback
from indicators.models.member import Credential, Grant, Member, PollMark
from indicators.models.onboarding import Onboarding
from indicators.models.submission import Submission, SubmissionObject
from indicators.pipeline import canary
from indicators.pipeline.membership.line import Line


_MINUTE = timedelta(minutes=1)
_CAME_THROUGH = (SubmissionObject.Outcome.PUBLISHED, SubmissionObject.Outcome.HELD)


def seen(row: Onboarding, *, now: datetime) -> list[Line]:
    """The lines of the checklist that nobody has to fill in."""
    return [
        _lane(row),
        _login(row.member),
        _key(row.member, now),
        _rights(row.member),
        _push(row),
        _pull(row),
        _canary(row),
    ]


def _lane(row: Onboarding) -> Line:
    """Who agreed to batches does not write where things go out within a second."""
    other = Collection.objects.filter(pk__in=row.writes).exclude(lane=Collection.Lane.BATCHED)
    if not row.rights_at:
        return Line("Lane", met=False, said="Not agreed yet.")
    if row.lane == Collection.Lane.BATCHED and other:
        names = ", ".join(sorted(each.alias for each in other))
        return Line("Lane", met=False, said=f"It agreed to batches, and {names} publishes at once.")
    return Line("Lane", met=True, said=f"{row.lane}, as its collections publish.")


def _login(member: Member) -> Line:
    names = [each.username for each in leaving.logins(member)]
    said = ", ".join(names) or f"None yet: manage.py add_person LOGIN --member {member.slug}"
    return Line("Logins of its people", met=bool(names), said=said)


def _key(member: Member, now: datetime) -> Line:
    live = Credential.objects.filter(member=member, revoked_at=None, expires_at__gt=now)
    found = live.filter(scopes__contains=[FEED_READ, SUBMIT]).order_by("created_day", "id").first()
    said = found.pk if found else f"None yet that may do both: manage.py add_credential {member}"
    return Line("A key that reads and sends", met=found is not None, said=said)


def _rights(member: Member) -> Line:
    found = Grant.objects.filter(
        member=member, collection__exercise=True, can_read=True, can_write=True
    )
    names = ", ".join(found.values_list("collection__alias", flat=True).order_by("pk"))
    return Line("Rights in an exercise", met=bool(names), said=names or "None to read and write.")


def _push(row: Onboarding) -> Line:
    came = SubmissionObject.objects.filter(
        submission__member=row.member,
        submission__collection__exercise=True,
        submission__state=Submission.State.COMPLETE,
        submission__received_at__gte=row.opened_at,
        outcome__in=_CAME_THROUGH,
    )
    first = came.select_related("submission").order_by("submission__received_at").first()
    if first is None:
        said = "Not yet. It pushes into an exercise; an object that comes through counts."
        return Line("Exercise push", met=False, said=said)
    sent = first.submission
    return Line("Exercise push", met=True, said=f"Submission {sent.pk}", at=sent.received_at)


def _pull(row: Onboarding) -> Line:
    # A mark has whole minutes, and is written about a minute after the poll.
    marks = PollMark.objects.filter(
        credential__member=row.member,
        collection__exercise=True,
        last_minute__gte=row.opened_at - _MINUTE,
    )
    mark = marks.select_related("collection").order_by("last_minute").first()
    if mark is None:
        said = "Not yet. It pulls from an exercise; it shows here about a minute later."
        return Line("Exercise pull", met=False, said=said)
    said = f"{mark.collection.alias}, up to position {mark.last_position}"
    return Line("Exercise pull", met=True, said=said, at=mark.last_minute)


def _canary(row: Onboarding) -> Line:
    places = canary.places()
    if not places:
        return Line("Canary matched", met=False, said="No exercise says it: is the worker running?")
    tags = [_tag(row.member, *place) for place in places]
    said = Feedback.objects.filter(
        contrib_tag__in=tags, verdict="sighted", state=Feedback.State.ACTIVE
    )
    if said.exists():
        return Line("Canary matched", met=True, said="It sent a sighting of the canary.")
    todo = f"Not yet. It matches {canary.ADDRESS} (labkit doctor) and sends a sighting of it."
    return Line("Canary matched", met=False, said=todo)


def _tag(member: Member, collection_id: UUID, stix_id: str) -> bytes:
    return keyring.contrib_tag(member.pk, collection_id, stix_id)
