"""What a piece of the correlation costs, in look-ups of values: no clock, the same everywhere."""

from __future__ import annotations

from typing import ClassVar

from indicators.domain.correlation.links import Value


class Counted(Value):
    """A value that counts how often it is looked up."""

    looked_up: ClassVar[int] = 0

    def __hash__(self) -> int:
        Counted.looked_up += 1
        return super().__hash__()
