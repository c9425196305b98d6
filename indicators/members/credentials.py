"""A machine's key: made, shown once, known by its hash, revoked.

A token is `fshr_<8 base32 id>_<43 base62 secret><6 base62 CRC32>`: the prefix and the checksum let
leak scanners recognise it without asking us. The secret holds 256 random bits, so a plain SHA-256
of the token keeps it; a slow hash would only slow the feed down.
Refuses: to show a secret twice, lives over a year, a third live key under one label, and more keys
than anybody can keep in view.
"""

from __future__ import annotations

import re
import secrets
import string
import zlib
from collections.abc import Collection as Many
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from indicators.models.member import Credential, Member


# Rotation needs the old and the new key to work side by side, so that a lab can change over without
# missing a poll. A third would be a key that nobody remembers.
MAX_LIVE_PER_LABEL = 2
MAX_DAYS = 366
LONGEST_LABEL = 80
# More than any lab has clients: a stolen login cannot fill the table, and a list can be read.
MAX_LIVE = 40

FEED_READ = "feed:read"
SUBMIT = "submit"
STATUS_READ = "status:read"
EVERYDAY_SCOPES = (FEED_READ, SUBMIT, STATUS_READ)

_SCOPE = re.compile(rf"{FEED_READ}(:[-a-zA-Z0-9_]+)?|{SUBMIT}|{STATUS_READ}")
_TOKEN = re.compile(r"(fshr_([a-z2-7]{8})_[0-9A-Za-z]{43})([0-9A-Za-z]{6})")
_BASE32 = string.ascii_lowercase + "234567"
_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_ID_BYTES, _SECRET_BYTES = 5, 32


class CredentialRefused(ValueError):  # noqa: N818  reads as the sentence it is
    """A credential that must not be made; the message says why and what to do."""


def new_secret(entropy: bytes) -> tuple[str, str]:
    """Credential id and token from 37 random bytes.

    Raises:
        ValueError: there are more or fewer bytes.
    """
    if len(entropy) != _ID_BYTES + _SECRET_BYTES:
        raise ValueError(f"a token is made of {_ID_BYTES + _SECRET_BYTES} random bytes")
    credential_id = _digits(entropy[:_ID_BYTES], _BASE32, width=8)
    body = f"fshr_{credential_id}_{_digits(entropy[_ID_BYTES:], _BASE62, width=43)}"
    return credential_id, body + _checksum(body)


def credential_id_of(token: str) -> str | None:
    """The id that a token carries; None when it is no token of ours, or mistyped."""
    match = _TOKEN.fullmatch(token)
    if match is None or _checksum(match[1]) != match[3]:
        return None
    return match[2]


def digest(token: str) -> bytes:
    """What is kept of a token."""
    return sha256(token.encode()).digest()


@transaction.atomic
def issue(
    *, member: Member, label: str, scopes: Iterable[str], days: int, now: datetime
) -> tuple[Credential, str]:
    """Make a credential that lives `days` days; returns it and its token, which is shown only here.

    Raises:
        CredentialRefused: unknown scope, none, a life over a year, or too many live keys already.
    """
    wanted = sorted(set(scopes))
    _check(wanted, days)
    # The lock keeps two issuers from both seeing one live key and making a second and a third.
    Member.objects.select_for_update().get(pk=member.pk)
    live = _live(member.pk, now)
    if live.count() >= MAX_LIVE:
        raise CredentialRefused(
            f"{member.slug} has {MAX_LIVE} live credentials already: revoke those not in use."
        )
    if live.filter(label=label).count() >= MAX_LIVE_PER_LABEL:
        raise CredentialRefused(
            f"{member.slug} has {MAX_LIVE_PER_LABEL} live credentials labelled {label!r} already: "
            "revoke the one that is no longer used, or choose another label."
        )
    credential_id, token = new_secret(secrets.token_bytes(_ID_BYTES + _SECRET_BYTES))
    credential = Credential.objects.create(
        id=credential_id,
        member=member,
        label=label,
        secret_sha256=digest(token),
        scopes=wanted,
        expires_at=now + timedelta(days=days),
        created_day=now.date(),
    )
    return credential, token


def revoke(credential: Credential, *, now: datetime) -> None:
    """End a credential for good; web processes forget it within seconds. Twice is once."""
    Credential.objects.filter(pk=credential.pk, revoked_at__isnull=True).update(revoked_at=now)


def find(member_id: UUID, credential_id: str) -> Credential | None:
    """One of a member's own; None where there is none, or it is another's: the two are one."""
    return Credential.objects.filter(member_id=member_id, pk=credential_id).first()


def of(member_id: UUID) -> list[Credential]:
    """All credentials of a member, those that still live first."""
    found = Credential.objects.filter(member_id=member_id)
    return list(found.order_by(F("revoked_at").desc(nulls_first=True), "-expires_at"))


def live(member_id: UUID, *, now: datetime) -> list[Credential]:
    """Those of a member that open something now, the newest first."""
    return list(_live(member_id, now).order_by("-created_day", "-expires_at", "pk"))


def may_read(credential: Credential) -> bool:
    """Whether a client can read any collection with it."""
    return any(each.split(":")[:2] == FEED_READ.split(":") for each in credential.scopes)


def _check(scopes: Many[str], days: int) -> None:
    unknown = [scope for scope in scopes if _SCOPE.fullmatch(scope) is None]
    if unknown or not scopes:
        raise CredentialRefused(
            f"A credential needs scopes out of {', '.join(EVERYDAY_SCOPES)} and "
            f"{FEED_READ}:<alias>; not {', '.join(unknown) or 'none'}."
        )
    if not 1 <= days <= MAX_DAYS:
        raise CredentialRefused(f"A credential lives 1 to {MAX_DAYS} days, not {days}.")


def _live(member_id: UUID, now: datetime) -> QuerySet[Credential]:
    own = Credential.objects.filter(member_id=member_id)
    return own.filter(revoked_at__isnull=True, expires_at__gt=now)


def _checksum(body: str) -> str:
    return _digits(zlib.crc32(body.encode()).to_bytes(4, "big"), _BASE62, width=6)


def _digits(raw: bytes, alphabet: str, *, width: int) -> str:
    number, digits = int.from_bytes(raw, "big"), []
    for _ in range(width):
        number, rest = divmod(number, len(alphabet))
        digits.append(alphabet[rest])
    return "".join(reversed(digits))
