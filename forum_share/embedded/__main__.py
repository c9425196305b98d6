"""`python -m forum_share.embedded COMMAND`; what `./dev` calls."""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import NoReturn

from forum_share.embedded import demo, postgres, stack
from forum_share.embedded.front import Front, free_port, is_free
from forum_share.embedded.home import CHECKOUT, Home
from forum_share.embedded.supervisor import StopRequested, Supervisor
from forum_share.embedded.terminal import Terminal
from forum_share.embedded.trouble import TroubleError


def run(arguments: argparse.Namespace) -> None:
    """The whole hub in the foreground until it is told to stop."""
    with supervised(arguments) as supervisor:
        front = Front(supervisor.home, choose_port(supervisor, arguments.port))
        services = stack.start_services(supervisor, hasty=arguments.hasty)
        env = stack.environment(supervisor.home, services)
        keep_card(supervisor, front, services)
        stack.start_hub(supervisor, front, env)
        supervisor.wait_until(front.ready, "The hub", within=90)
        if arguments.seed:
            supervisor.run_once(stack.seed(env))
        # Last, since nobody waits for it: the workers sweep by themselves.
        supervisor.start(stack.beat(env))
        supervisor.settled = True
        supervisor.on_change()
        words = demo.announcement(supervisor.home, front.root, seeded=arguments.seed)
        supervisor.terminal.note(words)
        supervisor.run_forever()


def services(arguments: argparse.Namespace) -> None:
    """PostgreSQL and Valkey alone, for tests."""
    with supervised(arguments) as supervisor:
        started = stack.start_services(supervisor, hasty=arguments.hasty)
        supervisor.settled = True
        keep_card(supervisor, None, started)
        supervisor.run_forever()


@contextlib.contextmanager
def supervised(arguments: argparse.Namespace) -> Iterator[Supervisor]:
    """Everything between taking the lock and dropping it; being asked to stop is a good end."""
    home = Home.from_environment()
    home.make()
    allow_many_files()
    terminal = Terminal(quiet=arguments.quiet)
    with home.locked():
        try:
            with Supervisor(home, terminal, serves=arguments.serves) as supervisor:
                yield supervisor
        except StopRequested:
            terminal.note("Stopped.")
        finally:
            home.clear_traces()


def choose_port(supervisor: Supervisor, wanted: int) -> int:
    """0 chooses one; a port that a stopping copy still holds is waited for."""
    if wanted == 0:
        return free_port()
    try:
        supervisor.wait_until(lambda: is_free(wanted), "The port", within=3)
    except TroubleError as error:
        raise TroubleError(f"Port {wanted} is in use. Another: ./dev run --port N") from error
    return wanted


def keep_card(supervisor: Supervisor, front: Front | None, services: stack.Services) -> None:
    """Write run/stack.json now and whenever a process comes or goes."""

    def write() -> None:
        supervisor.home.write_card(
            {
                "supervisor": os.getpid(),
                "ready": supervisor.settled,
                "database_url": services.database_url,
                "redis_url": services.redis_url,
                "processes": supervisor.pids(),
                **(demo.places(front.root) if front else {}),
            }
        )

    supervisor.on_change = write
    write()


def allow_many_files() -> None:
    """A thousand slow clients are a thousand open files in the front."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def manage(arguments: argparse.Namespace) -> NoReturn:
    """manage.py beside the running hub, or with services of its own for as long as it takes."""
    with attached() as env:
        sys.exit(foreground(sys.executable, str(CHECKOUT / "manage.py"), *arguments.words, env=env))


def seed(_arguments: argparse.Namespace) -> None:
    """Demo data into the hub that runs in FORUM_HOME."""
    home = Home.from_environment()
    card = home.read_card()
    if card is None:
        raise TroubleError(f"No hub runs in {home.path}: ./dev run starts one, and seeds it.")
    services = stack.Services(card["database_url"], card["redis_url"])
    demo.seed(home, card["root"], stack.environment(home, services))


def psql(arguments: argparse.Namespace) -> NoReturn:
    client = postgres.client("psql")
    with attached() as env:
        # As the hub's own connections: table names need no schema.
        found = env | {"PGOPTIONS": "-c search_path=private,shared,public"}
        sys.exit(foreground(client, env["DATABASE_URL"], *arguments.words, env=found))


def foreground(*command: str, env: Mapping[str, str]) -> int:
    """Exit status of a command that has the terminal, and Ctrl-C, to itself."""
    signal.signal(signal.SIGINT, lambda *_: None)
    return subprocess.call(command, env=env)


@contextlib.contextmanager
def attached() -> Iterator[dict[str, str]]:
    """The environment of the hub in FORUM_HOME; its services run at least while this lasts."""
    home = Home.from_environment()
    home.make()
    card = home.read_card()
    if card is not None:
        yield stack.environment(home, stack.Services(card["database_url"], card["redis_url"]))
        return
    with home.locked(), contextlib.ExitStack() as after:
        after.callback(home.clear_traces)
        supervisor = after.enter_context(Supervisor(home, Terminal(quiet=True)))
        yield stack.environment(home, stack.start_services(supervisor, hasty=False))


def reset(arguments: argparse.Namespace) -> None:
    """Remove all state of this copy, after asking."""
    home = Home.from_environment()
    if not home.path.exists():
        print(f"Nothing to remove in {home.path}.")
        return
    if not arguments.yes and input(f"Remove all data in {home.path}? [y/N] ").lower() != "y":
        raise TroubleError("Nothing was removed.")
    with home.locked():
        removed = home.remove()
    print(f"Removed from {home.path}: {', '.join(removed) or 'nothing'}.")


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="./dev")
    commands = top.add_subparsers(required=True)
    running = argparse.ArgumentParser(add_help=False)
    running.add_argument("--quiet", action="store_true", help="processes' lines into logs only")
    running.add_argument("--hasty", action="store_true", help=argparse.SUPPRESS)
    running.add_argument("--serves", type=int, metavar="PID", help=argparse.SUPPRESS)
    add = commands.add_parser("run", parents=[running], help="run the hub in the foreground")
    add.add_argument("--port", type=int, default=8000, help="0 chooses a free one (default 8000)")
    add.add_argument("--no-seed", dest="seed", action="store_false", help="no demo data")
    add.set_defaults(act=run)
    add = commands.add_parser("services", parents=[running], help="PostgreSQL and Valkey only")
    add.set_defaults(act=services)
    for act, name, words in ((manage, "manage", "manage.py"), (psql, "psql", "psql")):
        add = commands.add_parser(name, add_help=False, prefix_chars="\0", help=f"{words} …")
        add.add_argument("words", nargs=argparse.REMAINDER)
        add.set_defaults(act=act)
    add = commands.add_parser("seed", help="demo data into the running hub")
    add.set_defaults(act=seed)
    add = commands.add_parser("reset", help="remove all data of this copy")
    add.add_argument("--yes", action="store_true", help="do not ask")
    add.set_defaults(act=reset)
    return top


def main(words: Sequence[str] | None = None) -> int:
    arguments = parser().parse_args(words)
    try:
        arguments.act(arguments)
    except TroubleError as trouble:
        print(trouble, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
