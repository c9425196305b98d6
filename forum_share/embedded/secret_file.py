"""secrets.env: made once per FORUM_HOME, so that a restart keeps sessions, cursors and keys."""

from __future__ import annotations

import base64
import os
import secrets

from forum_share.embedded.home import Home, write_private
from forum_share.embedded.trouble import TroubleError


NAMES = ("SECRET_KEY", "FORUM_KEYS")


def load_or_make(home: Home) -> dict[str, str]:
    """The secrets of this copy: {variable: value}.

    Raises TroubleError for a file that lost one: a new key could not open what the old one sealed.
    """
    if not home.secrets.exists():
        write_private(home.secrets, "".join(f"{k}={v}\n" for k, v in make().items()))
    lines = home.secrets.read_text().splitlines()
    found = dict(line.split("=", 1) for line in lines if "=" in line)
    missing = [name for name in NAMES if not found.get(name)]
    if missing:
        raise TroubleError(
            f"{home.secrets} has no {' and no '.join(missing)}. Restore it from a backup; without "
            "it the stored submissions cannot be read. To start afresh: ./dev reset"
        )
    return found


def make() -> dict[str, str]:
    master = base64.b64encode(os.urandom(32)).decode()
    return {"SECRET_KEY": secrets.token_urlsafe(48), "FORUM_KEYS": f"k1:{master}"}
