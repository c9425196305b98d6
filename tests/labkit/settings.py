"""What a lab's labkit is told in tests."""

from __future__ import annotations

from pathlib import Path


NOBODY = "http://127.0.0.1:9/"
"""Where no hub listens."""
SECRET = "fshr_not_for_anybody"


def settings(folder: Path, *, url: str = NOBODY) -> dict[str, str]:
    """Variables for a state folder of its own, without any file of settings."""
    return {
        "LABKIT_URL": url,
        "LABKIT_CREDENTIAL": "abcdefgh",
        "LABKIT_SECRET": SECRET,
        "LABKIT_STATE": str(folder / "state"),
        "XDG_CONFIG_HOME": str(folder),
    }
