"""demo.json, and the words on the screen once the hub is ready."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from forum_share.embedded.home import CHECKOUT, Home, write_private
from forum_share.embedded.trouble import TroubleError


def places(root: str) -> dict[str, str]:
    return {"root": root, "discovery": f"{root}taxii2/", "api_root": f"{root}forum/"}


def seed(home: Home, root: str, env: Mapping[str, str]) -> None:
    """Seed the running hub through its TAXII door and write demo.json.

    `seed_demo` prints one JSON object on standard output: members, staff, collections. It keeps the
    credentials it finds in the file of an earlier run. Raises TroubleError if it fails.
    """
    words = ("seed_demo", "--skip-checks", "--root", root, "--credentials", str(home.credentials))
    command = (sys.executable, str(CHECKOUT / "manage.py"), *words)
    # Standard error is left to the caller's log; the output holds secrets and is for the file only.
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise TroubleError(f"seed_demo ended with status {done.returncode}.")
    card = {**places(root), **json.loads(done.stdout)}
    write_private(home.credentials, json.dumps(card, indent=2) + "\n")


def read(home: Home) -> dict[str, Any] | None:
    try:
        card: dict[str, Any] = json.loads(home.credentials.read_text())
    except FileNotFoundError:
        return None
    return card


def announcement(home: Home, root: str, *, seeded: bool) -> str:
    where = places(root)
    card = read(home) if seeded else None
    lines = [
        "",
        f"Forum Share is ready:  {where['root']}",
        f"  TAXII discovery      {where['discovery']}",
        f"  API root             {where['api_root']}",
        f"  administration       {where['root']}admin/",
    ]
    if card is not None:
        lines += [*logins(card), f"  all of it in         {home.credentials}"]
    return "\n".join([*lines, "Stop with Ctrl-C. Logs: " + str(home.logs), ""])


def logins(card: Mapping[str, Any]) -> list[str]:
    members = [
        f"  {name:<12} TAXII   {member['credential_id']} : {member['secret']}"
        for name, member in card.get("members", {}).items()
    ]
    staff = [
        f"  {name:<12} admin   {person['login']} : {person['password']}"
        for name, person in card.get("staff", {}).items()
    ]
    return ["", *members, *staff]
