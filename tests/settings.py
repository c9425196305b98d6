"""The project's settings for whoever reads them without a hub: the type checker.

Tests run on `forum_share.settings` with the environment that conftest.py makes.
"""

from __future__ import annotations

import base64
import os


os.environ.setdefault("SECRET_KEY", "not a secret: this process serves nobody")
os.environ.setdefault("FORUM_KEYS", "k1:" + base64.b64encode(bytes(32)).decode())
os.environ.setdefault("DATABASE_URL", "postgres://forum@/forum")
os.environ.setdefault("REDIS_URL", "unix:///nonexistent/valkey.sock")

from forum_share.settings import *  # noqa: F403  all of them
