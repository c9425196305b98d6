"""One rich, valid object of every type, written for these tests; reserved ranges and names only."""

from __future__ import annotations

from copy import deepcopy

from indicators.domain import tlp
from indicators.domain.stix.extensions import extension_definitions
from tests.domain.stix.corpus_observables import OBSERVABLES
from tests.domain.stix.pieces import (
    IDENTITY,
    MARKING,
    UNKNOWN_EXTENSION,
    UUID,
    Object,
    a_ref,
    an_indicator,
    an_sdo,
    extended,
)


_DOMAIN_OBJECTS: list[Object] = [
    an_sdo(
        "attack-pattern",
        name="Extract AI Model",
        aliases=["Model extraction"],
        external_references=[
            {
                "source_name": "mitre-atlas",
                "url": "https://atlas.example/techniques/AML.T0024.002",
                "external_id": "AML.T0024.002",
            },
            {
                "source_name": "report",
                "description": "a report",
                "hashes": {"SHA-256": "ab" * 32},
                "url": "https://reports.example/1?x=y#z",
            },
        ],
        kill_chain_phases=[{"kill_chain_name": "mitre-atlas", "phase_name": "exfiltration"}],
    ),
    an_sdo(
        "campaign",
        name="QUIET ABACUS",
        description="fictional",
        objective="reasoning traces",
        first_seen="2026-05-04T00:00:00Z",
        last_seen="2026-06-19T00:00:00Z",
        extensions=extended(
            "distillation-profile",
            goals=["reasoning-traces", "reward-labels"],
            volume_bucket="1e6-1e7",
            active_hours="011111111111111111011111",
            metrics=[{"detector": "mmd-window", "reading": "exceeded"}],
        ),
    ),
    an_sdo("course-of-action", name="Restrict number of queries", labels=["advice"]),
    an_sdo(
        "grouping",
        name="working set",
        context="suspicious-activity",
        object_refs=[a_ref("indicator"), a_ref("relationship"), a_ref("ipv4-addr")],
    ),
    an_sdo(
        "identity",
        name="Aldergrove AI",
        identity_class="organization",
        sectors=["technology"],
        roles=["lab"],
        contact_information="desk@alder.example",
    ),
    an_sdo("incident", name="an incident", description="fictional"),
    an_indicator(
        "[domain-name:value = 'meadowexit.example']",
        name="relay",
        description="gateway of a reseller",
        valid_until="2026-09-11T00:00:00Z",
        pattern_version="2.1",
        kill_chain_phases=[{"kill_chain_name": "mitre-atlas", "phase_name": "resource"}],
        labels=["relay", "reseller"],
        confidence=85,
        lang="en",
        revoked=False,
        object_marking_refs=[MARKING],
        granular_markings=[
            {"marking_ref": tlp.Level.RED.marking_id, "selectors": ["description", "labels.[1]"]}
        ],
        extensions={
            UNKNOWN_EXTENSION: {"extension_type": "property-extension", "anything": {"a": [1]}},
            **extended(
                "share-governance",
                action_tier="step-up",
                shared_infrastructure=True,
                counter_evidence=["shared-relay-bystanders"],
                threat_nexus=["geo-evasion"],
            ),
        },
        x_alder_score=0.5,
    ),
    an_sdo(
        "infrastructure",
        name="gateways",
        infrastructure_types=["anonymization"],
        aliases=["gw"],
        first_seen="2026-05-04T00:00:00Z",
        last_seen="2026-05-04T00:00:00Z",
        extensions=extended(
            "account-cluster",
            size_bucket="1000-9999",
            signup_burst="2026-05",
            shared_attribute_kinds=["payment-instrument", "ip-range"],
        ),
    ),
    an_sdo(
        "intrusion-set",
        name="FDA-01",
        goals=["labels"],
        resource_level="organization",
        primary_motivation="dominance",
        secondary_motivations=["organizational-gain"],
        first_seen="2026-05-04T00:00:00Z",
        last_seen="2026-05-05T00:00:00Z",
    ),
    an_sdo("location", latitude=48.8566, longitude=2.3522, precision=10.0, region="europe"),
    an_sdo("location", country="fr", name="somewhere"),
    an_sdo(
        "malware",
        name="collector",
        is_family=True,
        malware_types=["bot"],
        operating_system_refs=[a_ref("software")],
        sample_refs=[a_ref("file"), a_ref("artifact")],
        capabilities=["exfiltrates-data"],
        first_seen="2026-05-04T00:00:00Z",
        last_seen="2026-05-05T00:00:00Z",
    ),
    an_sdo(
        "malware-analysis",
        product="bench",
        result="benign",
        analysis_started="2026-05-04T00:00:00Z",
        analysis_ended="2026-05-04T01:00:00Z",
        submitted="2026-05-04T00:00:00Z",
        sample_ref=a_ref("file"),
        analysis_sco_refs=[a_ref("file")],
        host_vm_ref=a_ref("software"),
        installed_software_refs=[a_ref("software")],
    ),
    an_sdo("note", content="seen twice", authors=["desk"], object_refs=[a_ref("campaign")]),
    an_sdo(
        "observed-data",
        first_observed="2026-05-04T00:00:00Z",
        last_observed="2026-05-05T00:00:00Z",
        number_observed=100,
        object_refs=[a_ref("domain-name"), a_ref("match-token"), a_ref("relationship")],
    ),
    an_sdo(
        "opinion",
        opinion="disagree",
        object_refs=[a_ref("indicator")],
        extensions=extended("feedback-verdict", verdict="benign-shared-infrastructure"),
    ),
    an_sdo(
        "report",
        name="summary",
        report_types=["campaign"],
        published="2026-06-20T00:00:00Z",
        object_refs=[a_ref("campaign"), a_ref("indicator")],
    ),
    an_sdo(
        "threat-actor",
        name="somebody",
        threat_actor_types=["competitor"],
        roles=["sponsor"],
        sophistication="advanced",
        personal_motivations=["personal-gain"],
        first_seen="2026-05-04T00:00:00Z",
        last_seen="2026-05-05T00:00:00Z",
    ),
    an_sdo("tool", name="relay service", tool_types=["remote-access"], tool_version="1.2"),
    an_sdo(
        "vulnerability",
        name="CVE-2026-0001",
        external_references=[{"source_name": "cve", "external_id": "CVE-2026-0001"}],
    ),
]
_RELATIONSHIP_OBJECTS: list[Object] = [
    an_sdo(
        "relationship",
        relationship_type="indicates",
        source_ref=a_ref("indicator"),
        target_ref=a_ref("campaign"),
        description="same gateways",
        start_time="2026-05-04T00:00:00Z",
        stop_time="2026-05-05T00:00:00Z",
    ),
    an_sdo(
        "sighting",
        sighting_of_ref=a_ref("indicator"),
        observed_data_refs=[a_ref("observed-data")],
        where_sighted_refs=[a_ref("identity")],
        first_seen="2026-05-04T00:00:00Z",
        last_seen="2026-05-04T00:00:00Z",
        count=0,
        summary=False,
    ),
]
_META_OBJECTS: list[Object] = [
    *map(tlp.definition, tlp.Level),
    *extension_definitions(IDENTITY),
    {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9",
        "created": "2017-01-20T00:00:00.000Z",
        "name": "TLP:WHITE",
        "definition_type": "tlp",
        "definition": {"tlp": "white"},
    },
    {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": f"marking-definition--{UUID}",
        "created_by_ref": IDENTITY,
        "created": "2026-05-04T00:00:00.000Z",
        "name": "purpose",
        "definition_type": "statement",
        "definition": {"statement": "for defence against adversarial distillation only"},
        "object_marking_refs": [MARKING],
    },
    an_sdo(
        "language-content",
        object_ref=a_ref("indicator"),
        object_modified="2026-05-12T09:14:00.123Z",
        contents={"de": {"name": "Relais"}},
    ),
]
_ALL = [*_DOMAIN_OBJECTS, *_RELATIONSHIP_OBJECTS, *_META_OBJECTS, *OBSERVABLES]


def valid_objects() -> list[Object]:
    """Fresh copies, free to be changed."""
    return deepcopy(_ALL)


def a_valid(type_: str, number: int = 0, **changes: object) -> Object:
    """A fresh copy of one object of a type; a property changed to None is taken away."""
    chosen = [obj for obj in valid_objects() if obj["type"] == type_][number]
    changed = {**chosen, **changes}
    return {name: value for name, value in changed.items() if value is not None}
