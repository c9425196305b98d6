"""The command `labkit`: what every command has in common, and how each ends.

Promises: status 0, 1 or 2 as its help says, 2 for every error; an error says what is wrong, where
and what to do, without a secret or an identifier in it.
"""

from __future__ import annotations

import os
import sys
import tomllib
import traceback
from collections.abc import Sequence
from contextlib import suppress
from importlib import metadata
from pathlib import Path

import click

from labkit.cli_doctor import doctor
from labkit.cli_feed import pull, push, retract, status
from labkit.cli_match import match
from labkit.cli_tokens import skeleton, tokenise
from labkit.keylist import KeyListError
from labkit.lab import Lab
from labkit.normalise import NormaliseError
from labkit.tokens import TokenError
from labkit.trouble import TroubleError


def _version() -> str:
    """As installed; in a checkout as the project file beside this one says."""
    try:
        return metadata.version("labkit")
    except metadata.PackageNotFoundError:
        text = Path(__file__).with_name("pyproject.toml").read_text(encoding="utf-8")
        return str(tomllib.loads(text)["project"]["version"])


ERROR = 2
_OURS = (TroubleError, KeyListError, NormaliseError, TokenError)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--config",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Settings file; LABKIT_CONFIG does the same. Default: ~/.config/labkit/config.toml",
)
@click.option("--quiet", "-q", is_flag=True, help="No progress and no remarks; errors and results.")
@click.version_option(_version(), message="%(version)s")
@click.pass_context
def labkit(context: click.Context, file: Path | None, *, quiet: bool) -> None:
    """Share with a Forum Share hub, and match your own accounts against its feed.

    Personal identifiers are normalised and blinded here, before anything is sent.

    \b
    Settings, in the file or as variables (LABKIT_URL, LABKIT_SECRET …):
      url           the hub's address
      credential    the credential's id
      secret_file   a file with the credential's token (or: secret)
      collections   aliases to pull; all readable ones if left out
      signer        signer of the key list, if you got it outside the hub
      ca_file       certificate of your own authority
      state         folder of labkit's state; default ~/.local/state/labkit
    LABKIT_CACHE_KEY, base64 of 32 bytes, takes the place of the token cache's key file.

    \b
    Begin with:
      labkit doctor
      labkit pull
      labkit match accounts.csv --id account --column email=mail

    Every command ends with 2 on an error.
    """  # noqa: D301  click looks for the character itself
    lab = Lab(file, os.environ, quiet=quiet)
    context.call_on_close(lab.close)
    context.obj = lab


for _command in (push, pull, tokenise, skeleton, match, retract, status, doctor):
    labkit.add_command(_command)


def main(words: Sequence[str] | None = None) -> int:
    """Run a command; its exit status."""
    try:
        _check_streams()
        # Not click's own way out: it ends with 1 where we say 2.
        done = labkit.main(words, prog_name="labkit", standalone_mode=False)
    except click.ClickException as error:
        with suppress(OSError):
            error.show()
    except _OURS as error:
        _complain(str(error))
    except (click.Abort, KeyboardInterrupt):
        _complain("stopped. The same command goes on from here.")
    except (BrokenPipeError, SystemExit):
        pass  # whoever read our output has gone; of which click makes an exit with 1
    except OSError as error:
        # A full disk, or an output that takes nothing: nobody has to look into our code for that.
        where = f"{error.filename}: " if error.filename else ""
        _complain(f"{where}{error.strerror or error}. Check the disk, and where the output goes.")
    except Exception:  # noqa: BLE001  whatever it is, 1 would say "hits"
        _complain(
            f"this is a fault of labkit; please report these lines.\n{traceback.format_exc()}"
        )
    else:
        return done if isinstance(done, int) else 0
    _let_go_of_output()
    return ERROR


def _check_streams() -> None:
    """Refuse closed ones: results would be lost, or go into whatever file is opened next."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            raise TroubleError(f"{name} is closed: redirect it, to /dev/null if it is not wanted.")


def _complain(text: str) -> None:
    with suppress(OSError):  # that we cannot be heard is no reason to end with 1
        click.echo(f"labkit: {text}", err=True)


def _let_go_of_output() -> None:
    """Drop what a stream does not take: Python would complain once more, and end with 120."""
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
