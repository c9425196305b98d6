"""Under which account PostgreSQL runs: it refuses to run as root.

An ordinary user runs it directly. Root runs it as `nobody`; where the checkout or FORUM_HOME lies
below a folder that `nobody` cannot enter, with the one capability to pass through (setpriv).
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forum_share.embedded.trouble import TroubleError


# no_setuid_fixup: else the change of user drops the capability that was just granted.
PASS_THROUGH = (
    "--clear-groups",
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
    "--securebits=+no_setuid_fixup",
)


@dataclass(frozen=True)
class Account:
    """prefix goes before a command, options into subprocess; both empty means: as we are."""

    uid: int
    gid: int
    prefix: tuple[str, ...] = ()
    changes: bool = False

    @property
    def options(self) -> dict[str, Any]:
        # The working folder may be one that the account cannot read.
        user = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.changes else {}
        return {"cwd": "/", **user}

    def command(self, *words: object) -> list[str]:
        return [*self.prefix, *map(str, words)]

    def run(self, *words: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*words),
            **self.options,
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,  # Ctrl-C is for the supervisor
        )

    def own(self, path: Path) -> None:
        if os.getuid() == 0:
            os.chown(path, self.uid, self.gid)


def ours() -> Account:
    return Account(os.getuid(), os.getgid())


def for_postgres(binary: Path, home: Path) -> Account:
    """The account that can execute this binary and reach this folder.

    Raises TroubleError when root has no way to run it as somebody else.
    """
    if os.getuid() != 0:
        return ours()
    nobody = pwd.getpwnam("nobody")
    change = Account(nobody.pw_uid, nobody.pw_gid, changes=True)
    if can_use(change, binary, home):
        return change
    setpriv = shutil.which("setpriv") or "setpriv"
    ids = (f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--pdeathsig=INT")
    capable = Account(nobody.pw_uid, nobody.pw_gid, (setpriv, *ids, *PASS_THROUGH))
    if can_use(capable, binary, home):
        return capable
    raise TroubleError(
        "PostgreSQL does not run as root, and another account cannot reach "
        f"{binary} or {home}. Run ./dev as an ordinary user, or set DATABASE_URL, "
        "or move the checkout and FORUM_HOME where everybody may pass through."
    )


def can_use(account: Account, binary: Path, home: Path) -> bool:
    probes: Sequence[Sequence[object]] = ((binary, "--version"), ("test", "-x", home))
    try:
        return all(account.run(*probe).returncode == 0 for probe in probes)
    except OSError:
        return False
