"""The project: wiring only. What the hub does lives in `indicators`."""

from __future__ import annotations
