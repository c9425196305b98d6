"""A credential's successor: same label, same rights, as long a life; both work side by side."""

from __future__ import annotations

from datetime import UTC

from indicators.members import credentials, registry
from indicators.members.registry import Clerk, RegistryError
from indicators.models.member import Credential, Member


def rotate(clerk: Clerk, member: Member, credential: Credential) -> tuple[Credential, str]:
    """Make the successor; returns it and its token, which is shown only here.

    The old one goes on until somebody revokes it, so that no poll is missed.

    Raises:
        RegistryError: the old one is revoked, or as `registry.issue`.
    """
    if credential.revoked_at is not None:
        raise RegistryError(f"{credential.pk} is revoked and has no successor: make a new key.")
    return registry.issue(
        clerk,
        member,
        label=credential.label,
        scopes=credential.scopes,
        days=_life_of(credential),
    )


def _life_of(credential: Credential) -> int:
    """In days, as it was given when it was made."""
    ends = credential.expires_at.astimezone(UTC).date()
    return min(max((ends - credential.created_day).days, 1), credentials.MAX_DAYS)
