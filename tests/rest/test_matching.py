"""The matching doors, as a lab's client meets them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from indicators.domain.tokens import Identifier
from indicators.matching import rotation
from indicators.matching.limits import current_limits
from indicators.matching.seeds import store
from indicators.matching.tokenise import tokens
from indicators.models.matching import BudgetUse
from labkit.keylist import KeyList
from labkit.normalise import normalise
from labkit.tokens import Blinded, TokenError, blind, combine, oprf_input
from tests.forum import now
from tests.labs import Lab, new_lab
from tests.matching.keys import clerk
from tests.taxii.door import Answer, Caller


pytestmark = pytest.mark.django_db
OCTETS = "application/octet-stream"
KEYS, BUDGET = "/api/v1/matching/keys/", "/api/v1/matching/budget/"
VALUES = ["a.b@kestrelmail.example", "c.d@kestrelmail.example"]


@pytest.fixture
def alder() -> Lab:
    rotation.ensure(clerk(now()), store(), {})
    return new_lab("alder")


def listed(lab: Lab) -> KeyList:
    return KeyList.verified(Caller(lab).call("GET", KEYS).json)


def current(lab: Lab, kind: str = "email-addr") -> str:
    return listed(lab).current_epoch(kind, now())


def batch(values: Sequence[str] = VALUES, kind: str = "email-addr") -> Blinded:
    return blind([oprf_input(kind, normalise(kind, each)) for each in values])


def post(
    lab: Lab,
    body: bytes,
    kind: str = "email-addr",
    epoch: str = "",
    *,
    content_type: str = OCTETS,
    headers: Mapping[str, Any] | None = None,
) -> Answer:
    path = f"/api/v1/matching/evaluations/{kind}/{epoch or current(lab)}/"
    return Caller(lab).call("POST", path, body=body, content_type=content_type, environment=headers)


def used(lab: Lab, kind: str = "email-addr") -> int:
    return int(Caller(lab).call("GET", BUDGET).json["kinds"][kind]["used"])


def test_two_labs_and_the_worker_get_the_same_token(alder: Lab) -> None:
    found = []
    for lab in (alder, new_lab("birch")):
        made, keys = batch(), listed(lab)
        answer = post(lab, made.body)
        assert answer.status == 200, answer.json
        key = keys.key("email-addr", current(lab), "hub")
        outputs = made.finalise(answer.response.content, key)
        found.append([combine({"hub": each}) for each in outputs])
    wanted = [Identifier("email-addr", each) for each in VALUES]
    worker = tokens(wanted, now=now())
    assert found[0] == found[1] == [worker[each].value for each in wanted]


def test_a_reply_under_another_key_is_not_believed(alder: Lab) -> None:
    made = batch()
    reply = post(alder, made.body).response.content
    with pytest.raises(TokenError):
        made.finalise(reply, listed(alder).key("phone", current(alder), "hub"))


def test_a_batch_costs_its_elements_and_the_same_bytes_nothing_more(alder: Lab) -> None:
    body = batch().body
    first = post(alder, body)
    cap = current_limits().daily["email-addr"]
    assert first.headers["X-Budget-Remaining"] == str(cap - 2)
    assert post(alder, body).status == 200
    assert used(alder) == 2
    post(alder, batch().body)
    assert used(alder) == 4


def test_a_lost_batch_comes_back_under_its_key_at_no_charge_eight_times(alder: Lab) -> None:
    key = {"HTTP_IDEMPOTENCY_KEY": "batch-1"}
    for _ in range(9):
        assert post(alder, batch().body, headers=key).status == 200
    assert used(alder) == 2
    post(alder, batch().body, headers=key)
    assert used(alder) == 4
    assert post(alder, batch(VALUES[:1]).body, headers=key).status == 409


def test_a_spent_budget_says_when_it_is_whole_again(alder: Lab) -> None:
    post(alder, batch(["+12025550101"], "phone").body, "phone")
    BudgetUse.objects.filter(kind="phone").update(used=current_limits().daily["phone"])
    refused = post(alder, batch(["+12025550102"], "phone").body, "phone")
    assert refused.status == 429
    assert 0 < int(refused.headers["Retry-After"]) <= timedelta(days=1).total_seconds()
    assert post(alder, batch().body).status == 200
    assert post(new_lab("birch"), batch(["+12025550102"], "phone").body, "phone").status == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"x", 400),
        (bytes(31), 400),
        (bytes(32), 400),  # the identity
        (b"\xff" * 32, 400),
        (bytes(32) * 1025, 413),
        (b"\xff" * 40_000, 413),
    ],
)
def test_what_is_no_batch_is_refused_and_costs_nothing(
    alder: Lab, body: bytes, status: int
) -> None:
    assert post(alder, body).status == status
    assert used(alder) == 0


def test_other_kinds_and_epochs_look_alike_and_ended_ones_are_gone(alder: Lab) -> None:
    body, epoch = batch().body, current(alder)
    unknown = [post(alder, body, *place) for place in (("shoe-size", epoch), ("pan", "2031Q1"))]
    assert {each.status for each in unknown} == {404}
    assert len({json.dumps(each.json | {"error_id": ""}) for each in unknown}) == 1
    rotation.revoke(clerk(now()), store(), reason="a drill", epoch=epoch)
    assert post(alder, body, epoch=epoch).status == 410
    rotation.ensure(clerk(now()), store(), {})
    assert current(alder) == f"{epoch}b"
    assert post(alder, body, epoch=f"{epoch}b").status == 200


def test_nobody_gets_in_without_a_credential_or_with_the_wrong_words(alder: Lab) -> None:
    for method, path in (("GET", KEYS), ("GET", BUDGET)):
        assert Caller().call(method, path).status == 401
    assert post(alder, batch().body, content_type="application/json").status == 415
    assert post(alder, batch().body, headers={"HTTP_CONTENT_ENCODING": "gzip"}).status == 415


def test_the_list_is_one_for_all_and_names_this_evaluator(alder: Lab) -> None:
    mine, theirs = (Caller(lab).call("GET", KEYS).json for lab in (alder, new_lab("birch")))
    assert json.dumps(mine) == json.dumps(theirs)
    assert [each["name"] for each in mine["evaluators"]] == [settings.EVALUATOR_NAME]
