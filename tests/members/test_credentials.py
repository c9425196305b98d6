"""Tokens: their form, their life, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.members.credentials import (
    EVERYDAY_SCOPES,
    CredentialRefused,
    credential_id_of,
    issue,
    new_secret,
    revoke,
)
from indicators.models.member import Credential, Member
from tests.labs import new_lab


NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ENTROPY = st.binary(min_size=37, max_size=37)


@given(ENTROPY)
def test_every_token_has_the_form_that_leak_scanners_look_for(entropy: bytes) -> None:
    credential_id, token = new_secret(entropy)
    prefix, carried, rest = token.split("_")
    assert (prefix, carried, len(carried), len(rest)) == ("fshr", credential_id, 8, 43 + 6)
    assert rest.isalnum()
    assert rest.isascii()
    assert credential_id_of(token) == credential_id


@given(ENTROPY, st.integers(0, 62), st.sampled_from("aB3_"))
def test_the_checksum_notices_a_mistyped_character(entropy: bytes, at: int, wrong: str) -> None:
    _, token = new_secret(entropy)
    typed = token[:at] + wrong + token[at + 1 :]
    assert typed == token or credential_id_of(typed) is None


@given(ENTROPY, ENTROPY)
def test_different_randomness_gives_different_tokens(one: bytes, other: bytes) -> None:
    assert (new_secret(one) == new_secret(other)) == (one == other)


def test_a_token_is_never_made_of_too_little_randomness() -> None:
    with pytest.raises(ValueError, match="37 random bytes"):
        new_secret(bytes(36))


@pytest.fixture
def alder(db: None) -> Member:
    return new_lab("alder").member


def make(member: Member, **changes: Any) -> tuple[Credential, str]:
    wanted = {"label": "siem", "scopes": EVERYDAY_SCOPES, "days": 90, "now": NOW}
    return issue(member=member, **{**wanted, **changes})


def test_only_the_hash_of_a_token_is_kept(alder: Member) -> None:
    credential, token = make(alder)
    kept = Credential.objects.get(pk=credential.pk)
    assert bytes(kept.secret_sha256) == sha256(token.encode()).digest()
    assert kept.expires_at == NOW + timedelta(days=90)
    assert kept.created_day == NOW.date()


def test_two_keys_under_one_label_live_side_by_side_and_a_third_is_refused(alder: Member) -> None:
    make(alder)
    make(alder)
    with pytest.raises(CredentialRefused, match="revoke the one that is no longer used"):
        make(alder)
    make(alder, label="another")


def test_a_revoked_or_expired_key_makes_room_for_the_next(alder: Member) -> None:
    first, _ = make(alder)
    make(alder, days=1)
    revoke(first, now=NOW)
    make(alder)
    later = NOW + timedelta(days=2)
    make(alder, now=later)


def test_the_first_revocation_stands(alder: Member) -> None:
    credential, _ = make(alder)
    revoke(credential, now=NOW)
    revoke(credential, now=NOW + timedelta(days=1))
    assert Credential.objects.get(pk=credential.pk).revoked_at == NOW


@pytest.mark.parametrize(
    "changes",
    [
        {"days": 0},
        {"days": 367},
        {"scopes": []},
        {"scopes": ["admin"]},
        {"scopes": ["feed:read:"]},
        {"scopes": ["submit:distillation"]},
    ],
    ids=str,
)
def test_what_would_live_too_long_or_mean_nothing_is_refused(
    alder: Member, changes: dict[str, Any]
) -> None:
    with pytest.raises(CredentialRefused):
        make(alder, **changes)


def test_reading_may_be_narrowed_to_one_collection(alder: Member) -> None:
    credential, _ = make(alder, scopes=["feed:read:distillation"])
    assert credential.scopes == ["feed:read:distillation"]
