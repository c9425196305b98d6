"""Who is speaking: a token becomes a principal, or nothing at all.

Promises: every failure looks and costs the same, whether the id is unknown, the secret wrong, the
credential expired or revoked, or the member not active; a revocation is felt in every web process
within CACHE_SECONDS.
Refuses: to say why.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from indicators.members.credentials import credential_id_of, digest
from indicators.models.member import Credential, Member


# Machines' clocks differ: a key that has just run out on ours has not yet on the lab's.
CLOCK_TOLERANCE = timedelta(minutes=5)
CACHE_SECONDS = 5
# More than the keys of any Forum; only successes are kept, so a flood of guesses cannot fill it.
CACHE_SIZE = 1024
_UNKNOWN = bytes(32)


class AuthenticationFailed(Exception):  # noqa: N818  the trade's word, as in DRF
    """No credential was proven. Says no more, on purpose."""


@dataclass(frozen=True, slots=True)
class Principal:
    """A member speaking through one credential."""

    member_id: UUID
    member_slug: str
    credential_id: str
    scopes: tuple[str, ...]


_recent: dict[tuple[str, bytes], tuple[Principal, datetime]] = {}


def authenticate(*, credential_id: str | None, secret: str, now: datetime) -> Principal:
    """Prove a credential by its whole token; the id is needed only where a client sends one.

    Raises:
        AuthenticationFailed: for every reason alike.
    """
    offered = digest(secret)
    carried = credential_id_of(secret) or ""
    claimed = carried if credential_id is None else credential_id
    key = (claimed, offered)
    if (found := _recent.get(key)) and abs((now - found[1]).total_seconds()) < CACHE_SECONDS:
        return found[0]
    # A malformed id is looked up as no id: a NUL in it would be an error of the driver.
    principal = _proven(claimed if claimed == carried else "", offered, now)
    if len(_recent) >= CACHE_SIZE:
        _recent.clear()
    _recent[key] = (principal, now)
    return principal


def _proven(credential_id: str, offered: bytes, now: datetime) -> Principal:
    credential = Credential.objects.select_related("member").filter(pk=credential_id).first()
    kept = _UNKNOWN if credential is None else bytes(credential.secret_sha256)
    same = hmac.compare_digest(kept, offered)
    if credential is None or not same or not _valid(credential, now):
        raise AuthenticationFailed
    member = credential.member
    return Principal(member.id, member.slug, credential.id, tuple(credential.scopes))


def _valid(credential: Credential, now: datetime) -> bool:
    return (
        credential.revoked_at is None
        and now < credential.expires_at + CLOCK_TOLERANCE
        and credential.member.state == Member.State.ACTIVE
    )
