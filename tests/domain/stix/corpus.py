"""One rich, valid object of every type, written for these tests; reserved ranges and names only."""

from __future__ import annotations

from copy import deepcopy

from indicators.domain import tlp
from indicators.domain.stix.extensions import BY_NAME, extension_definitions, new_sco_extension


Object = dict[str, object]

UUID = "5f5b8a3e-8d0a-4b6e-9c1f-2d3e4f5a6b7c"
OTHER_UUID = "0c2f1d4e-7a9b-4c3d-8e5f-6a7b8c9d0e1f"
IDENTITY = f"identity--{UUID}"
MARKING = tlp.Level.AMBER_STRICT.marking_id
UNKNOWN_EXTENSION = "extension-definition--7ca5afee-0e4e-4813-b643-de51538658cc"
TOKEN = "A" * 43


def a_ref(type_: str) -> str:
    return f"{type_}--{OTHER_UUID}"


def an_sdo(type_: str, **properties: object) -> Object:
    return {
        "type": type_,
        "spec_version": "2.1",
        "id": f"{type_}--{UUID}",
        "created_by_ref": IDENTITY,
        "created": "2026-05-11T09:14:00.000Z",
        "modified": "2026-05-12T09:14:00.123Z",
        **properties,
    }


def an_sco(type_: str, **properties: object) -> Object:
    return {"type": type_, "spec_version": "2.1", "id": f"{type_}--{UUID}", **properties}


def an_indicator(pattern: str = "[ipv4-addr:value = '198.51.100.11']", **more: object) -> Object:
    return an_sdo(
        "indicator",
        indicator_types=["anonymization"],
        pattern=pattern,
        pattern_type="stix",
        valid_from="2026-05-11T00:00:00Z",
        **more,
    )


def an_own_sco(type_: str, **properties: object) -> Object:
    return an_sco(type_, **properties, extensions=new_sco_extension(type_))


def extended(name: str, **properties: object) -> Object:
    return {BY_NAME[name].id: {"extension_type": "property-extension", **properties}}


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
_HASHES = {"MD5": "ab" * 16, "SHA-1": "ab" * 20, "SHA-256": "ab" * 32}
_OBSERVABLES: list[Object] = [
    an_sco(
        "artifact",
        mime_type="text/plain",
        payload_bin="aGVsbG8=",
        encryption_algorithm="mime-type-indicated",
        decryption_key="secret",
    ),
    an_sco("artifact", url="https://files.example/x", hashes={"SHA-256": "ab" * 32}),
    an_sco("autonomous-system", number=64496, name="EXAMPLE", rir="RIPE"),
    an_sco(
        "directory",
        path="/tmp/x",
        ctime="2026-05-04T00:00:00Z",
        contains_refs=[a_ref("file"), a_ref("directory")],
    ),
    an_sco(
        "domain-name",
        value="gw-2.meadowexit.example",
        resolves_to_refs=[a_ref("ipv4-addr"), a_ref("domain-name")],
        object_marking_refs=[MARKING],
        defanged=False,
    ),
    an_sco(
        "email-addr",
        value="someone@kestrelmail.example",
        display_name="Someone",
        belongs_to_ref=a_ref("user-account"),
    ),
    an_sco(
        "email-message",
        is_multipart=True,
        date="2026-05-04T00:00:00Z",
        from_ref=a_ref("email-addr"),
        to_refs=[a_ref("email-addr")],
        subject="hello",
        additional_header_fields={"X-Mailer": ["a", "b"]},
        body_multipart=[
            {"content_type": "text/plain", "body": "hi"},
            {"content_type": "image/png", "body_raw_ref": a_ref("artifact")},
        ],
    ),
    an_sco("email-message", is_multipart=False, body="hi", raw_email_ref=a_ref("artifact")),
    an_sco(
        "file",
        hashes=_HASHES,
        name="collector.py",
        size=12,
        mime_type="text/x-python",
        magic_number_hex="7f454c46",
        parent_directory_ref=a_ref("directory"),
        contains_refs=[a_ref("file"), a_ref("url")],
        content_ref=a_ref("artifact"),
        mtime="2026-05-04T00:00:00Z",
        extensions={
            "archive-ext": {"contains_refs": [a_ref("file")], "comment": "c"},
            "ntfs-ext": {
                "sid": "s",
                "alternate_data_streams": [{"name": "x", "size": 1, "hashes": _HASHES}],
            },
            "pdf-ext": {
                "version": "1.4",
                "document_info_dict": {"Title": "x"},
                "is_optimized": True,
            },
            "raster-image-ext": {"image_height": 5, "exif_tags": {"Make": "x", "Model": 1}},
            "windows-pebinary-ext": {
                "pe_type": "exe",
                "machine_hex": "014c",
                "number_of_sections": 4,
                "time_date_stamp": "2016-01-22T12:31:12Z",
                "file_header_hashes": {"MD5": "ab" * 16},
                "optional_header": {"magic_hex": "010b", "size_of_image": 5, "hashes": _HASHES},
                "sections": [{"name": "CODE", "entropy": 0.5, "size": 1, "hashes": _HASHES}],
            },
        },
    ),
    an_sco("ipv4-addr", value="198.51.100.0/24", belongs_to_refs=[a_ref("autonomous-system")]),
    an_sco("ipv6-addr", value="2001:db8::1", resolves_to_refs=[a_ref("mac-addr")]),
    an_sco("mac-addr", value="00:00:5e:00:53:af"),
    an_sco("mutex", name="__CLEANSWEEP__"),
    an_sco(
        "network-traffic",
        start="2026-05-04T00:00:00Z",
        end="2026-05-04T00:01:00Z",
        is_active=False,
        src_ref=a_ref("ipv4-addr"),
        dst_ref=a_ref("domain-name"),
        src_port=4001,
        dst_port=443,
        src_byte_count=35,
        protocols=["ipv4", "tcp", "http"],
        ipfix={"minimumIpTotalLength": 32},
        encapsulates_refs=[a_ref("network-traffic")],
        src_payload_ref=a_ref("artifact"),
        extensions={
            "http-request-ext": {
                "request_method": "get",
                "request_value": "/v1/messages",
                "request_header": {"User-Agent": ["abacus-runner/0.4.2"]},
                "message_body_length": 5,
                "message_body_data_ref": a_ref("artifact"),
            },
            "icmp-ext": {"icmp_type_hex": "08", "icmp_code_hex": "00"},
            "socket-ext": {"address_family": "AF_INET", "options": {"SO_ACCEPTCONN": 1}},
            "tcp-ext": {"src_flags_hex": "00000002"},
        },
    ),
    an_sco(
        "process",
        pid=1221,
        created_time="2026-05-04T00:00:00Z",
        command_line="./x -a",
        environment_variables={"PATH": "/bin"},
        image_ref=a_ref("file"),
        child_refs=[a_ref("process")],
        opened_connection_refs=[a_ref("network-traffic")],
        creator_user_ref=a_ref("user-account"),
        extensions={
            "windows-process-ext": {"aslr_enabled": True, "startup_info": {"lpDesktop": "x"}},
            "windows-service-ext": {
                "service_name": "x",
                "start_type": "SERVICE_AUTO_START",
                "service_dll_refs": [a_ref("file")],
            },
        },
    ),
    an_sco("software", name="abacus-runner", version="0.4.2", vendor="x", languages=["en"]),
    an_sco("url", value="https://api.ferryrelay.example/v1/messages?x=1"),
    an_sco(
        "user-account",
        user_id="1001",
        account_login="x",
        account_type="unix",
        is_privileged=False,
        account_created="2026-05-04T00:00:00Z",
        extensions={"unix-account-ext": {"gid": 1001, "groups": ["wheel"], "home_dir": "/x"}},
    ),
    an_sco(
        "windows-registry-key",
        key="hkey_local_machine\\system\\bar",
        values=[{"name": "Foo", "data": "qwerty", "data_type": "REG_SZ"}],
        modified_time="2026-05-04T00:00:00Z",
        number_of_subkeys=2,
        creator_user_ref=a_ref("user-account"),
    ),
    an_sco(
        "x509-certificate",
        serial_number="36:f7:d4:32",
        issuer="CN=gateway",
        hashes={"SHA-256": "ab" * 32},
        validity_not_before="2026-05-04T00:00:00Z",
        validity_not_after="9999-12-31T23:59:59Z",
        subject_public_key_exponent=65537,
        x509_v3_extensions={
            "basic_constraints": "critical",
            "private_key_usage_period_not_before": "2026-05-04T00:00:00Z",
        },
    ),
    an_own_sco(
        "match-token", kind="email-addr", scheme="fs-voprf-r255-v1", epoch="2026Q4", value=TOKEN
    ),
    an_own_sco(
        "prompt-family",
        scheme="fs-prompt-band-v1",
        epoch="2026Q4",
        bands=[TOKEN] * 32,
        shingle_bucket="50-99",
        template_class="cot-elicitation",
        language="en",
    ),
    an_own_sco(
        "tls-client-fingerprint", scheme="ja4", value="t13d1311h2_a1b2c3d4e5f6_0f1e2d3c4b5a"
    ),
]

_ALL = [*_DOMAIN_OBJECTS, *_RELATIONSHIP_OBJECTS, *_META_OBJECTS, *_OBSERVABLES]


def valid_objects() -> list[Object]:
    """Fresh copies, free to be changed."""
    return deepcopy(_ALL)


def a_valid(type_: str, number: int = 0, **changes: object) -> Object:
    """A fresh copy of one object of a type; a property changed to None is taken away."""
    chosen = [obj for obj in valid_objects() if obj["type"] == type_][number]
    changed = {**chosen, **changes}
    return {name: value for name, value in changed.items() if value is not None}
