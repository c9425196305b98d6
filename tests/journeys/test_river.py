"""One lab's push to every lab's pull, with ordinary clients against the whole hub."""

from __future__ import annotations

import json
import subprocess
import uuid

import pytest
import requests
import stix2
from cytaxii2 import cytaxii2
from taxii2client.v21 import Server

from tests.forum import indicator, relationship, stix
from tests.journeys.lab import TAXII, LabClient
from tests.stack import Stack


pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def alder(demo_stack: Stack) -> LabClient:
    return LabClient(demo_stack, "alder")


@pytest.fixture(scope="module")
def birch(demo_stack: Stack) -> LabClient:
    return LabClient(demo_stack, "birch")


def fresh_pattern() -> str:
    return f"[domain-name:value = '{uuid.uuid4().hex[:12]}.meadowexit.example']"


def test_an_indicator_with_alders_habits_reaches_birch_without_them(
    alder: LabClient, birch: LabClient
) -> None:
    pattern = fresh_pattern()
    sent = indicator(
        pattern.replace(" = ", "  =  "),
        name="Alder gateway zq47",
        description="Seen by Alder's night shift",
        labels=["alder-soc"],
        x_alder_case="A-zq47",
        created_by_ref="identity--" + str(uuid.uuid4()),
        lang="en",
        external_references=[{"source_name": "alder-tickets", "external_id": "zq47"}],
    )
    status = alder.collection("distillation").add_objects({"objects": [sent]})
    assert status.status == "complete"
    assert status.success_count == 1

    published = birch.wait_for("distillation", pattern=pattern)
    text = json.dumps(published).lower()
    for trace in ("alder", "zq47", "night", "14:33.123", sent["id"].split("--")[1], "modified_by"):
        assert trace not in text
    assert published["id"] in status.successes[0]["message"]
    assert "description held: FREE_TEXT" in status.successes[0]["message"]


def test_taxii2_client_walks_from_discovery_to_objects(demo_stack: Stack, birch: LabClient) -> None:
    user, password = birch.auth
    server = Server(demo_stack.discovery, user=user, password=password)
    titles = {each.alias for each in server.default.collections}
    assert {"exercise", "distillation", "reference", "private"} <= titles
    assert sum(len(page) for page in birch.pages("reference", per_request=7)) == len(
        birch.feed("reference")
    )


def test_python_stix2_pushes_and_pulls(alder: LabClient, birch: LabClient) -> None:
    pattern = fresh_pattern()
    made = stix2.Indicator(pattern=pattern, pattern_type="stix", valid_from="2026-11-01T00:00:00Z")
    stix2.TAXIICollectionSink(alder.collection("distillation")).add(made)
    published = birch.wait_for("distillation", pattern=pattern)
    source = stix2.TAXIICollectionSource(birch.collection("distillation"))
    assert source.get(published["id"]).pattern == pattern


def test_cytaxii2_pushes_and_pulls(demo_stack: Stack, alder: LabClient, birch: LabClient) -> None:
    pattern = fresh_pattern()
    user, password = alder.auth
    pusher = cytaxii2.cytaxii2(
        discovery_url=demo_stack.discovery, username=user, password=password, version=2.1
    )
    collection = demo_stack.credentials["collections"]["distillation"]
    # It posts what it is given as it is: a dict would go out as a form.
    bundle = json.dumps({"objects": [indicator(pattern)]})
    answer = pusher.inbox_request(collection_id=collection, stix_bundle=bundle)
    assert answer["status_code"] == 202, answer
    birch.wait_for("distillation", pattern=pattern)


def test_curl_pushes_and_pulls(alder: LabClient, birch: LabClient) -> None:
    pattern = fresh_pattern()
    body = json.dumps({"objects": [indicator(pattern)]})
    subprocess.run(
        ["curl", "-sf", "-u", ":".join(alder.auth), "-H", f"Content-Type: {TAXII}", "-d", body,
         alder.url("distillation", "objects")],
        check=True, capture_output=True,
    )  # fmt: skip
    birch.wait_for("distillation", pattern=pattern)
    page = subprocess.run(
        ["curl", "-sf", "-u", ":".join(birch.auth), birch.url("distillation", "objects")],
        check=True, capture_output=True,
    ).stdout  # fmt: skip
    assert pattern in {each.get("pattern") for each in json.loads(page)["objects"]}


def test_what_one_pulls_and_pushes_back_is_an_echo(alder: LabClient, birch: LabClient) -> None:
    domain = stix("domain-name", value=f"{uuid.uuid4().hex[:12]}.meadowexit.example")
    sign = indicator(f"[domain-name:value = '{domain['value']}']")
    sent = alder.post("distillation", relationship(sign, "based-on", domain), sign, domain)
    assert alder.finished(sent["id"])["success_count"] == 3
    before = birch.feed("distillation")
    status = birch.finished(birch.post("distillation", *before)["id"])
    assert status["success_count"] == len(before)
    assert {each["message"].split(":")[0] for each in status["successes"]} == {"echo"}
    assert birch.feed("distillation") == before


def test_a_lab_sees_neither_anothers_status_nor_an_ungranted_collection(
    demo_stack: Stack, alder: LabClient, birch: LabClient
) -> None:
    sent = alder.post("distillation", indicator(fresh_pattern()))
    for url in (
        f"{demo_stack.api_root}status/{sent['id']}/",
        f"{demo_stack.api_root}status/{uuid.uuid4()}/",
    ):
        assert birch.get(url).status_code == 404
    private = demo_stack.credentials["collections"]["private"]
    answers = [alder.get(alder.url(name)) for name in (private, "private", str(uuid.uuid4()))]
    assert {each.status_code for each in answers} == {404}
    assert birch.get(birch.url(private)).status_code == 200


def test_delete_takes_ones_contribution_back(alder: LabClient, birch: LabClient) -> None:
    pattern = fresh_pattern()
    sign = indicator(pattern)
    alder.finished(alder.post("distillation", sign)["id"])
    published = birch.wait_for("distillation", pattern=pattern)
    assert delete_status(birch, published["id"]) == 404
    assert delete_status(alder, sign["id"]) == 200
    [revoked] = birch.feed("distillation", id=published["id"])
    assert revoked["revoked"] is True
    listed = birch.feed("distillation-withdrawn")
    assert [published["id"]] in [each["object_refs"] for each in listed]


def delete_status(lab: LabClient, stix_id: str) -> int:
    answer = requests.delete(
        lab.url("distillation", "objects", stix_id),
        auth=lab.auth,
        headers={"Accept": TAXII},
        timeout=30,
    )
    return answer.status_code
