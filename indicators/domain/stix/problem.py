"""One thing that is wrong with a STIX object, told to whoever sent it.

A message never repeats the value it complains about: problems are kept and shown where the
submitted body itself is not.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong (`message`), where (`path`) and of which sort (`code`).

    `path` is a STIX 2.1 §7.2.3.1 selector such as `external_references.[0].url`; empty for the
    object as a whole. `code` is one of the upper-case words used in `check` and `rules`.
    """

    path: str
    message: str
    code: str


def selector(parts: list[str | int]) -> str:
    """The selector of a path given as property names and list indexes."""
    return ".".join(f"[{part}]" if isinstance(part, int) else part for part in parts)
