"""The three invented campaigns in full, as each of three invented labs would report them.

What is shared between labs are numbers: a mailbox, a card, a telephone or an exit of one number is
one thing, whoever sees it. Of mailboxes that one lab alone sees there are a tenth of what the tale
has: nothing follows from them. Everything is reserved for documentation or made up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from indicators.domain.stix.extensions import BY_NAME
from tests.forum import indicator, relationship, stix


JSON = dict[str, Any]
Numbers = Sequence[range]
NEXUS = {"threat_nexus": ["fraudulent-account"]}
WHEN = {"first_seen": "2026-10-05T00:00:00Z", "last_seen": "2026-11-16T00:00:00Z"}


@dataclass(frozen=True)
class Seen:
    """What one lab sees of one campaign."""

    name: str
    profile: JSON
    cluster: str
    mail: str
    """Domain of its mailboxes."""
    mailboxes: Numbers
    egress: Sequence[str]
    exits: Numbers = ()
    """Last octets of households in 203.0.113.0/24."""
    cards: Sequence[int] = ()
    phones: Numbers = ()
    clients: Sequence[str] = ()
    domains: Sequence[str] = ()
    networks: Sequence[int] = ()
    templates: Sequence[tuple[str, str]] = field(default_factory=tuple)
    """Name of a template, and its class."""
    techniques: Sequence[str] = ()
    service: str = ""
    """The type of a service that it buys from, whose first domain is the service's."""


def extension(name: str, **terms: Any) -> JSON:
    return {BY_NAME[name].id: {"extension_type": "property-extension", **terms}}


def card(number: int) -> str:
    """A test number of the range that card networks publish for tests, with its check digit."""
    body = f"41111111111{number:04}"
    digits = [int(each) for each in reversed(body)]
    total = sum(
        each if place % 2 else sum(divmod(2 * each, 10)) for place, each in enumerate(digits)
    )
    return f"{body}{-total % 10}"


def numbers(of: Numbers) -> list[int]:
    return [each for part in of for each in part]


def observed(refs: Iterable[JSON]) -> JSON:
    return stix(
        "observed-data",
        first_observed=WHEN["first_seen"],
        last_observed=WHEN["last_seen"],
        number_observed=1000,
        object_refs=[each["id"] for each in refs],
    )


def account(type_: str, login: str) -> JSON:
    made = stix("user-account", account_type=type_, account_login=login)
    return {name: value for name, value in made.items() if name not in ("created", "modified")}


def people(seen: Seen) -> list[JSON]:
    """Accounts by what they were opened with."""
    return [
        *(
            stix("email-addr", value=f"user{each:04}@{seen.mail}")
            for each in numbers(seen.mailboxes)
        ),
        *(account("payment-instrument", card(each)) for each in seen.cards),
        *(account("phone", f"+1202555{each:04}") for each in numbers(seen.phones)),
    ]


def technical(seen: Seen) -> list[JSON]:
    return [
        *(stix("ipv4-addr", value=each) for each in seen.egress),
        *(stix("domain-name", value=each) for each in seen.domains),
        *(stix("autonomous-system", number=each) for each in seen.networks),
        *(client(each) for each in seen.clients),
    ]


def client(value: str) -> JSON:
    return stix(
        "tls-client-fingerprint",
        scheme="ja4",
        value=value,
        extensions={BY_NAME["tls-client-fingerprint"].id: {"extension_type": "new-sco"}},
    )


def indicators(seen: Seen) -> list[JSON]:
    over_client = "[tls-client-fingerprint:scheme = 'ja4' AND tls-client-fingerprint:value = '{}']"
    household = extension("share-governance", infrastructure_class="residential-proxy", **NEXUS)
    return [
        *(indicator(f"[ipv4-addr:value = '{each}']") for each in seen.egress),
        *(indicator(over_client.format(each)) for each in seen.clients),
        *(
            indicator(f"[ipv4-addr:value = '203.0.113.{each}']", extensions=household)
            for each in numbers(seen.exits)
        ),
    ]


def envelope(seen: Seen, families: Sequence[JSON], techniques: Sequence[JSON]) -> list[JSON]:
    """One POST: a campaign, what ties to it, and what it is known by."""
    campaign = stix(
        "campaign",
        name=seen.name,
        **WHEN,
        extensions=extension("distillation-profile", **seen.profile),
    )
    accounts = stix(
        "infrastructure",
        name=f"{seen.name}: accounts",
        infrastructure_types=["fraudulent-account-network"],
        extensions=extension("account-cluster", size_bucket=seen.cluster),
    )
    persons, traces, signs = people(seen), technical(seen), indicators(seen)
    who, what = observed([*persons, *families]), observed(traces)
    grouping = stix(
        "grouping",
        context="suspicious-activity",
        object_refs=[campaign["id"], who["id"], what["id"]],
        extensions=extension("share-governance", **NEXUS),
    )
    told = [
        relationship(campaign, "uses", accounts),
        *(relationship(each, "indicates", campaign) for each in signs),
        *(relationship(campaign, "uses", each) for each in techniques),
    ]
    return [
        *persons, *families, *traces, campaign, accounts, who, what, grouping, *signs, *told,
        *_service(seen, campaign, traces),
    ]  # fmt: skip


def _service(seen: Seen, campaign: JSON, traces: Sequence[JSON]) -> list[JSON]:
    if not seen.service:
        return []
    service = stix(
        "infrastructure",
        name=f"{seen.name}: where it comes in",
        infrastructure_types=[seen.service],
        extensions=extension("share-governance", shared_infrastructure=True),
    )
    [named] = [each for each in traces if each.get("value") == seen.domains[0]]
    return [
        service,
        relationship(campaign, "uses", service),
        relationship(service, "consists-of", named),
    ]


ABACUS_CLIENT = "t13d1311h2_a1b2c3d4e5f6_0f1e2d3c4b5a"
ABACUS = {
    "goals": ["reasoning-traces", "reward-labels"],
    "volume_bucket": "1e6-1e7",
    "sync_pattern": "cron-aligned",
    "quiet_gap_bucket": "under-1h",
    "pivot_latency_bucket": "none-seen",
}
FERRY = {
    "goals": ["agentic-coding", "tool-traces"],
    "sync_pattern": "burst-synchronised",
    "pivot_latency_bucket": "within-24h",
    "pivot_share_bucket": "25-50",
}
ORCHARD = {
    "goals": ["capability-sweep", "instruction-data"],
    "volume_bucket": "1e4-1e5",
    "language_bucket": "10-plus",
    "coverage_shape": "broad-high-entropy",
    "pipeline_marks": ["index-stride", "shared-shuffle-seed"],
    "sync_pattern": "none-seen",
}
_A: dict[str, Any] = {"mail": "kestrelmail.example", "service": "residential-proxy-service"}
_B: dict[str, Any] = {"mail": "ferrymail.example", "service": "api-reseller-relay"}
_C: dict[str, Any] = {"mail": "greyorchard-college.example", "cluster": "10-99"}

QUIET_ABACUS = {
    "alder": Seen(
        "Abacus hydra", ABACUS, "100-999", **_A,
        mailboxes=[range(1, 75), range(91, 171)],
        egress=("198.51.100.10", "198.51.100.11", "198.51.100.12"),
        exits=[range(1, 27), range(32, 67)],
        cards=range(1, 8),
        phones=[range(100, 140)],
        clients=[ABACUS_CLIENT],
        domains=("meadowexit.example", "gw-2.meadowexit.example"),
        networks=(64496, 64501),
        templates=(("A-T1/v1", "cot-elicitation"), ("A-T2", "rubric-grading")),
        techniques=("AML.T0024.002", "AML.T0021"),
    ),
    "birch": Seen(
        "Reasoning harvest", {**ABACUS, "volume_bucket": "1e6-1e7"}, "1000-9999", **_A,
        mailboxes=[range(1, 72), range(75, 91), range(897, 1000)],
        egress=("198.51.100.11", "198.51.100.12", "198.51.100.13"),
        exits=[range(1, 24), range(27, 32), range(67, 113)],
        cards=range(4, 12),
        phones=[range(120, 160)],
        clients=[ABACUS_CLIENT],
        domains=("meadowexit.example", "gw-5.meadowexit.example"),
        networks=(64496, 64501),
        templates=(
            ("A-T1/v1", "cot-elicitation"), ("A-T1/v2", "cot-elicitation"),
            ("A-T2", "rubric-grading"), ("A-T3", "policy-safe-rewrite"),
        ),
        techniques=("AML.T0024.002",),
    ),
    "cedar": Seen(
        "cluster 7", {**ABACUS, "volume_bucket": "1e5-1e6"}, "100-999", **_A,
        mailboxes=[range(1, 7), range(72, 91), range(1930, 1942)],
        egress=(),
        exits=[range(1, 3), range(24, 32), range(113, 121)],
        cards=(4, 9),
        clients=["t13d1312h2_a1b2c3d4e5f6_77aa88bb99cc"],
        domains=("meadowexit.example",),
        networks=(64501,),
        templates=(("A-T1/v2-es", "cot-elicitation"),),
        techniques=("AML.T0024.002", "AML.T0040"),
    ),
}  # fmt: skip
SALT_FERRY = {
    "alder": Seen(
        "FerryRelay", FERRY, "100-999", **_B,
        mailboxes=[range(1, 41), range(41, 144), range(151, 168)],
        egress=("192.0.2.20", "192.0.2.21"),
        exits=[range(100, 141)],
        clients=["t13d1715h2_5c4b3a29180f_e1d2c3b4a596"],
        domains=("ferryrelay.example",),
        networks=(64498, 64501),
        templates=(("B-T1", "tool-trace-capture"), ("B-T2", "test-oracle")),
        techniques=("AML.T0008.005",),
    ),
    "birch": Seen(
        "Relay pool B", FERRY, "100-999", **_B,
        mailboxes=[range(1, 41), range(144, 151), range(318, 333)],
        egress=("192.0.2.22",),
        exits=[range(141, 181)],
        clients=["t13d1715h2_5c4b3a29180f_e1d2c3b4a596"],
        domains=("status.ferryrelay.example",),
        networks=(64498,),
        templates=(("B-T2", "test-oracle"),),
        techniques=("AML.T0008.005",),
    ),
    "cedar": Seen(
        "ferry", FERRY, "100-999", **_B,
        mailboxes=[range(1, 16), range(41, 151), range(461, 475)],
        egress=("192.0.2.20", "192.0.2.23"),
        exits=[range(100, 141)],
        clients=["t13d1715h2_5c4b3a29180f_e1d2c3b4a596"],
        domains=("ferryrelay.example", "api.ferryrelay.example"),
        networks=(64498, 64501),
        templates=(
            ("B-T1", "tool-trace-capture"), ("B-T2", "test-oracle"), ("B-T3", "rubric-grading"),
        ),
        techniques=("AML.T0008.005", "AML.T0012"),
    ),
}  # fmt: skip
GREY_ORCHARD = {
    "alder": Seen(
        "Orchard grid", ORCHARD, **_C,
        mailboxes=[range(1, 14)],
        egress=("192.0.2.130",),
        domains=("greyorchard-college.example", "applecourt.example"),
        networks=(64502,),
        techniques=("AML.T0024.002",),
    ),
    "birch": Seen(
        "Slow sweep", ORCHARD, **_C,
        mailboxes=[range(14, 26)],
        egress=("192.0.2.131",),
        domains=("greyorchard-college.example", "orchardgate.example"),
        networks=(64502,),
        techniques=("AML.T0024.002",),
    ),
    "cedar": Seen(
        "grid walkers", ORCHARD, **_C,
        mailboxes=[range(26, 39)],
        egress=("192.0.2.132",),
        domains=("greyorchard-college.example", "orchardgate.example"),
        networks=(64502,),
        techniques=("AML.T0024.002",),
    ),
}  # fmt: skip
