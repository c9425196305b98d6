"""Every failure to prove a credential is the same failure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from indicators.members.authenticate import (
    CACHE_SECONDS,
    AuthenticationFailed,
    Principal,
    authenticate,
)
from indicators.members.credentials import EVERYDAY_SCOPES, new_secret, revoke
from indicators.models.member import Credential, Member
from tests.labs import Lab, new_lab


pytestmark = pytest.mark.django_db

NOW = datetime.now(UTC)  # noqa: TID251  the labs' keys live from now on
STRANGER = new_secret(bytes(37))[1]


@pytest.fixture
def alder() -> Lab:
    return new_lab("alder")


@pytest.fixture
def birch() -> Lab:
    return new_lab("birch")


def prove(
    secret: str, credential_id: str | None = None, *, later: timedelta = timedelta()
) -> Principal:
    return authenticate(credential_id=credential_id, secret=secret, now=NOW + later)


def test_a_token_proves_its_member_with_and_without_the_id(alder: Lab) -> None:
    expected = Principal(
        alder.member.id, "alder", alder.credential.id, tuple(sorted(EVERYDAY_SCOPES))
    )
    assert prove(alder.token) == expected
    assert prove(alder.token, alder.credential.id) == expected


def test_a_token_under_the_id_of_another_proves_nothing(alder: Lab, birch: Lab) -> None:
    prove(alder.token)
    with pytest.raises(AuthenticationFailed):
        prove(alder.token, birch.credential.id)


def expire(lab: Lab) -> str:
    Credential.objects.filter(pk=lab.credential.pk).update(expires_at=NOW - timedelta(minutes=6))
    return lab.token


def revoked(lab: Lab) -> str:
    revoke(lab.credential, now=NOW)
    return lab.token


def suspend(lab: Lab) -> str:
    Member.objects.filter(pk=lab.id).update(state=Member.State.SUSPENDED)
    return lab.token


def mistype(lab: Lab) -> str:
    return lab.token[:-1] + ("0" if lab.token[-1] != "0" else "1")


def other_secret(lab: Lab) -> str:
    """A well-formed token with this id and another secret."""
    Credential.objects.filter(pk=lab.credential.pk).update(secret_sha256=bytes(32))
    return lab.token


FAILURES: list[Callable[[Lab], str]] = [
    expire,
    revoked,
    suspend,
    mistype,
    other_secret,
    lambda _: STRANGER,
    lambda _: "",
    lambda _: "\x00",
    lambda _: "fshr_\u00e9",
    lambda _: "x" * 100_000,
]


@pytest.mark.parametrize("spoil", FAILURES)
def test_every_failure_looks_and_costs_the_same(alder: Lab, spoil: Callable[[Lab], str]) -> None:
    secret = spoil(alder)
    with (
        CaptureQueriesContext(connection) as queries,
        pytest.raises(AuthenticationFailed) as raised,
    ):
        prove(secret)
    assert len(queries) == 1
    assert raised.value.args == ()


@pytest.mark.parametrize("credential_id", ["", "\x00", "ALDER", "x" * 100_000, "' OR 1=1 --"])
def test_an_id_that_is_none_is_no_error_of_the_database(alder: Lab, credential_id: str) -> None:
    with pytest.raises(AuthenticationFailed):
        prove(alder.token, credential_id)


def test_clocks_may_differ_by_five_minutes_at_the_end(alder: Lab) -> None:
    Credential.objects.filter(pk=alder.credential.pk).update(expires_at=NOW - timedelta(minutes=4))
    prove(alder.token)


def test_a_proof_is_remembered_for_seconds_and_a_revocation_felt_after_them(alder: Lab) -> None:
    prove(alder.token)
    with CaptureQueriesContext(connection) as queries:
        prove(alder.token, later=timedelta(seconds=CACHE_SECONDS - 1))
    assert len(queries) == 0
    revoke(alder.credential, now=NOW)
    with pytest.raises(AuthenticationFailed):
        prove(alder.token, later=timedelta(seconds=CACHE_SECONDS))


def test_a_failure_is_not_remembered(alder: Lab) -> None:
    suspend(alder)
    with pytest.raises(AuthenticationFailed):
        prove(alder.token)
    Member.objects.filter(pk=alder.id).update(state=Member.State.ACTIVE)
    prove(alder.token)
