"""One rich, valid object of every observable type, written for these tests."""

from __future__ import annotations

from tests.domain.stix.pieces import MARKING, TOKEN, Object, a_ref, an_own_sco, an_sco


_HASHES = {"MD5": "ab" * 16, "SHA-1": "ab" * 20, "SHA-256": "ab" * 32}
OBSERVABLES: list[Object] = [
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
