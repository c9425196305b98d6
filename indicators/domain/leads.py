"""Where references lead that an object cannot do without: to what stands, or not (yet)."""

from __future__ import annotations

from collections.abc import Sequence

from indicators.domain.objects import KnownObject
from indicators.domain.outcomes import Reason, Rejected, Waiting
from indicators.domain.surroundings import Known


_NAMED = 3


def follow(tags: Sequence[bytes], *, known: Known, single: bool) -> tuple[KnownObject, ...]:
    """What these keyed tags of one property stand for; `single` if it holds one reference.

    Raises:
        Waiting: a needed object is held or not here yet.
        Rejected: a needed object was refused.
    """
    found = tuple(known.standing[tag] for tag in tags if tag in known.standing)
    missing = tuple(tag for tag in tags if tag not in known.standing)
    if missing and not single:
        # Of a list, what is held or refused is left out: its mere id could tell its value.
        missing = tuple(tag for tag in missing if tag not in known.held | known.refused)
    if not missing and found:
        return found
    refused = [tag for tag in missing if tag in known.refused]
    if refused or not missing:
        raise Rejected(Reason.REFERENCE_REFUSED, _refused(refused or list(tags), known=known))
    raise Waiting(Reason.REFERENCE_WAITING, _waiting(missing, known=known), needs=missing)


def _refused(tags: list[bytes], *, known: Known) -> str:
    return (
        f"It refers to {known.names.get(tags[0], 'an object')}, which was not accepted; send it "
        "again together with a corrected one."
    )


def _waiting(missing: tuple[bytes, ...], *, known: Known) -> str:
    named = ", ".join(known.names.get(tag, "an object") for tag in missing[:_NAMED])
    more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
    why = "is held for review" if set(missing) <= known.held else "has not arrived or is held"
    return f"Waits for {named}{more}, which {why}; published together with it."
