"""The three labs push their campaigns through the TAXII door, each envelope once.

Whether the hub has an envelope already is asked of the outcomes of that very lab, by an id that
only this envelope bears: so a run that was broken off goes on where it stopped, on whatever day.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from django.core.management.base import CommandError
from requests import RequestException
from taxii2client.v21 import Collection as TAXIICollection

from indicators import keyring
from indicators.demo.envelopes import Envelope, envelopes
from indicators.models.collection import Collection
from indicators.models.member import Member
from indicators.models.submission import Submission, SubmissionObject


Say = Callable[[str], None]
_LOOK = 0.2  # seconds


def push_all(
    root: str,
    place: Collection,
    keys: Mapping[str, Mapping[str, str]],
    *,
    day: date,
    wait: float,
    say: Say,
) -> int:
    """Push what the hub has not seen yet; returns how many envelopes that were.

    `keys` are credentials by lab, `wait` the seconds to wait for the worker.

    Raises:
        CommandError: the door does not answer or refuses, or the worker does not finish in time.
    """
    # A proxy that the environment names for the outside world has no way to a hub on this machine.
    os.environ["NO_PROXY"] = ",".join(
        filter(None, [os.environ.get("NO_PROXY"), "127.0.0.1,localhost"])
    )
    missing = [each for each in envelopes(day) if each.lab in keys and not _is_known(place, each)]
    for batch in (
        [each for each in missing if not each.takes_back],
        [each for each in missing if each.takes_back],
    ):
        sent = [_push(root, place, keys[each.lab], each, say=say) for each in batch]
        _wait(sent, seconds=wait)
    return len(missing)


def _is_known(place: Collection, envelope: Envelope) -> bool:
    lab = Member.objects.get(slug=envelope.lab)
    rows = SubmissionObject.objects.filter(
        submission__member=lab, own_tag=keyring.own_tag(lab.id, place.id, envelope.mark)
    )
    if envelope.takes_back:
        rows = rows.filter(outcome=SubmissionObject.Outcome.WITHDRAWN)
    return rows.exists()


def _push(
    root: str, place: Collection, key: Mapping[str, str], envelope: Envelope, *, say: Say
) -> uuid.UUID:
    url = f"{root}forum/collections/{place.id}/"
    door = TAXIICollection(url, user=key["credential_id"], password=key["secret"])
    try:
        status = door.add_objects({"objects": list(envelope.objects)}, wait_for_completion=False)
    except RequestException as error:
        raise CommandError(f"{url} does not take {envelope.lab}'s envelope: {error}") from error
    finally:
        door.close()
    verb = "takes back" if envelope.takes_back else "pushes"
    say(f"{envelope.lab} {verb} {len(envelope.objects)} objects ({envelope.campaign})")
    return uuid.UUID(status.id)


def _wait(submissions: Sequence[uuid.UUID], *, seconds: float) -> None:
    end = time.monotonic() + seconds
    while _unfinished(submissions):
        if time.monotonic() > end:
            raise CommandError(
                f"The worker has not finished within {seconds:.0f} s. Is one running? What was "
                "pushed is stored; run the command again once there is."
            )
        time.sleep(_LOOK)


def _unfinished(submissions: Iterable[uuid.UUID]) -> bool:
    final = [Submission.State.COMPLETE, Submission.State.QUARANTINED]
    return Submission.objects.filter(id__in=list(submissions)).exclude(state__in=final).exists()
