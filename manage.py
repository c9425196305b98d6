#!/usr/bin/env python
"""Django's command line for the hub; acts as the database login itself (see docs/settings.md)."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forum_share.settings")
    os.environ.setdefault("DATABASE_ROLE", "")
    # Commands ring the doorbell too; without our app a task would go to Celery's default broker.
    # Imported here because it reads the two variables above.
    import forum_share.celery  # noqa: F401, PLC0415  for its side effect, after the settings

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
