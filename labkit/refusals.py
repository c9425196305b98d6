"""The one error of the normalisation profile.

Its text says what is wrong and what to do, and never repeats any of the value: it is logged,
stored and shown where the value itself must not be. For the same reason it is never raised while
another exception is handled, whose text might quote the value.
"""

from __future__ import annotations


class NormaliseError(ValueError):
    """The value has no normal form under profile v1."""
