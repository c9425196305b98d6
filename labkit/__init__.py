"""What runs at a lab: it normalises, blinds, fingerprints and matches before anything is sent.

Nothing here imports the hub. The hub imports `labkit.normalise`, `labkit.tokens` and
`labkit.keylist`, so that both sides spell a value, a token and a key list by the same code.
"""

from __future__ import annotations
