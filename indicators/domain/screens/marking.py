"""An object that is marked for fewer readers than its collection has is held."""

from __future__ import annotations

from indicators.domain import tlp
from indicators.domain.objects import ReceivedObject
from indicators.domain.outcomes import Held, Reason
from indicators.domain.surroundings import Surroundings


def check_marking(received: ReceivedObject, *, around: Surroundings) -> None:
    """Raise Held if its strictest marking is stricter than the collection's."""
    level = tlp.strictest(_markings(received))
    if level is None or level <= around.audience.marking:
        return
    if Reason.STRICTER_MARKING in received.waived:
        return
    raise Held(
        Reason.STRICTER_MARKING,
        f"The object is marked {level.label}, stricter than this collection's "
        f"{around.audience.marking.label}. Mark it down or use a collection with fewer readers.",
    )


def _markings(received: ReceivedObject) -> list[str]:
    whole = received.body.get("object_marking_refs")
    granular = received.body.get("granular_markings")
    refs = list(whole) if isinstance(whole, list) else []
    parts = granular if isinstance(granular, list) else []
    refs += [part.get("marking_ref") for part in parts if isinstance(part, dict)]
    return [ref for ref in refs if isinstance(ref, str)]
