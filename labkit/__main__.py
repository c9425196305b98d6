"""`python -m labkit`."""

from __future__ import annotations

import sys

from labkit.cli import main


# Worker processes import this module too, under another name.
if __name__ == "__main__":
    sys.exit(main())
