"""What each lab sends about each campaign: plain STIX 2.1, as that lab would write it.

Among it is what ordinary envelopes hold and the Forum does not pass on as it is: mailboxes and
residential addresses, which leave as tokens; text with prices and names in it, patterns that
are too broad, one reference to a mailbox not sent along, and one report that its lab takes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from indicators.catalogue.contents import atlas
from indicators.demo.pen import JSON, Pen
from indicators.demo.views import View, views


@dataclass(frozen=True, slots=True)
class Envelope:
    """One POST of one lab."""

    lab: str
    campaign: str
    objects: tuple[JSON, ...]
    mark: str
    """The id of an object in it: a Forum that has decided over it has this envelope already."""
    takes_back: bool = False
    """It revokes what an earlier envelope sent."""


def envelopes(day: date) -> list[Envelope]:
    """All that the three labs send, in order, with windows that end on this day (UTC)."""
    pens = [Pen(view, day) for view in views()]
    sent = [_envelope(pen) for pen in pens]
    return sent + [_withdrawal(pen) for pen in pens if pen.view.mistaken]


def _envelope(pen: Pen) -> Envelope:
    campaign = _campaign(pen)
    parts = [
        [_identity(pen), campaign],
        _infrastructure(pen),
        _observables(pen),
        indicators := list(_indicators(pen)),
        _relationships(pen, campaign, indicators),
        _observations(pen),
        _words(pen, campaign),
    ]
    objects = tuple(each for part in parts for each in part)
    return Envelope(pen.view.lab.slug, pen.view.campaign.key, objects, mark=campaign["id"])


def _withdrawal(pen: Pen) -> Envelope:
    revoked = pen.revoked(_mistake(pen))
    lab, key = pen.view.lab.slug, pen.view.campaign.key
    return Envelope(lab, key, (revoked,), mark=revoked["id"], takes_back=True)


def _identity(pen: Pen) -> JSON:
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": pen.author,
        "created": _FOUNDED,
        "modified": _FOUNDED,
        "name": pen.view.lab.name,
        "identity_class": "organization",
    }


_FOUNDED = "2026-01-05T09:00:00.000Z"


def _campaign(pen: Pen) -> JSON:
    view = pen.view
    return pen.object(
        "campaign",
        "campaign",
        name=view.name,
        description=view.description,
        first_seen=pen.first_seen,
        last_seen=pen.moment(1, "last seen"),
        extensions=pen.extension(
            "distillation-profile",
            **{key: _plain(value) for key, value in view.campaign.profile.items()},
            template_classes=list(view.template_classes),
            account_bucket=view.cluster_size,
        ),
    )


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _infrastructure(pen: Pen) -> Iterator[JSON]:
    campaign = pen.view.campaign
    yield pen.object(
        "infrastructure",
        "accounts",
        name=f"{pen.view.name}: accounts",
        infrastructure_types=["fraudulent-account-network"],
        first_seen=pen.first_seen,
        extensions=pen.extension(
            "account-cluster",
            size_bucket=pen.view.cluster_size,
            signup_burst=pen.first_seen[:7],
            **campaign.cluster,
        ),
    )
    if campaign.service:
        yield pen.object(
            "infrastructure",
            "service",
            name=pen.spelled(pen.view.domains[0]),
            description=f"Where {pen.view.name} comes in.",
            infrastructure_types=campaign.service["types"],
            extensions=pen.extension("share-governance", **_service_terms(pen)),
        )


def _service_terms(pen: Pen) -> JSON:
    """Of the service as such, not of a household behind it."""
    terms = dict(pen.view.campaign.service["governance"])
    if terms["infrastructure_class"] == "residential-proxy":
        del terms["infrastructure_class"]
    return terms


def _observables(pen: Pen) -> list[JSON]:
    view = pen.view
    return [
        *(pen.observable("ipv4-addr", value=each) for each in view.addresses),
        *(pen.observable("domain-name", value=pen.spelled(each)) for each in view.domains),
        *(pen.observable("autonomous-system", number=each) for each in view.asns),
        *(pen.observable("tls-client-fingerprint", scheme="ja4", value=each) for each in view.ja4),
        *(pen.observable("email-addr", value=pen.email(each)) for each in view.emails),
    ]


def _indicators(pen: Pen) -> Iterator[JSON]:
    view, lab = pen.view, pen.view.lab
    for what, (values, path, form) in {
        "egress": (view.addresses, "ipv4-addr:value", lab.equals),
        "range": (view.networks, "ipv6-addr:value", lab.within),
        "domain": (tuple(map(pen.spelled, view.domains)), "domain-name:value", lab.equals),
        "agent": (view.user_agents, _USER_AGENT, lab.equals),
    }.items():
        for value in values:
            yield _indicator(pen, what, value, form.format(path=path, value=value))
    for value in map(pen.email, view.emails):
        pattern = lab.equals.format(path="email-addr:value", value=value)
        yield _indicator(pen, "mailbox", value, pattern, **_NEXUS)
    yield from _peculiar(pen)


def _peculiar(pen: Pen) -> Iterator[JSON]:
    view, equals = pen.view, pen.view.lab.equals
    for each in view.ja4:
        yield _indicator(pen, "client", each, _ja4(each))
    for each in view.residential:
        pattern = equals.format(path="ipv4-addr:value", value=each)
        terms = {"infrastructure_class": "residential-proxy", **_NEXUS}
        yield _indicator(pen, "exit", each, pattern, **terms)
    for what, pattern in view.patterns.items():
        yield _indicator(pen, what, what, pattern)
    if view.mistaken:
        yield _mistake(pen)


_NEXUS = {"threat_nexus": ["fraudulent-account"]}
"""Of what belongs to a person the lab says itself what makes it a threat."""
_USER_AGENT = "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'"


def _ja4(value: str) -> str:
    return f"[tls-client-fingerprint:scheme = 'ja4' AND tls-client-fingerprint:value = '{value}']"


def _mistake(pen: Pen) -> JSON:
    pattern = pen.view.lab.within.format(path="ipv4-addr:value", value=pen.view.mistaken)
    return _indicator(pen, "sweep", pen.view.mistaken, pattern)


def _indicator(pen: Pen, what: str, value: str, pattern: str, **governance: Any) -> JSON:
    lab = pen.view.lab
    words = {
        "campaign": pen.view.name, "what": what, "value": value, "number": pen.number,
    }  # fmt: skip
    body = pen.object(
        "indicator",
        f"{what} {value}",
        name=lab.indicator_name.format(**words),
        description=lab.indicator_description.format(**words),
        indicator_types=[
            "anonymization" if what in ("egress", "range", "exit") else "malicious-activity"
        ],
        pattern=pattern,
        pattern_type="stix",
        valid_from=pen.moment(3, value),
    )
    if lab.confidence is not None:
        body["confidence"] = lab.confidence
    if lab.labels:
        body["labels"] = list(lab.labels)
    if terms := {**lab.governance, **governance}:
        body["extensions"] = pen.extension("share-governance", **terms)
    return body | {name: text.format(**words) for name, text in lab.custom.items()}


def _relationships(pen: Pen, campaign: JSON, indicators: Sequence[JSON]) -> Iterator[JSON]:
    for indicator in indicators:
        yield _relationship(pen, indicator["id"], "indicates", campaign["id"])
    for technique in _techniques(pen.view):
        yield _relationship(pen, campaign["id"], "uses", technique)
    for used in _infrastructure(pen):
        yield _relationship(pen, campaign["id"], "uses", used["id"])
        if used["infrastructure_types"] == pen.view.campaign.service.get("types"):
            yield from _consists_of(pen, used["id"])


def _consists_of(pen: Pen, infrastructure: str) -> Iterator[JSON]:
    for part in _observables(pen):
        if part["type"] in ("domain-name", "autonomous-system", "ipv4-addr"):
            yield _relationship(pen, infrastructure, "consists-of", part["id"])


def _relationship(pen: Pen, source: str, verb: str, target: str) -> JSON:
    return pen.object(
        "relationship",
        f"{source} {verb} {target}",
        relationship_type=verb,
        source_ref=source,
        target_ref=target,
    )


def _techniques(view: View) -> Iterable[str]:
    ids = {_external_id(each): str(each["id"]) for each in atlas() if "external_references" in each}
    return [ids[technique] for technique in view.campaign.techniques]


def _external_id(technique: Any) -> str:
    return str(technique["external_references"][0]["external_id"])


def _observations(pen: Pen) -> Iterator[JSON]:
    seen = _observables(pen)
    traffic = [each["id"] for each in seen if each["type"] != "email-addr"]
    mailboxes = [each["id"] for each in seen if each["type"] == "email-addr"]
    yield _observed(pen, "traffic", traffic, count=pen.view.exchanges)
    if mailboxes:
        accounts = _observed(pen, "accounts", mailboxes, count=len(mailboxes))
        yield accounts
        yield pen.object(
            "grouping",
            "accounts",
            context="suspicious-activity",
            object_refs=[accounts["id"]],
            extensions=pen.extension("share-governance", **_NEXUS),
        )
    if pen.view.left_out is not None:
        mailbox = pen.observable("email-addr", value=pen.email(pen.view.left_out))
        yield _observed(pen, "mailbox", [mailbox["id"]], count=12)


def _observed(pen: Pen, key: str, refs: list[str], *, count: int) -> JSON:
    return pen.object(
        "observed-data",
        key,
        first_observed=pen.first_seen,
        last_observed=pen.moment(1, key),
        number_observed=count,
        object_refs=refs,
    )


def _words(pen: Pen, campaign: JSON) -> Iterator[JSON]:
    yield pen.object("note", "note", content=pen.view.note, object_refs=[campaign["id"]])
    if pen.view.organisation:
        yield pen.object(
            "identity", "named", name=pen.view.organisation, identity_class="organization"
        )
