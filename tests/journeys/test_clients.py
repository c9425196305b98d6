"""Clients in the field read the hub through the real front: docs/wire.md 3.

What they push is in test_river.py; here is what each of them asks for and how it reads answers.
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Iterator

import pytest
import requests
import stix2
from cytaxii2 import cytaxii2
from requests.exceptions import HTTPError
from taxii2client.common import TokenAuth
from taxii2client.v21 import ApiRoot, Collection, as_pages

from tests.forum import indicator
from tests.journeys.lab import TAXII, LabClient
from tests.stack import Stack


pytestmark = pytest.mark.stack

PUSHED = 12


@pytest.fixture(scope="module")
def alder(demo_stack: Stack) -> LabClient:
    return LabClient(demo_stack, "alder")


@pytest.fixture(scope="module")
def birch(demo_stack: Stack) -> LabClient:
    return LabClient(demo_stack, "birch")


@pytest.fixture(scope="module")
def published(alder: LabClient, birch: LabClient) -> list[str]:
    """Forum ids of a dozen indicators that alder has pushed, in the order of the feed."""
    patterns = [
        f"[domain-name:value = '{uuid.uuid4().hex[:12]}.meadowexit.example']" for _ in range(PUSHED)
    ]
    sent = alder.post("distillation", *[indicator(pattern) for pattern in patterns])
    assert alder.finished(sent["id"])["success_count"] == PUSHED
    return [each["id"] for each in birch.feed("distillation") if each.get("pattern") in patterns]


# --- taxii2-client -------------------------------------------------------------------------------


@pytest.mark.parametrize("per_request", [5, 7, PUSHED, 1000])
def test_as_pages_walks_objects_and_manifest_and_meets_each_once(
    birch: LabClient, published: list[str], per_request: int
) -> None:
    collection = birch.collection("distillation")
    for read in (collection.get_objects, collection.get_manifest):
        met = [
            each["id"]
            for page in as_pages(read, per_request=per_request, id=published)
            for each in page["objects"]
        ]
        assert met == published


def test_as_pages_on_nothing_is_one_page(birch: LabClient) -> None:
    pages = list(as_pages(birch.collection("distillation").get_objects, type="no-such"))
    assert pages == [{"more": False}]


def test_one_object_and_its_versions(birch: LabClient, published: list[str]) -> None:
    collection = birch.collection("distillation")
    [found] = collection.get_object(published[0])["objects"]
    assert found["id"] == published[0]
    assert collection.object_versions(published[0])["versions"] == [found["modified"]]
    assert collection.get_object(published[0], version=found["modified"])["objects"] == [found]
    with pytest.raises(HTTPError, match="404"):
        collection.get_object(f"indicator--{uuid.uuid4()}")


def test_a_token_alone_is_enough(demo_stack: Stack, birch: LabClient) -> None:
    root = ApiRoot(demo_stack.api_root, auth=TokenAuth(birch.auth[1]))
    assert root.max_content_length == 10 * 1024 * 1024
    assert {each.alias for each in root.collections} >= {"exercise", "distillation"}


def test_the_client_s_own_rights_are_booleans_it_acts_on(birch: LabClient) -> None:
    reference = birch.collection("reference")
    assert (reference.can_read, reference.can_write) == (True, False)
    assert isinstance(reference, Collection)


# --- python-stix2 --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def source(birch: LabClient) -> stix2.TAXIICollectionSource:
    return stix2.TAXIICollectionSource(birch.collection("distillation"))


def test_a_source_queries_with_its_page_of_5000(
    source: stix2.TAXIICollectionSource, published: list[str]
) -> None:
    found = source.query([stix2.Filter("type", "=", "indicator")])
    assert {each["id"] for each in found} >= set(published)
    [one] = source.query([stix2.Filter("id", "=", published[0])])
    assert one["id"] == published[0]


def test_a_source_gets_one_all_versions_and_none(
    source: stix2.TAXIICollectionSource, published: list[str]
) -> None:
    assert source.get(published[0])["id"] == published[0]
    assert [each["id"] for each in source.all_versions(published[0])] == [published[0]]
    assert source.get(f"indicator--{uuid.uuid4()}") is None


# --- cytaxii2 ------------------------------------------------------------------------------------


def cyware(stack: Stack, user: str, password: str) -> cytaxii2.cytaxii2:
    return cytaxii2.cytaxii2(discovery_url=stack.discovery, username=user, password=password)


def test_cytaxii2_reads_every_resource_it_knows(
    demo_stack: Stack, birch: LabClient, published: list[str]
) -> None:
    client = cyware(demo_stack, *birch.auth)
    assert client.discovery_request()["response"]["default"] == demo_stack.api_root
    assert client.root_discovery()["response"]["versions"] == [TAXII]
    listed = client.collection_request()["response"]["collections"]
    assert "distillation" in {each["alias"] for each in listed}
    one = client.collection_data_request("distillation")["response"]
    assert one in listed
    met: list[str] = []
    onward = None
    while True:
        page = client.poll_request(
            "distillation", limit=5, next=onward, object_id=",".join(published)
        )["response"]
        met += [each["id"] for each in page["objects"]]
        if not (onward := page.get("next")):
            break
    assert met == published


def test_cytaxii2_can_parse_every_refusal(demo_stack: Stack, birch: LabClient) -> None:
    stranger = cyware(demo_stack, "nobody", "nothing").discovery_request()
    assert (stranger["status_code"], stranger["response"]["title"]) == (401, "Unauthorized")
    client = cyware(demo_stack, *birch.auth)
    assert client.collection_data_request("no-such")["status_code"] == 404
    refused = client.poll_request("distillation", limit=0)
    assert (refused["status_code"], refused["response"]["error_code"]) == (400, "bad-query")
    pushed = client.inbox_request("reference", stix_bundle={"objects": [indicator("[x:y = 1]")]})
    assert (pushed["status_code"], pushed["response"]["error_code"]) == (403, "forbidden")


# --- recorded profiles ---------------------------------------------------------------------------


def test_opencti_goes_on_with_next_and_added_after_together(
    birch: LabClient, published: list[str]
) -> None:
    url, met = birch.url("distillation", "objects"), []
    parameters = {"added_after": "2020-01-01T00:00:00.000Z", "limit": 5}
    while True:
        answer = birch.get(url, **parameters)
        page = answer.json()
        assert page["objects"][0]["spec_version"] == "2.1"
        met += [each["id"] for each in page["objects"]]
        parameters["added_after"] = answer.headers["X-TAXII-Date-Added-Last"]
        if not page["more"]:
            break
        parameters["next"] = page["next"]
    assert [each for each in met if each in published] == published
    assert len(met) == len(set(met))


def test_misp_pulls_in_lower_case_without_a_slash(birch: LabClient, published: list[str]) -> None:
    name = base64.b64encode(":".join(birch.auth).encode()).decode()
    answer = requests.get(
        birch.url("distillation", "objects").rstrip("/"),
        params={"next": "", "limit": "10", "match[id]": ",".join(published)},
        headers={"Authorization": f"basic {name}", "Accept": "application/taxii+json; version=2.1"},
        allow_redirects=False,
        timeout=30,
    )
    assert answer.status_code == 200
    assert [each["id"] for each in answer.json()["objects"]] == published[:10]


def test_opencti_pushes_a_bundle_as_stix_without_a_slash(alder: LabClient) -> None:
    pattern = f"[domain-name:value = '{uuid.uuid4().hex[:12]}.meadowexit.example']"
    bundle = {
        "type": "bundle",
        "id": f"bundle--{uuid.uuid4()}",
        "objects": [indicator(pattern)],
    }
    answer = requests.post(
        alder.url("distillation", "objects").rstrip("/"),
        auth=alder.auth,
        json=bundle,
        headers={"Content-Type": "application/stix+json;version=2.1"},
        allow_redirects=False,
        timeout=30,
    )
    assert answer.status_code == 202
    assert alder.finished(answer.json()["id"])["success_count"] == 1


# --- the wire itself -----------------------------------------------------------------------------


def test_a_chunked_envelope_is_taken(alder: LabClient) -> None:
    def chunks() -> Iterator[bytes]:
        pattern = f"[domain-name:value = '{uuid.uuid4().hex[:12]}.meadowexit.example']"
        whole = json.dumps({"objects": [indicator(pattern)]}).encode()
        yield whole[:100]
        yield whole[100:]

    answer = requests.post(
        alder.url("distillation", "objects"),
        auth=alder.auth,
        data=chunks(),
        headers={"Content-Type": TAXII, "Accept": TAXII},
        timeout=30,
    )
    assert answer.status_code == 202
    assert alder.finished(answer.json()["id"])["success_count"] == 1


def test_a_body_over_the_limit_is_413_as_a_taxii_error(alder: LabClient) -> None:
    answer = requests.post(
        alder.url("distillation", "objects"),
        auth=alder.auth,
        data=b" " * (10 * 1024 * 1024 + 1),
        headers={"Content-Type": TAXII, "Accept": TAXII},
        timeout=60,
    )
    assert answer.status_code == 413
    assert answer.json()["http_status"] == "413"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("collections/distillation/objects/?match[type]=%00", 400),
        ("collections/distillation/objects/?match[type]=%ff", 400),
        ("collections/%00/objects/", 404),
        ("collections/%ff/objects/", 404),
        ("collections/distillation/objects/%00/", 404),
        ("collections/distillation/objects/?next=" + "x" * 3000, 400),
        ("nothing/here", 404),
    ],
    ids=lambda value: str(value)[:48],
)
def test_odd_bytes_in_a_url_are_a_taxii_4xx(birch: LabClient, path: str, status: int) -> None:
    answer = birch.get(birch.stack.api_root + path)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == TAXII
    assert answer.json()["http_status"] == str(status)


def test_a_head_has_the_headers_and_no_body(birch: LabClient, published: list[str]) -> None:
    assert published
    answer = requests.head(
        birch.url("distillation", "objects"), auth=birch.auth, headers={"Accept": TAXII}, timeout=30
    )
    assert answer.status_code == 200
    assert answer.content == b""
    assert "X-TAXII-Date-Added-Last" in answer.headers


def test_forty_ids_page_although_the_cursor_repeats_them(
    alder: LabClient, birch: LabClient, published: list[str]
) -> None:
    """taxii2-client sends its filters again beside `next`: both have to fit into one URL."""
    ids = published + [f"indicator--{uuid.uuid4()}" for _ in range(40 - PUSHED)]
    met = [
        each["id"]
        for page in as_pages(birch.collection("distillation").get_objects, per_request=5, id=ids)
        for each in page["objects"]
    ]
    assert met == published
