"""What is never kept leaves no trace but its kind: not in the queue, the status or a log."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from indicators import keyring
from indicators.models.audit import AuditEntry
from indicators.models.submission import HeldObject, SubmissionObject
from indicators.pipeline.review import content
from tests.forum import Forum, indicator, messages, outcomes, stix


pytestmark = pytest.mark.django_db
CARD, KEY = "4111 1111 1111 1111", "ghp_fakefakefakefakefakefakefakefakefake"
PATTERN = "[domain-name:value = 'panel.meadowexit.example']"


@pytest.fixture
def forum() -> Forum:
    return Forum.make()


def traces(forum: Forum, caplog: pytest.LogCaptureFixture) -> str:
    """Everything that is written down but the sealed body, opened."""
    held = [json.dumps(content(each)) for each in HeldObject.objects.all()]
    rows = [repr(sorted(vars(each).items())) for each in SubmissionObject.objects.all()]
    journal = [f"{each.act} {each.subject} {each.body}" for each in AuditEntry.objects.all()]
    return "\n".join([*held, *rows, *journal, json.dumps(forum.feed()), caplog.text])


@pytest.mark.parametrize(
    ("text", "code", "kind"),
    [(CARD, "CARD_REMOVED", "a card number"), (KEY, "SECRET_REMOVED", "a GitHub token")],
)
def test_the_object_publishes_and_its_text_goes_nowhere(
    forum: Forum, caplog: pytest.LogCaptureFixture, text: str, code: str, kind: str
) -> None:
    status = forum.push("alder", indicator(PATTERN, description=f"they used {text} again"))
    assert outcomes(status) == ["published"]
    assert f"description removed: {code} ({kind})" in messages(status)[0]
    assert "FREE_TEXT" not in messages(status)[0]
    assert [each["pattern"] for each in forum.feed()] == [PATTERN]
    assert not HeldObject.objects.exists()
    assert text not in traces(forum, caplog)


@pytest.mark.parametrize("spelled", ["41:11:11:11:11:11:11:11", "004111111111111111"])
def test_nor_in_a_spelling_that_becomes_one(forum: Forum, spelled: str) -> None:
    certificate = stix("x509-certificate", hashes={"SHA-256": "ab" * 32}, serial_number=spelled)
    forum.push("alder", certificate, indicator(f"[x509-certificate:serial_number = '{spelled}']"))
    assert "4111" not in json.dumps(forum.feed()).replace(":", "")


def test_a_card_number_is_no_serial_number_of_a_certificate(forum: Forum) -> None:
    digits = CARD.replace(" ", "")
    hashes = {"SHA-256": "ab" * 32}
    certificates = [
        stix("x509-certificate", hashes=hashes, serial_number=digits),
        stix("x509-certificate", hashes=hashes, serial_number="02:08:87:83:F2:13:58:1F:79:52"),
    ]
    pattern = f"[x509-certificate:serial_number = '{digits}']"
    status = forum.push("alder", *certificates, indicator(pattern))
    assert sorted(outcomes(status)) == ["published", "published", "rejected"]
    assert sum("CARD_REMOVED" in each for each in messages(status)) == 2
    assert digits not in json.dumps(forum.feed())
    assert len(forum.feed()) == 2


def test_other_texts_of_the_object_wait_as_ever(forum: Forum) -> None:
    status = forum.push("alder", indicator(PATTERN, name="Heron", description=CARD))
    assert "name held: FREE_TEXT" in messages(status)[0]
    [held] = HeldObject.objects.all()
    assert content(held) == {"name": "Heron"}


def test_a_note_that_holds_a_secret_is_refused(
    forum: Forum, caplog: pytest.LogCaptureFixture
) -> None:
    sign = indicator(PATTERN)
    note = stix("note", content=f"log in with {KEY}", object_refs=[sign["id"]])
    status = forum.push("alder", sign, note)
    refused = next(each for each in status.entries if each.outcome == "rejected")
    assert refused.message.startswith("rejected: SECRET_REMOVED")
    assert "content held a GitHub token" in refused.message
    assert KEY not in traces(forum, caplog) + refused.message


def test_a_whole_object_that_waits_is_kept_without_it(
    forum: Forum, caplog: pytest.LogCaptureFixture
) -> None:
    group = stix("intrusion-set", name="Heron", description=f"paid with {CARD}")
    status = forum.push("alder", group)
    assert outcomes(status) == ["held"]
    assert "description removed: CARD_REMOVED (a card number)" in messages(status)[0]
    assert CARD not in traces(forum, caplog)


def test_a_pattern_in_another_language_is_no_hiding_place(
    forum: Forum, caplog: pytest.LogCaptureFixture
) -> None:
    rule = indicator(f'alert tcp any any (content:"{KEY}";)', pattern_type="snort")
    status = forum.push("alder", rule)
    assert outcomes(status) == ["rejected"]
    assert KEY not in traces(forum, caplog) + messages(status)[0]


def test_a_name_of_a_property_is_no_hiding_place(
    forum: Forum, caplog: pytest.LogCaptureFixture
) -> None:
    status = forum.push("alder", indicator(PATTERN, x_4111111111111111="card"))
    assert outcomes(status) == ["published"]
    assert "4111" not in traces(forum, caplog) + messages(status)[0]


def test_it_is_journalled_and_told_to_those_on_watch_by_kind_and_rule(
    forum: Forum, caplog: pytest.LogCaptureFixture, django_capture_on_commit_callbacks: Any
) -> None:
    with caplog.at_level(logging.WARNING), django_capture_on_commit_callbacks(execute=True):
        forum.push("alder", indicator(PATTERN, description=CARD))
    [entry] = AuditEntry.objects.filter(act="content removed")
    assert json.loads(entry.body) == {"reasons": ["CARD_REMOVED"], "rules": ["personal.card"]}
    assert entry.actor == keyring.actor_tag(forum.principals["alder"].member_id)
    assert "content removed" in caplog.text
    [row] = SubmissionObject.objects.all()
    assert "personal.card" in row.rule_ids


def test_sending_it_again_without_the_secret_shares_the_text(forum: Forum) -> None:
    sign = indicator(PATTERN, description=CARD)
    forum.push("alder", sign)
    later = {"modified": "2026-11-02T09:14:00.000Z", "description": "seen again"}
    status = forum.push("alder", sign | later)
    assert "description held: FREE_TEXT" in messages(status)[0]
    assert [content(each) for each in HeldObject.objects.all()] == [{"description": "seen again"}]


def test_a_publishers_own_catalogue_is_kept_as_it_is(forum: Forum) -> None:
    reference = forum.add_collection("reference", kind="verbatim")
    body = stix("attack-pattern", name="Leaked keys", description=f"keys such as {KEY}")
    forum.push("alder", body, into=reference.alias)
    assert [each["description"] for each in forum.feed("reference")] == [body["description"]]
