"""JSON that people and other programs wrote, read without trust in how deep it goes."""

from __future__ import annotations

import json
from typing import Any


def parsed(text: str) -> Any:
    """What a JSON text says.

    Raises:
        ValueError: it is none, or is nested so deeply that nobody means it.
    """
    try:
        return json.loads(text)
    except RecursionError:
        # What is between would be hundreds of the same line.
        raise ValueError("it is nested too deeply") from None
