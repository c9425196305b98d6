"""GET /forum/: docs/wire.md 2.3."""

from __future__ import annotations

from pytest_django import Settings

from tests.taxii.door import MEDIA_TYPE, Caller


def test_the_root_names_one_version_and_an_integer_limit(alder: Caller, settings: Settings) -> None:
    """2.3: Sentinel rejects any other list."""
    settings.MAX_CONTENT_LENGTH = 12345
    assert alder.get("/forum/").json == {
        "title": "Forum Share",
        "versions": [MEDIA_TYPE],
        "max_content_length": 12345,
    }
