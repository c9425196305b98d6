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
        # Not click's own way out: it ends with 1 where we say 2.
        done = labkit.main(words, prog_name="labkit", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return ERROR
    except _OURS as error:
        click.echo(f"labkit: {error}", err=True)
        return ERROR
    except (click.Abort, KeyboardInterrupt):
        click.echo("labkit: stopped. The same command goes on from here.", err=True)
        return ERROR
    except BrokenPipeError:
        # Whoever read our output has gone. Python would complain once more on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ERROR
    except Exception:  # noqa: BLE001  whatever it is, 1 would say "hits"
        traceback.print_exc()
        click.echo("labkit: this is a fault of labkit; please report the lines above.", err=True)
        return ERROR
    return done if isinstance(done, int) else 0
