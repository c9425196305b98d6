"""A first look at an object: the Forum's own come back, or one that was sent before.

Raises the verdict if so; otherwise hands the object on unchanged. An object that is nothing new
must neither count nor change anything.
"""

from __future__ import annotations

from datetime import datetime

from indicators.domain.objects import ReceivedObject
from indicators.domain.outcomes import Echo, Held, Reason, Rejected, Unchanged
from indicators.domain.render import EXERCISE_MARKING_ID
from indicators.domain.stix.times import version_of
from indicators.domain.surroundings import Past, Surroundings


def recognise(received: ReceivedObject, *, around: Surroundings) -> ReceivedObject:
    """Hand on what is new.

    Raises:
        Echo: the Forum's own object.
        Unchanged: this member sent it before, in this or a newer version.
        Rejected: the same version with other content, content of an exercise, or no right to write.
        Held: it is to take the place of what is disputed.
    """
    if not around.may_write:
        raise Rejected(
            Reason.GRANT_ENDED, "Your organisation may not write into this collection any more."
        )
    if _is_exercise(received) and not around.audience.exercise:
        raise Rejected(
            Reason.EXERCISE_CONTENT,
            "The object carries the exercise marking. Nothing from the exercise collection may "
            "enter another one; send real observations without that marking.",
        )
    if _is_forums_own(received, around=around):
        raise Echo(
            Reason.ECHO,
            "This is the Forum's own object; posting it back changes nothing. If you saw an "
            "observable yourself, send it with an object of your own that refers to it.",
        )
    past = around.past.get(received.id)
    if past is None and received.id in around.echoes.copies:
        raise Echo(
            Reason.ECHO,
            "It says just what the Forum has published, under another id: a copy, which changes "
            "nothing. If you saw it yourself, send it with the times at which you did.",
        )
    if past:
        _compare(past, version_of(received.body))
        if past.disputed and Reason.DISPUTED not in received.waived:
            raise Held(
                Reason.DISPUTED,
                "An appeal over it is open; a person looks at what is to take its place.",
            )
    return received


def _is_forums_own(received: ReceivedObject, *, around: Surroundings) -> bool:
    if around.forum_identity in (received.id, received.body.get("created_by_ref")):
        return True
    return received.id in around.echoes.forum_ids | around.echoes.observables


def _is_exercise(received: ReceivedObject) -> bool:
    markings = received.body.get("object_marking_refs")
    return isinstance(markings, list) and EXERCISE_MARKING_ID in markings


def _compare(past: Past, version: datetime | None) -> None:
    newer = version is not None and past.version is not None and version > past.version
    if newer or (past.withdrawn and version is None):
        return
    if past.must_go and version == past.version:
        return  # it may have fallen just now, with the address that this submission speaks of
    if past.withdrawn:
        raise Unchanged(
            Reason.WITHDRAWN,
            "It was taken back, by you or together with what it referred to. Send it with a newer "
            "`modified` to share it again.",
        )
    if past.same_content is None and version == past.version:
        return  # whatever came of it, the later sending takes its place
    if version != past.version:
        raise Unchanged(Reason.OLDER_VERSION, "You have sent a newer version already.")
    if not past.same_content:
        raise Rejected(
            Reason.VERSION_CONFLICT,
            "You have sent other content under this id and version. Give the changed object a "
            "newer `modified` (or, for an observable, another id).",
        )
    raise Unchanged(Reason.UNCHANGED, "")
