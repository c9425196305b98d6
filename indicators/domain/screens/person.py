"""What belongs to a person: whether it may be shared at all, and as what kind.

It is either raw, and a token will take its place, or a token that the lab made itself.
"""

from __future__ import annotations

from indicators.domain import nexus, regime
from indicators.domain.objects import Declaration, ValidObject
from indicators.domain.outcomes import Reason, Rejected
from indicators.domain.surroundings import Surroundings
from indicators.domain.tokens import TOKEN_TYPES, Identifier


_EPOCH_PATHS = frozenset({"match-token:epoch", "prompt-family:epoch"})


def check_person(
    valid: ValidObject,
    personal: tuple[Identifier, ...],
    declaration: Declaration,
    *,
    around: Surroundings,
) -> None:
    """Let through what may be shared; `personal` is what of it is raw.

    Raises:
        Rejected: the member forbade itself to send it raw, or nobody states the threat nexus.
        Held: paused.
    """
    if personal and around.refuses_raw:
        raise Rejected(
            Reason.RAW_REFUSED,
            "Your organisation has forbidden itself to send raw personal identifiers; blind them "
            "before sending.",
        )
    is_personal = bool(personal) or _speaks_of_tokens(valid)
    if is_personal and not nexus.covers_personal(declaration, valid.id, stated=around.stated):
        raise Rejected(Reason.THREAT_NEXUS, nexus.HOW_TO_STATE)
    regime.check_paused(is_personal=is_personal, paused=around.paused)


def kinds_of(valid: ValidObject, personal: tuple[Identifier, ...]) -> set[str]:
    """What of a person it keeps: as the lab sent it, or as a token that the lab made itself."""
    kinds = {each.kind for each in personal}
    if valid.type == "match-token":
        kinds.add(str(valid.received.body["kind"]))
    for each in valid.pattern.comparisons if valid.pattern else ():
        if each.path == "match-token:kind":
            kinds.update(str(value) for value in each.values)
        elif each.path.startswith("prompt-family:"):
            kinds.add("prompt-band")
    return kinds | ({"prompt-band"} if valid.type == "prompt-family" else set())


def epochs_of(valid: ValidObject, *, around: Surroundings) -> frozenset[str]:
    """The epochs of tokens that the lab made itself.

    Raises:
        Rejected: one of them is over, or was never begun.
    """
    named = {str(valid.received.body["epoch"])} if valid.type in TOKEN_TYPES else set()
    for each in valid.pattern.comparisons if valid.pattern else ():
        if each.path in _EPOCH_PATHS:
            named.update(str(value) for value in each.values)
    if over := sorted(named - around.epochs.keys()):
        live = ", ".join(sorted(around.epochs)) or "none"
        raise Rejected(
            Reason.EPOCH_OVER,
            f"Tokens of epoch {over[0][:8]} are not accepted: it is over, revoked or unknown. "
            f"Live now: {live}. Make the tokens anew.",
        )
    return frozenset(named)


def _speaks_of_tokens(valid: ValidObject) -> bool:
    paths = [each.path for each in valid.pattern.comparisons] if valid.pattern else []
    return valid.type == "match-token" or any(path.startswith("match-token:") for path in paths)
