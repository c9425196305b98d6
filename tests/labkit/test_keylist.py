from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from labkit.keylist import KeyList, KeyListError, packed, signed_entry, signer_name
from labkit.tokens import key_info
from tests.labkit.oprf_rfc import Server


FORUM = Ed25519PrivateKey.from_private_bytes(b"the Forum's signing key, 32 byte")
MALLORY = Ed25519PrivateKey.from_private_bytes(b"another one, that is not Forum's")
WINDOWS = {
    "2026Q3": ("2026-07-01T00:00:00Z", "2026-10-31T00:00:00Z"),
    "2026Q4": ("2026-10-01T00:00:00Z", "2027-01-31T00:00:00Z"),
    "2026Q4b": ("2026-11-15T12:00:00Z", "2027-01-31T00:00:00Z"),
    "2027Q1": ("2027-01-01T00:00:00Z", "2027-05-01T00:00:00Z"),
}
SEEDS = {"hub": bytes(32), "trustee": bytes(range(32))}
KIND = "email-addr"

Document = dict[str, Any]


def public_key(evaluator: str, epoch: str, kind: str = KIND) -> bytes:
    return Server(SEEDS[evaluator], key_info(kind, epoch)).public


def fields(epoch: str, act: str = "add", evaluator: str = "hub", **changes: str) -> dict[str, str]:
    not_before, not_after = WINDOWS[epoch]
    return {
        "act": act,
        "evaluator": evaluator,
        "kind": KIND,
        "epoch": epoch,
        "public_key": packed(public_key(evaluator, epoch)) if act == "add" else "",
        "not_before": not_before,
        "not_after": not_after,
        **changes,
    }


def document(*wanted: dict[str, str], signer: Ed25519PrivateKey = FORUM) -> Document:
    entries: list[dict[str, object]] = []
    for each in wanted:
        entries.append(signed_entry(signer, each, entries[-1] if entries else None))
    return {
        "scheme": "fs-voprf-r255-v1",
        "profile": "v1",
        "signer": signer_name(signer),
        "evaluators": [
            {"name": name, "url": f"https://{name}.example/evaluations/"} for name in SEEDS
        ],
        "entries": entries,
    }


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def usual() -> Document:
    return document(fields("2026Q3"), fields("2026Q4"), fields("2027Q1"))


def test_a_list_gives_the_keys_it_was_made_of(usual: Document) -> None:
    found = KeyList.verified(usual, signer_name(FORUM))
    assert found.key(KIND, "2026Q4", "hub") == public_key("hub", "2026Q4")
    assert found.evaluators(KIND, "2026Q4") == ("hub",)
    assert found.urls["trustee"] == "https://trustee.example/evaluations/"
    assert found.window(KIND, "2026Q4") == (at("2026-10-01"), at("2027-01-31"))


def test_entries_are_chained_and_signed_as_the_format_says(usual: Document) -> None:
    first, second = usual["entries"][:2]
    assert first["previous"] == ""
    assert second["previous"] == hashlib.sha256(rfc8785.dumps(first)).hexdigest()
    body = {name: value for name, value in second.items() if name != "signature"}
    signature = FORUM.sign(b"forum-share/key-list/v1\0" + rfc8785.dumps(body))
    assert second["signature"] == packed(signature)


def test_an_empty_list_is_a_list_without_keys() -> None:
    empty = KeyList.verified(document())
    assert empty.epochs(KIND, at("2026-11-01")) == ()
    assert empty.head == ""


@pytest.mark.parametrize(
    ("now", "epochs"),
    [
        ("2026-06-30T23:59:59", ()),
        ("2026-07-01T00:00:00", ("2026Q3",)),
        ("2026-09-30T23:59:59", ("2026Q3",)),
        ("2026-10-01T00:00:00", ("2026Q4", "2026Q3")),
        ("2026-10-30T23:59:59", ("2026Q4", "2026Q3")),
        ("2026-10-31T00:00:00", ("2026Q4",)),
        ("2027-01-15T00:00:00", ("2027Q1", "2026Q4")),
        ("2027-05-01T00:00:00", ()),
    ],
)
def test_epochs_overlap_and_the_newest_that_has_begun_is_current(
    usual: Document, now: str, epochs: tuple[str, ...]
) -> None:
    found = KeyList.verified(usual)
    assert found.epochs(KIND, at(now)) == epochs
    if epochs:
        assert found.current_epoch(KIND, at(now)) == epochs[0]
    else:
        with pytest.raises(KeyListError, match="no epoch of email-addr"):
            found.current_epoch(KIND, at(now))


def test_an_emergency_epoch_follows_the_revoked_one_at_once() -> None:
    found = KeyList.verified(
        document(fields("2026Q4"), fields("2026Q4", "revoke"), fields("2026Q4b"), fields("2027Q1"))
    )
    assert found.epochs(KIND, at("2026-11-14")) == ()
    assert found.epochs(KIND, at("2026-11-16")) == ("2026Q4b",)
    assert found.epochs(KIND, at("2027-01-02")) == ("2027Q1", "2026Q4b")


def test_an_emergency_epoch_beside_a_standing_one_is_the_newer() -> None:
    found = KeyList.verified(document(fields("2026Q4b"), fields("2026Q4")))
    assert found.epochs(KIND, at("2026-11-16")) == ("2026Q4b", "2026Q4")


@pytest.mark.parametrize(("act", "word"), [("revoke", "revoked"), ("destroy", "destroyed")])
def test_an_ended_epoch_has_no_keys_and_says_why(act: str, word: str) -> None:
    found = KeyList.verified(document(fields("2026Q4"), fields("2026Q4", act)))
    for ask in (
        lambda: found.key(KIND, "2026Q4", "hub"),
        lambda: found.evaluators(KIND, "2026Q4"),
        lambda: found.window(KIND, "2026Q4"),
    ):
        with pytest.raises(KeyListError, match=f"were {word}"):
            ask()


def test_the_end_of_one_evaluators_key_ends_the_epoch() -> None:
    found = KeyList.verified(
        document(
            fields("2026Q4", evaluator="trustee"),
            fields("2026Q4"),
            fields("2026Q4", "revoke", "trustee"),
        )
    )
    assert found.epochs(KIND, at("2026-11-01")) == ()


def test_two_evaluators_stand_in_the_order_of_their_names() -> None:
    found = KeyList.verified(document(fields("2026Q4", evaluator="trustee"), fields("2026Q4")))
    assert found.evaluators(KIND, "2026Q4") == ("hub", "trustee")
    assert found.key(KIND, "2026Q4", "trustee") == public_key("trustee", "2026Q4")


def test_a_key_that_is_not_listed_is_asked_for_in_vain(usual: Document) -> None:
    found = KeyList.verified(usual)
    with pytest.raises(KeyListError, match="no keys of phone in 2026Q4"):
        found.key("phone", "2026Q4", "hub")
    with pytest.raises(KeyListError, match="trustee has no key"):
        found.key(KIND, "2026Q4", "trustee")


# --- a list that was tampered with


def altered(usual: Document, change: Callable[[Document], object]) -> Document:
    found = copy.deepcopy(usual)
    change(found)
    return found


def replaced(found: Document) -> None:
    found["entries"][1]["public_key"] = packed(public_key("trustee", "2026Q4"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (replaced, "wrong signature"),
        (lambda d: d["entries"][2].update(not_after="2028-01-01T00:00:00Z"), "wrong signature"),
        (lambda d: d["entries"][0].update(signature=packed(bytes(64))), "wrong signature"),
        (lambda d: d["entries"][0].update(signature=packed(b"short")), "wrong signature"),
        (lambda d: d["entries"][0].update(signature="!"), "base64url"),
        (lambda d: d["entries"].pop(1), "was taken out or put in"),
        (lambda d: d["entries"].pop(0), "was taken out or put in"),
        (lambda d: d["entries"].insert(1, d["entries"][0]), "was taken out or put in"),
        (lambda d: d["entries"][0].pop("act"), "other fields"),
        (lambda d: d["entries"][0].update(more="x"), "other fields"),
        (lambda d: d["entries"][0].update(index=False), "other fields"),
        (lambda d: d["entries"][0].update(epoch=4), "not plain text"),
        (lambda d: d["entries"].append("x"), "other fields"),
        (lambda d: d.update(entries={}), "no entries"),
        (lambda d: d.pop("evaluators"), "no evaluators"),
        (lambda d: d["evaluators"].append(d["evaluators"][0]), "twice"),
        (lambda d: d["evaluators"].append({"name": "x"}), "without a name and URL"),
        (lambda d: d["evaluators"].pop(0), "no address for evaluator hub"),
        (lambda d: d.update(scheme="fs-voprf-r255-v2"), "Update labkit"),
        (lambda d: d.update(profile="v2"), "Update labkit"),
        (lambda d: d.update(signer=None), "names no signer"),
        (lambda d: d.update(signer=packed(b"short")), "names no signer"),
    ],
)
def test_a_list_that_was_tampered_with_is_refused(
    usual: Document, change: Callable[[Document], object], says: str
) -> None:
    with pytest.raises(KeyListError, match=says):
        KeyList.verified(altered(usual, change))


def test_a_broken_chain_is_refused_even_if_each_entry_is_signed(usual: Document) -> None:
    stranger = signed_entry(FORUM, fields("2026Q3", public_key=packed(bytes(32))), None)
    usual["entries"][0] = stranger
    with pytest.raises(KeyListError, match=r"Entry 1 .* chain is broken"):
        KeyList.verified(usual)


def test_a_replaced_key_is_refused_even_if_the_forum_signs_it() -> None:
    other = packed(public_key("trustee", "2026Q4"))
    with pytest.raises(KeyListError, match=r"Entry 1 .* replaces the key of hub"):
        KeyList.verified(document(fields("2026Q4"), fields("2026Q4", public_key=other)))


def test_what_was_never_added_cannot_be_revoked() -> None:
    with pytest.raises(KeyListError, match="never added"):
        KeyList.verified(document(fields("2026Q4", "revoke")))


def test_the_evaluators_of_an_epoch_share_its_beginning_and_end() -> None:
    later = fields("2026Q4", evaluator="trustee", not_before="2026-11-01T00:00:00Z")
    with pytest.raises(KeyListError, match="another beginning or end"):
        KeyList.verified(document(fields("2026Q4"), later))


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "iban"},
        {"act": "replace"},
        {"epoch": "2026Q5"},
        {"epoch": "2026Q4a"},
        {"evaluator": "Hub!"},
        {"public_key": packed(bytes(31))},
        {"public_key": packed(bytes(32)) + "="},
        {"not_after": "2026-09-30T00:00:00Z"},
        {"not_before": "2026-10-01"},
        {"not_before": "2026-13-01T00:00:00Z"},
        {"not_before": "2026-10-01T00:00:00+00:00"},
    ],
)
def test_the_signer_is_kept_from_an_entry_that_no_lab_would_take(changes: dict[str, str]) -> None:
    with pytest.raises(KeyListError):
        signed_entry(FORUM, fields("2026Q4") | changes, None)


def test_another_signer_is_refused_when_one_is_pinned() -> None:
    forged = document(fields("2026Q4"), signer=MALLORY)
    assert KeyList.verified(forged).signer == signer_name(MALLORY)
    with pytest.raises(KeyListError, match="another key than the pinned one"):
        KeyList.verified(forged, signer_name(FORUM))


def test_another_signers_entries_under_the_pinned_name_are_refused() -> None:
    forged = document(fields("2026Q4"), signer=MALLORY) | {"signer": signer_name(FORUM)}
    with pytest.raises(KeyListError, match="wrong signature"):
        KeyList.verified(forged, signer_name(FORUM))


# --- a list and the one seen before


def test_a_longer_list_extends_the_shorter_and_itself(usual: Document) -> None:
    older = document(fields("2026Q3"), fields("2026Q4"))
    newer = KeyList.verified(usual)
    newer.extends(older)
    newer.extends(KeyList.verified(usual))
    newer.extends(document())


def test_a_truncated_list_does_not_extend(usual: Document) -> None:
    shorter = altered(usual, lambda each: each["entries"].pop())
    with pytest.raises(KeyListError, match="cut short or rewritten"):
        KeyList.verified(shorter).extends(usual)


def test_a_list_made_for_one_lab_does_not_extend_the_pinned_one(usual: Document) -> None:
    marked = fields("2026Q4", public_key=packed(public_key("trustee", "2026Q4")))
    own = KeyList.verified(document(fields("2026Q3"), marked, fields("2027Q1")))
    assert own.head != KeyList.verified(usual).head
    with pytest.raises(KeyListError, match="compare its head"):
        own.extends(usual)


def test_the_same_entries_under_another_signer_do_not_extend(usual: Document) -> None:
    forged = document(fields("2026Q3"), fields("2026Q4"), fields("2027Q1"), signer=MALLORY)
    with pytest.raises(KeyListError, match="another"):
        KeyList.verified(forged).extends(usual)
    with pytest.raises(KeyListError, match="another signer than the one seen before"):
        KeyList.verified(forged).extends(KeyList.verified(usual))


def test_the_head_is_the_same_for_all_and_changes_with_each_entry(usual: Document) -> None:
    heads = {KeyList.verified(copy.deepcopy(usual)).head for _ in range(2)}
    heads.add(KeyList.verified(document(fields("2026Q3"), fields("2026Q4"))).head)
    assert len(heads) == 2
    assert all(len(each) == 64 for each in heads)
