"""Reserved ranges and names belong into exercises: nobody should block 192.0.2.1."""

from __future__ import annotations

from indicators.domain.objects import ValidObject
from indicators.domain.observables import is_reserved
from indicators.domain.outcomes import Reason, Rejected


_OBSERVABLES = {
    "domain-name": "value",
    "url": "value",
    "ipv4-addr": "value",
    "ipv6-addr": "value",
    "autonomous-system": "number",
}


def check_reserved(valid: ValidObject) -> None:
    """Refuse documentation and private addresses, names and AS numbers.

    Raises:
        Rejected: naming the first value found.
    """
    for value in _values(valid):
        if is_reserved(value):
            raise Rejected(
                Reason.RESERVED_RANGE,
                f"{str(value)[:80]} is reserved for documentation or private use; such values are "
                "welcome in the exercise collection.",
            )


def _values(valid: ValidObject) -> list[str | int]:
    if valid.pattern:
        found: list[object] = [
            value
            for each in valid.pattern.comparisons
            for value in each.values
            if each.path.split(":")[0] in _OBSERVABLES
        ]
    else:
        found = [valid.received.body.get(_OBSERVABLES.get(valid.type, ""))]
    return [value for value in found if isinstance(value, str | int)]
