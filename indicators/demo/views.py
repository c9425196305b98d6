"""The campaigns as data: what each lab sees of each campaign, and how each lab writes."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Lab:
    """A lab and its habits; patterns and words hold places in braces."""

    slug: str
    name: str
    digits: int
    """Of a second, in times of observations."""
    marking: str
    """TLP of everything it sends; empty for none."""
    equals: str
    within: str
    domain: str
    """How it spells domain names: lower or capital."""
    indicator_name: str
    indicator_description: str
    custom: Mapping[str, str] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    confidence: int | None = None
    governance: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Campaign:
    """What is the same for all who see it."""

    key: str
    first: date
    last: date
    techniques: tuple[str, ...]
    """ATLAS ids."""
    email_domains: tuple[str, ...]
    email_name: str
    profile: Mapping[str, Any]
    cluster: Mapping[str, Any]
    service: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class View:
    """What one lab sees of one campaign."""

    lab: Lab
    campaign: Campaign
    name: str
    description: str
    asns: tuple[int, ...]
    domains: tuple[str, ...]
    emails: tuple[int, ...]
    """Numbers of mailboxes; equal numbers are one mailbox, whichever lab sees it."""
    cluster_size: str
    template_classes: tuple[str, ...]
    exchanges: int
    note: str
    addresses: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    residential: tuple[str, ...] = ()
    ja4: tuple[str, ...] = ()
    user_agents: tuple[str, ...] = ()
    patterns: Mapping[str, str] = field(default_factory=dict)
    """Patterns that are too broad, by what the lab says they are."""
    organisation: str = ""
    mistaken: str = ""
    """An address range reported by mistake and taken back."""
    left_out: int | None = None
    """The number of a mailbox that is referred to and not sent along."""


@cache
def views() -> tuple[View, ...]:
    """What each lab sees of each campaign, campaign by campaign."""
    text = resources.files("indicators.demo").joinpath("campaigns.toml").read_text("utf-8")
    raw = tomllib.loads(text)
    labs = {slug: Lab(slug=slug, **_frozen(body)) for slug, body in raw["labs"].items()}
    return tuple(view for each in raw["campaigns"] for view in _of_campaign(each, labs))


def _of_campaign(raw: dict[str, Any], labs: Mapping[str, Lab]) -> list[View]:
    seen_by = raw.pop("labs")
    campaign = Campaign(**_frozen(raw))
    return [
        View(lab=labs[slug], campaign=campaign, **_frozen(body)) for slug, body in seen_by.items()
    ]


def _frozen(body: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in body.items()}
