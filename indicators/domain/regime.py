"""The law as dated data: what is in force on a day, read from `policy/regimes.toml`.

Default: nothing is in force. A regime counts from the first to the last day of a period that
counsel dated, and the answer depends on the day alone, so that what was decided can be decided
again. The file explains its own words; this module turns them into types and refuses what it does
not know.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from importlib import resources
from typing import cast

from indicators.domain.outcomes import Held, Reason


PERSONAL_TOKENS = "personal_tokens"
CROSS_BORDER = "cross_border"
SWITCHES: Mapping[str, str] = {
    PERSONAL_TOKENS: "Sharing personal identifiers as tokens is paused. This waits, and goes on by "
    "itself once the pause is lifted.",
    CROSS_BORDER: "Sharing with members under another law is paused. This waits, and goes on by "
    "itself once the pause is lifted.",
}
"""What can be paused, and what the lab is told whose object waits for it."""
LONGEST_LABEL = 40
"""Characters: the stamp is a column of every decision."""
_TEXTS = ("code", "title", "jurisdiction", "about", "otherwise", "inforce")


class RegimeError(ValueError):
    """The file of regimes says something that this code does not understand."""


@dataclass(frozen=True, slots=True)
class Period:
    """From its first to its last day (both in force, UTC); no last day while none is in sight."""

    begin: date
    end: date | None
    dated_by: str
    dated_on: date

    def holds(self, on: date) -> bool:
        return self.begin <= on and (self.end is None or on <= self.end)


@dataclass(frozen=True, slots=True)
class Regime:
    """A law or a piece of guidance, and when counsel says that it stands."""

    code: str
    title: str
    jurisdiction: str
    about: str
    otherwise: str
    inforce: str
    periods: tuple[Period, ...]

    def holds(self, on: date) -> bool:
        return any(each.holds(on) for each in self.periods)


@dataclass(frozen=True, slots=True)
class Table:
    """Every regime that the hub knows of; immutable."""

    version: str
    regimes: tuple[Regime, ...]
    needs: Mapping[str, frozenset[str]]
    """Switch → codes of which one must be in force for it to be off by itself; none: no need."""

    def in_force(self, on: date) -> tuple[Regime, ...]:
        """The regimes of that day, in the order of the file."""
        return tuple(each for each in self.regimes if each.holds(on))

    def label(self, on: date) -> str:
        """The stamp of a decision of that day: the file's version, and the codes in force."""
        codes = "+".join(each.code for each in self.in_force(on))
        return f"{self.version}/{codes or 'none'}"

    def paused(self, on: date) -> frozenset[str]:
        """Switches that are on by themselves that day, because what they need is not in force."""
        codes = {each.code for each in self.in_force(on)}
        return frozenset(
            switch for switch, needed in self.needs.items() if needed and needed.isdisjoint(codes)
        )

    def banner(self, on: date) -> tuple[str, ...]:
        """What staff are told that day, one line for each regime."""
        return tuple(each.inforce if each.holds(on) else each.otherwise for each in self.regimes)


@cache
def current_table() -> Table:
    """The regimes that the package carries.

    Raises:
        RegimeError: naming what it does not understand.
    """
    text = resources.files("indicators.policy").joinpath("regimes.toml").read_text("utf-8")
    return read_table(text)


def stamp(now: datetime) -> str:
    """The label of the regimes in force at this moment."""
    return current_table().label(day_of(now))


def day_of(now: datetime) -> date:
    """The day of a moment, as the table counts days."""
    return now.astimezone(UTC).date()


def check_paused(*, is_personal: bool, paused: frozenset[str]) -> None:
    """Hold what a pause is about; `paused` are the switches that are on for its sender.

    Raises:
        Held: until the pause is lifted; nobody can waive it.
    """
    held_by = [each for each in sorted(paused) if is_personal or each != PERSONAL_TOKENS]
    if held_by:
        raise Held(
            Reason.PAUSED,
            SWITCHES[held_by[0]],
            rule_ids=tuple(f"pause.{each}" for each in held_by),
        )


def read_table(text: str) -> Table:
    """Build a table from the text of a file of regimes."""
    raw = tomllib.loads(text)
    regimes = tuple(_regime(each) for each in raw["regimes"])
    codes = [each.code for each in regimes]
    if len(set(codes)) < len(codes):
        raise RegimeError("two regimes have one code")
    longest = f"{raw['version']}/{'+'.join(codes)}"
    if len(longest) > LONGEST_LABEL:
        raise RegimeError(f"{longest!r} is longer than a stamp ({LONGEST_LABEL}): shorten codes")
    return Table(raw["version"], regimes, _needs(raw["pauses"], frozenset(codes)))


def _regime(raw: Mapping[str, object]) -> Regime:
    if missing := sorted({*_TEXTS, "periods"} - raw.keys()):
        raise RegimeError(f"regime {raw.get('code', '?')}: {missing[0]} is missing")
    code = str(raw["code"])
    periods = cast("list[Mapping[str, object]]", raw["periods"])
    return Regime(
        **{name: str(raw[name]) for name in _TEXTS},
        periods=tuple(_period(code, each) for each in periods),
    )


def _period(code: str, raw: Mapping[str, object]) -> Period:
    begin, end, dated_on = raw.get("begin"), raw.get("end"), raw.get("dated_on")
    dated_by = str(raw.get("dated_by", "")).strip()
    if not (_is_day(begin) and _is_day(dated_on) and dated_by):
        raise RegimeError(f"regime {code}: a period has begin, dated_by and dated_on; days as days")
    if end is not None and not _is_day(end):
        raise RegimeError(f"regime {code}: end is not a day")
    period = Period(cast("date", begin), cast("date | None", end), dated_by, cast("date", dated_on))
    if period.end is not None and period.end < period.begin:
        raise RegimeError(f"regime {code}: a period ends before it begins")
    return period


def _is_day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _needs(raw: Mapping[str, list[str]], codes: frozenset[str]) -> Mapping[str, frozenset[str]]:
    if unknown := sorted(raw.keys() - SWITCHES.keys()):
        raise RegimeError(f"there is no switch {unknown[0]}, only: {', '.join(SWITCHES)}")
    for switch, needed in raw.items():
        if strangers := sorted(set(needed) - codes):
            raise RegimeError(f"pauses.{switch}: there is no regime {strangers[0]}")
    return {switch: frozenset(needed) for switch, needed in raw.items()}
