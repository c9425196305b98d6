"""The matching doors before those who mean no good, or whose client is broken: never a 500."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from indicators.matching import rotation, slots
from indicators.matching.limits import current_limits
from indicators.matching.quarters import quarter_of
from indicators.matching.seeds import SeedStore, store
from indicators.members import credentials
from indicators.models.matching import BudgetUse, EvaluationRequest
from labkit.keylist import KeyList
from labkit.tokens import blind, oprf_input
from tests.forum import now
from tests.labs import Lab, another_key, new_lab
from tests.matching.keys import clerk
from tests.taxii.door import Answer, Caller


pytestmark = pytest.mark.django_db

ROOT = "/api/v1/matching/"
KEYS, BUDGET = f"{ROOT}keys/", f"{ROOT}budget/"
PROBLEM = "application/problem+json"
OCTETS = "application/octet-stream"
ELEMENTS = blind([oprf_input("phone", "+12025550101"), oprf_input("phone", "+12025550102")]).body


@pytest.fixture
def alder(tmp_path: Any, settings: Any) -> Lab:
    settings.TOKEN_KEYS = tmp_path
    rotation.ensure(clerk(now()), store(), {})
    return new_lab("alder")


def current(lab: Lab) -> str:
    return KeyList.verified(Caller(lab).get(KEYS).json).current_epoch("phone", now())


def door(lab: Lab) -> str:
    return f"{ROOT}evaluations/phone/{current(lab)}/"


def post(
    lab: Lab | None,
    path: str,
    body: bytes = ELEMENTS,
    *,
    content_type: str = OCTETS,
    environment: Mapping[str, Any] | None = None,
    key: str | None = None,
) -> Answer:
    headers = {"idempotency_key": key}
    return Caller(lab).call(
        "POST",
        path,
        body=body,
        content_type=content_type,
        environment=environment,
        headers=headers,
    )


def untouched() -> bool:
    return not BudgetUse.objects.exists() and not EvaluationRequest.objects.exists()


class Unread:
    """A body that nobody may touch."""

    def read(self, _size: int = -1) -> bytes:
        raise AssertionError("the body was read")

    readline = read


def test_a_stranger_is_turned_away_before_a_byte_is_read(alder: Lab) -> None:
    answer = post(None, door(alder), environment={"wsgi.input": Unread()})
    assert answer.status == 401
    assert answer.headers["Content-Type"] == PROBLEM
    assert answer.json["code"] == "unauthorized"


@pytest.mark.parametrize(
    ("content_type", "length", "status"),
    [(OCTETS, "32769", 413), (OCTETS, "9" * 30, 413), ("application/json", "64", 415)],
)
def test_what_can_be_judged_by_its_headers_is_not_read(
    alder: Lab, content_type: str, length: str, status: int
) -> None:
    environment = {"wsgi.input": Unread(), "CONTENT_LENGTH": length}
    answer = post(alder, door(alder), content_type=content_type, environment=environment)
    assert (answer.status, answer.headers["Content-Type"]) == (status, PROBLEM)


class Endless:
    """A chunked body without an end; counts what is taken."""

    taken = 0

    def read(self, size: int = -1) -> bytes:
        assert size >= 0
        self.taken += size
        return b"\xff" * size

    readline = read


def test_of_an_endless_body_no_more_is_read_than_a_batch_may_have(alder: Lab) -> None:
    stream = Endless()
    environment = {
        "wsgi.input": stream,
        "wsgi.input_terminated": True,
        "HTTP_TRANSFER_ENCODING": "chunked",
        "CONTENT_LENGTH": "",
    }
    assert post(alder, door(alder), environment=environment).status == 413
    assert stream.taken <= 32_800


@pytest.mark.parametrize(
    "key", ["x" * 101, "ключ", "a\x00b", "a\x7fb", "\t.\t", "a\nb".replace("\n", "\x0b")]
)
def test_an_idempotency_key_that_cannot_be_used_is_a_400(alder: Lab, key: str) -> None:
    answer = post(alder, door(alder), environment={"HTTP_IDEMPOTENCY_KEY": key})
    assert (answer.status, answer.json["code"]) == (400, "bad-header")
    assert untouched()


@pytest.mark.parametrize("key", ["x" * 100, " spaced out ", "'; DROP TABLE budget_use; --"])
def test_other_keys_are_just_keys(alder: Lab, key: str) -> None:
    assert post(alder, door(alder), key=key).status == 200


BODIES = st.one_of(
    st.binary(max_size=400),
    st.binary(min_size=32, max_size=32).map(lambda one: ELEMENTS + one),
    st.integers(0, 63).map(
        lambda at: ELEMENTS[:at] + bytes([ELEMENTS[at] ^ 0x80]) + ELEMENTS[at + 1 :]
    ),
)


@given(body=BODIES)
@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_the_bytes_the_answer_is_an_evaluation_or_a_400(alder: Lab, body: bytes) -> None:
    with transaction.atomic():
        answer = post(alder, f"{ROOT}evaluations/phone/{quarter()}/", body)
    assert answer.status in (200, 400)
    if answer.status == 200:
        assert len(answer.response.content) == 64 + len(body)
    else:
        assert answer.json["code"] == "bad-elements"


def quarter() -> str:
    """An epoch that has begun, read where it costs no request."""
    return min(path.stem for path in store().path.glob("*.seed"))


@pytest.mark.parametrize(
    "place",
    [
        "phone/2031Q1",
        "phone/2026Q9",
        "phone/%00",
        "%00/2026Q4",
        "phone/" + "x" * 3000,
        "%F0%9F%A4%96/2026Q4",
        "%ff%fe/2026Q4",
        "..%2f..%2fkeys/2026Q4",
        "phone/2026Q4%0a",
        "PHONE/2026Q4",
        "phone/../../etc",
    ],
)
def test_no_such_kind_or_epoch_reads_the_same_whatever_it_is(alder: Lab, place: str) -> None:
    answers = [post(alder, f"{ROOT}evaluations/{each}/") for each in (place, "nothing/2026Q4")]
    assert [each.status for each in answers] == [404, 404]
    assert {each.headers["Content-Type"] for each in answers} == {PROBLEM}
    assert untouched()


def test_a_key_to_come_does_not_evaluate_yet(alder: Lab) -> None:
    epoch = current(alder)
    coming = quarter_of(epoch).next
    rotation.ensure(clerk(coming.starts - timedelta(days=1)), store(), {})
    answer = post(alder, f"{ROOT}evaluations/phone/{coming.epoch(set())}/")
    assert answer.status == 404
    assert "begins at" in answer.json["detail"]


def test_without_its_seed_nothing_is_evaluated_and_nothing_charged(
    alder: Lab, settings: Any
) -> None:
    path = door(alder)
    assert post(alder, path).status == 200
    BudgetUse.objects.all().delete()
    EvaluationRequest.objects.all().delete()
    for seed in settings.TOKEN_KEYS.glob("*.seed"):
        seed.unlink()
    answer = post(alder, path)
    assert (answer.status, answer.json["code"]) == (503, "no-key")
    assert answer.headers["Retry-After"] == "60"
    assert str(settings.TOKEN_KEYS) not in answer.response.content.decode()
    assert untouched()


def test_a_hub_that_has_no_keys_yet_says_so(db: None, tmp_path: Any, settings: Any) -> None:
    settings.TOKEN_KEYS = tmp_path / "nothing"
    lab = new_lab("alder")
    for answer in (Caller(lab).get(KEYS), post(lab, f"{ROOT}evaluations/phone/2026Q4/")):
        assert (answer.status, answer.json["code"]) == (503, "no-key")
    assert Caller(lab).get(BUDGET).status == 200


def test_a_list_that_was_tampered_with_is_neither_served_nor_used(alder: Lab) -> None:
    path = door(alder)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE shared.key_list_entry DISABLE TRIGGER append_only")
        cursor.execute(
            "UPDATE key_list_entry SET entry = replace(entry, '\"index\":3', '\"index\":4')"
        )
        cursor.execute("UPDATE key_list_entry SET hash = md5(hash) || md5(hash)")
    for answer in (Caller(alder).get(KEYS), post(alder, path)):
        assert (answer.status, answer.json["code"]) == (503, "no-key")
    assert untouched()


def test_a_credential_that_only_asks_for_statuses_evaluates_nothing(alder: Lab) -> None:
    asker = another_key(alder, [credentials.STATUS_READ])
    assert post(asker, door(alder)).status == 403
    assert Caller(asker).get(KEYS).status == 200
    for scope in (credentials.SUBMIT, credentials.FEED_READ, "feed:read:reference"):
        assert post(another_key(alder, [scope]), door(alder)).status == 200


def test_a_revoked_credential_is_no_credential(alder: Lab) -> None:
    path = door(alder)
    fresh = another_key(alder, [credentials.SUBMIT])
    credentials.revoke(fresh.credential, now=now())
    assert post(fresh, path).status == 401


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "BREW"])
def test_other_methods_get_405_and_the_ones_there_are(alder: Lab, method: str) -> None:
    for path, allowed in ((KEYS, "GET"), (BUDGET, "GET"), (door(alder), "POST")):
        answer = Caller(alder).call(method, path)
        assert (answer.status, answer.headers["Content-Type"]) == (405, PROBLEM)
        assert allowed in answer.headers["Allow"]


@pytest.mark.parametrize(
    "path", ["/api/", "/api/v2/", "/api/v1/matching/", f"{KEYS}x", "/api/%00", "/api/v1/%ff/"]
)
def test_a_path_that_names_nothing_is_a_problem_document(alder: Lab, path: str) -> None:
    for caller in (Caller(alder), Caller()):
        answer = caller.get(path, accept="text/html")
        assert (answer.status, answer.headers["Content-Type"]) == (404, PROBLEM)


def test_a_slash_at_the_end_and_accept_change_nothing(alder: Lab) -> None:
    assert Caller(alder).get(KEYS.rstrip("/"), accept="image/png").status == 200
    assert post(alder, door(alder).rstrip("/")).status == 200


def test_no_answer_is_kept_between_and_none_sets_a_cookie(alder: Lab) -> None:
    for answer in (Caller(alder).get(KEYS), Caller(alder).get(BUDGET), post(alder, door(alder))):
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert not answer.response.cookies


def test_a_spent_budget_is_told_in_numbers(alder: Lab) -> None:
    cap = current_limits().daily["phone"]
    BudgetUse.objects.create(member=alder.member, kind="phone", day=now().date(), used=cap - 1)
    answer = post(alder, door(alder))
    assert (answer.status, answer.json["code"]) == (429, "budget-spent")
    assert (answer.json["kind"], answer.json["used"], answer.json["cap"]) == ("phone", cap - 1, cap)
    assert answer.json["resets_at"].endswith("T00:00:00Z")
    assert 0 < int(answer.headers["Retry-After"]) <= 24 * 60 * 60


def test_nothing_that_is_evaluated_is_logged(alder: Lab, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    path = door(alder)
    with ExitStack() as quiet:
        quiet.callback(logging.getLogger("django.db.backends").setLevel, logging.NOTSET)
        logging.getLogger("django.db.backends").setLevel(logging.INFO)
        post(alder, path, key="a key of the lab")
        post(alder, path, ELEMENTS + b"\xff" * 32)
    said = caplog.text + "".join(str(vars(record)) for record in caplog.records)
    for element in (ELEMENTS[:32], ELEMENTS[32:], b"\xff" * 32):
        assert element.hex() not in said
        assert repr(element)[2:-1] not in said
    assert "a key of the lab" not in said


@contextmanager
def taken(member: Lab, number: int) -> Iterator[None]:
    """That many requests of this member being worked on, each on a connection of its own."""
    inside, leave = threading.Barrier(number + 1), threading.Event()

    def hold() -> None:
        try:
            with slots.slot(member.id, number):
                inside.wait(10)
                leave.wait(10)
        finally:
            connection.close()

    holders = [threading.Thread(target=hold) for _ in range(number)]
    for each in holders:
        each.start()
    inside.wait(10)
    try:
        yield
    finally:
        leave.set()
        for each in holders:
            each.join(10)


@pytest.mark.django_db(transaction=True)
def test_a_fifth_request_at_a_time_is_told_to_come_back(tmp_path: Any, settings: Any) -> None:
    settings.TOKEN_KEYS = tmp_path
    rotation.ensure(clerk(now()), SeedStore(tmp_path), {})
    alder, birch = new_lab("alder"), new_lab("birch")
    path = door(alder)
    with taken(alder, 4):
        answer = post(alder, path)
        assert (answer.status, answer.json["code"]) == (429, "busy")
        assert answer.headers["Retry-After"] == "1"
        assert untouched()
        assert post(birch, path).status == 200
    assert post(alder, path).status == 200
