"""Who acts when a command runs: the clock and the policy are read here, once per command."""

from __future__ import annotations

from datetime import UTC, datetime

from django.core.management.base import CommandError

from indicators.domain.disclosure import current_policy
from indicators.members.registry import Clerk
from indicators.models.collection import Collection
from indicators.models.member import Member


def at_the_command_line() -> Clerk:
    """A clerk at the present moment, in whole milliseconds as STIX writes it."""
    now = datetime.now(UTC)  # noqa: TID251  a command is a door
    whole = now.replace(microsecond=now.microsecond // 1000 * 1000)
    return Clerk(by="command line", policy=current_policy(), now=whole)


def member(slug: str) -> Member:
    """The member of this slug.

    Raises:
        CommandError: there is none; names those that there are.
    """
    found = Member.objects.filter(slug=slug).first()
    if found is None:
        raise CommandError(f"There is no member {slug!r}. {_known(Member, 'slug')}")
    return found


def collection(alias: str) -> Collection:
    """The collection of this alias.

    Raises:
        CommandError: there is none; names those that there are.
    """
    found = Collection.objects.filter(alias=alias).first()
    if found is None:
        raise CommandError(f"There is no collection {alias!r}. {_known(Collection, 'alias')}")
    return found


def _known(model: type[Member | Collection], name: str) -> str:
    words = sorted(model.objects.values_list(name, flat=True))
    return f"There are: {', '.join(words)}." if words else "There is none yet."
