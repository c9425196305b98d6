"""Reserved ranges and names belong into exercises: nobody should block 192.0.2.1."""

from __future__ import annotations

from collections.abc import Iterator

from indicators.domain.objects import ValidObject
from indicators.domain.observables import is_reserved
from indicators.domain.outcomes import Reason, Rejected


_OBSERVABLES = {
    "domain-name": "value",
    "url": "value",
    "ipv4-addr": "value",
    "ipv6-addr": "value",
    "autonomous-system": "number",
    "email-addr": "value",
}


def check_reserved(valid: ValidObject) -> None:
    """Refuse documentation and private addresses, names and AS numbers.

    Raises:
        Rejected: naming the property or path of the first that is found.
    """
    for where, value in _values(valid):
        if isinstance(value, str | int) and is_reserved(value):
            raise Rejected(
                Reason.RESERVED_RANGE,
                f"A value of {where} is reserved for documentation or private use; such values "
                "are welcome in the exercise collection.",
            )


def _values(valid: ValidObject) -> Iterator[tuple[str, object]]:
    """Every value that may be reserved, with where it stands."""
    if name := _OBSERVABLES.get(valid.type):
        yield name, valid.received.body.get(name)
    for each in valid.pattern.comparisons if valid.pattern else ():
        if each.path.partition(":")[0] in _OBSERVABLES or each.path.endswith("_ref.value"):
            yield from ((each.path, value) for value in each.values)
