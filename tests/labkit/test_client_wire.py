"""The session is patient with a hub that is busy, and never speaks to anybody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from labkit.config import Access
from labkit.trouble import HubError, TroubleError
from labkit.wire import ATTEMPTS, Wire
from tests.labkit.evaluator import ELEMENT, Evaluator, serving


SECRET = "fshr_not_for_anybody"


@pytest.fixture
def hub() -> Iterator[Evaluator]:
    with serving(Evaluator()) as evaluator:
        yield evaluator


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def wire(waits: list[float]) -> Iterator[Wire]:
    with Wire(Access("abcdefgh", SECRET), sleep=waits.append) as made:
        yield made


def post(wire: Wire, hub: Evaluator) -> int:
    body = bytes(hub.key("phone").public_key.serialize())  # any point will do
    assert len(body) == ELEMENT
    headers = {"Idempotency-Key": "k"}
    return wire.post(f"{hub.url}evaluations/phone/2026Q4/", data=body, headers=headers).status_code


def test_a_hub_that_restarts_is_asked_again(wire: Wire, hub: Evaluator, waits: list[float]) -> None:
    hub.answers = [(503, {"Retry-After": "3"}, ""), (502, {}, ""), (429, {"Retry-After": "1"}, "")]
    assert post(wire, hub) == 200
    assert waits == [3, 1, 1]


def test_patience_ends(wire: Wire, hub: Evaluator, waits: list[float]) -> None:
    hub.answers = [(503, {}, "closed for today")] * ATTEMPTS
    with pytest.raises(HubError, match="closed for today"):
        post(wire, hub)
    assert len(waits) == ATTEMPTS - 1


def test_a_long_wait_is_left_to_the_caller(wire: Wire, hub: Evaluator, waits: list[float]) -> None:
    hub.answers = [(429, {"Retry-After": "3600"}, "spent")]
    with pytest.raises(HubError) as raised:
        post(wire, hub)
    assert (raised.value.status, raised.value.retry_after, waits) == (429, 3600, [])


def test_a_redirect_is_not_followed(wire: Wire, hub: Evaluator) -> None:
    with serving(Evaluator()) as other:
        hub.answers = [(307, {"Location": other.url}, "")]
        with pytest.raises(HubError, match="does not follow"):
            post(wire, hub)
        assert other.requests == 0


def test_a_refusal_is_told_in_the_hubs_words_without_the_secret(wire: Wire, hub: Evaluator) -> None:
    hub.answers = [(401, {}, "Prove a live credential.")]
    with pytest.raises(HubError, match=r"401 Prove a live credential\. Check credential") as raised:
        post(wire, hub)
    assert SECRET not in str(raised.value)


def test_where_nobody_listens_it_says_so(wire: Wire, waits: list[float]) -> None:
    with pytest.raises(TroubleError, match="cannot be reached"):
        wire.get("http://127.0.0.1:9/")
    assert len(waits) == ATTEMPTS - 1


@pytest.mark.parametrize(
    "url", ["https://.example/", "https://two words.example/", f"https://{'a' * 70}.example/"]
)
def test_an_address_that_cannot_be_asked_is_told_at_once(
    url: str, wire: Wire, waits: list[float]
) -> None:
    with pytest.raises(TroubleError, match="cannot be asked"):
        wire.get(url)
    assert waits == []


def test_an_authority_that_is_not_there_is_told(tmp_path: Path) -> None:
    missing = tmp_path / "ca.pem"
    with (
        Wire(Access("abcdefgh", SECRET), ca_file=missing) as wire,
        pytest.raises(TroubleError, match=f"{missing}.*Check url, ca_file"),
    ):
        wire.get("https://127.0.0.1:9/")


def test_a_page_for_people_is_no_answer(wire: Wire, hub: Evaluator) -> None:
    body = bytes(hub.key("phone").public_key.serialize())
    hub.documents.append({"kinds": {}})
    assert wire.json(hub.url) == {"kinds": {}}
    wire.hooks["response"].append(lambda answer, **_: setattr(answer, "_content", body))
    with pytest.raises(TroubleError, match="no JSON: check url, and any proxy"):
        wire.json(hub.url)


def test_taking_back_is_not_repeated_unheard(wire: Wire, waits: list[float]) -> None:
    with pytest.raises(TroubleError, match="cannot be reached"):
        wire.delete("http://127.0.0.1:9/")
    assert waits == []
