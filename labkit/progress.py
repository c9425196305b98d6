"""Bars and words on standard error; standard output is for results alone."""

from __future__ import annotations

import sys
from typing import Any

import click
from tqdm import tqdm


def bar(what: str, *, unit: str, quiet: bool, total: float | None = None) -> tqdm[Any]:
    """A bar while it runs; nothing where nobody looks."""
    return tqdm(
        desc=what,
        total=total,
        unit=unit,
        unit_scale=True,
        disable=quiet or not sys.stderr.isatty(),
        file=sys.stderr,
        leave=False,
        dynamic_ncols=True,
    )


def say(text: str, *, quiet: bool = False) -> None:
    """A line for whoever looks on."""
    if not quiet:
        click.echo(text, err=True)
