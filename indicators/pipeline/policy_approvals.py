"""Two people approve a version of the disclosure policy, by the hash of its text.

It is a record, and nothing here is asked before the hub decides: a version comes into force with a
release, by whoever can deploy (ADR-0033). So that the approval can come before the release, the new
text is announced here first; so that none is forgotten, staff are told of one that lacks it.
Refuses: the same person twice, a text that is no policy, a version whose text has changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from indicators.domain.disclosure import candidate_policy, current_policy
from indicators.members.registry import Clerk
from indicators.models.policy_approval import PolicyApproval
from indicators.models.rescreen import PolicyText
from indicators.models.two_people import same_person
from indicators.pipeline import bulk


LONGEST = 1024 * 1024
"""Bytes of a text."""
_LONGEST_VERSION = 40


class State(StrEnum):
    """Where a text stands."""

    ANNOUNCED = "announced"
    IN_FORCE = "in force"
    WAS = "was in force"


class ApprovalError(ValueError):
    """What cannot be announced or approved; the message says why."""


@dataclass(frozen=True, slots=True)
class Version:
    """A text of the policy, where it stands, and who approved it."""

    version: str
    text: str
    state: State
    since: datetime | None
    """When this hub first ran with it, if it did."""
    approval: PolicyApproval | None

    @property
    def sha256(self) -> str:
        return digest_of(self.text)

    @property
    def is_approved(self) -> bool:
        return self.approval is not None and self.approval.is_approved

    @property
    def first_by(self) -> str:
        return self.approval.first_by if self.approval else ""


def digest_of(text: str) -> str:
    """What `sha256sum disclosure.toml` says of it."""
    return hashlib.sha256(text.encode()).hexdigest()


def versions() -> list[Version]:
    """What is announced, what is in force, and what was, the newest first."""
    approvals = {each.sha256: each for each in PolicyApproval.objects.order_by("-recorded_at")}
    ran = list(_ran(approvals))
    known = {each.sha256 for each in ran}
    announced = [each for each in approvals.values() if each.sha256 not in known]
    return [
        *(Version(each.version, each.text, State.ANNOUNCED, None, each) for each in announced),
        *ran,
    ]


def _ran(approvals: dict[str, PolicyApproval]) -> Iterator[Version]:
    """The text that runs comes from the package: the one that was kept may be another."""
    policy = current_policy()
    kept = list(PolicyText.objects.order_by("-since"))
    since = next((each.since for each in kept if each.text == policy.text), None)
    approval = approvals.get(digest_of(policy.text))
    yield Version(policy.version, policy.text, State.IN_FORCE, since, approval)
    for each in kept:
        if each.text != policy.text:
            found = approvals.get(digest_of(each.text))
            yield Version(each.version, each.text, State.WAS, each.since, found)


def before(version: Version, among: list[Version]) -> Version | None:
    """The one that it follows: what is announced follows what is in force."""
    if version.state == State.ANNOUNCED:
        return next(each for each in among if each.state == State.IN_FORCE)
    ran = [each for each in among if each.state != State.ANNOUNCED]
    older = ran[ran.index(version) + 1 :]
    return older[0] if older else None


def lacking() -> str:
    """The hash of the text in force if two people have not approved it; else nothing."""
    digest = digest_of(current_policy().text)
    approved = PolicyApproval.objects.filter(pk=digest).exclude(second_by="")
    return "" if approved.exists() else digest


@transaction.atomic
def announce(clerk: Clerk, body: bytes) -> PolicyApproval:
    """Put a text before people that is not in force yet.

    Raises:
        ApprovalError: it is no policy, has run already, or takes the version of another text.
        PolicyError: it is no policy; the message says what is wrong.
    """
    text = _text(body)
    version = candidate_policy(text).version
    if len(version) > _LONGEST_VERSION:
        raise ApprovalError(f"A version has {_LONGEST_VERSION} characters at most.")
    for each in versions():
        if each.text == text:
            raise ApprovalError(f"This is {each.version}, {each.state}: approve it there.")
        if each.version == version and each.state != State.ANNOUNCED:
            raise ApprovalError(f"{version} has run with another text. Give a new version.")
    return _record(clerk, version, text, announced_by=clerk.by)


@transaction.atomic
def approve(clerk: Clerk, sha256: str) -> PolicyApproval:
    """Approve a text in one's own name; the second, different person makes it approved.

    Raises:
        ApprovalError: there is no such text, one has approved it already, or two have.
    """
    found = next((each for each in versions() if each.sha256 == sha256), None)
    if found is None:
        raise ApprovalError("There is no such text of the policy.")
    if found.approval is None:
        _record(clerk, found.version, found.text, announced_by="")
    row = PolicyApproval.objects.select_for_update().get(pk=sha256)
    if row.is_approved:
        raise ApprovalError("Two people have approved it already.")
    if same_person(row.first_by, clerk.by):
        raise ApprovalError("You have approved it already; a second, different person is needed.")
    if row.first_by:
        row.second_by, row.second_at = clerk.by, bulk.clock()
    else:
        row.first_by, row.first_at = clerk.by, bulk.clock()
    row.save()
    clerk.note("policy approved", f"policy/{row.sha256}", version=row.version)
    return row


def _record(clerk: Clerk, version: str, text: str, *, announced_by: str) -> PolicyApproval:
    row, is_new = PolicyApproval.objects.get_or_create(
        sha256=digest_of(text),
        defaults={
            "version": version,
            "text": text,
            "announced_by": announced_by,
            "recorded_at": bulk.clock(),
        },
    )
    if is_new and announced_by:
        clerk.note("policy announced", f"policy/{row.sha256}", version=version)
    return row


def _text(body: bytes) -> str:
    if len(body) > LONGEST:
        raise ApprovalError("That is more than a mebibyte: no policy is.")
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise ApprovalError("That is no text in UTF-8.") from error
