"""labkit doctor: is this set-up right, and if not, what to do."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from labkit.clock import now
from labkit.doctor import examine
from labkit.lab import Lab


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Results as JSON, one check in a line.")
@click.pass_obj
def doctor(lab: Lab, *, as_json: bool) -> int:
    """Look at the whole set-up and say what is wrong and what to do.

    Settings, secrets, state folder, address, TLS, clock, credential, scopes, collections, key list
    and its pin, budget, and at last a canary: an e-mail address whose token must be on the feed.

    \b
    Exit status: 0 all is well, 1 something is not, 2 error.
    """  # noqa: D301  click looks for the character itself
    bad = 0
    for check in examine(lab, now):
        bad += not check.ok
        if as_json:
            click.echo(json.dumps(asdict(check)))
        else:
            word = click.style("ok  ", fg="green") if check.ok else click.style("FAIL", fg="red")
            click.echo(f"{word}  {check.name:<18} {check.said}")
    return 1 if bad else 0
