"""What a hurried lab sends by mistake, each with what becomes of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from structlog.testing import capture_logs

from indicators.domain import tlp
from indicators.domain.stix.ids import sco_id
from indicators.models.audit import AuditEntry
from indicators.models.submission import HeldObject
from indicators.pipeline import review
from tests.forum import STATES_NEXUS, Forum, indicator, messages, outcomes, stix
from tests.pipeline.reviewing import ROWAN, WREN, as_


PATTERN = "[domain-name:value = 'gw-2.meadowexit.example']"
CARD = "4111 1111 1111 1111"


def everything(forum: Forum) -> str:
    """All that any reader can get, of every version."""
    return json.dumps([forum.feed(alias, versions="all") for alias in forum.collections])


def test_a_card_number_in_a_text_is_removed_and_alerted(
    forum: Forum, django_capture_on_commit_callbacks: Any
) -> None:
    with capture_logs() as logs, django_capture_on_commit_callbacks(execute=True):
        status = forum.push("alder", indicator(PATTERN, description=f"Paid with {CARD}, May."))
    assert outcomes(status) == ["published"]
    assert "description removed: CARD_REMOVED (a card number)" in messages(status)[0]
    assert not HeldObject.objects.exists()
    [alert] = [each for each in logs if each["event"] == "content removed"]
    assert (alert["log_level"], alert["reasons"]) == ("warning", ["CARD_REMOVED"])
    assert "4111" not in str(logs)
    [entry] = AuditEntry.objects.filter(act="content removed")
    assert "CARD_REMOVED" in entry.body
    assert "4111" not in entry.body + messages(status)[0] + everything(forum)


def test_a_card_number_in_a_payment_slot_becomes_a_token(forum: Forum) -> None:
    sent = indicator(f"[payment-card:value = '{CARD}']", extensions=STATES_NEXUS)
    assert outcomes(forum.push("alder", sent)) == ["published"]
    [published] = forum.feed("distillation-tokens")
    assert forum.token("pan", CARD.replace(" ", "")) in published["pattern"]
    assert CARD not in everything(forum)


def test_a_roadmap_is_held_and_its_object_goes_on(forum: Forum) -> None:
    words = "As our new model Juniper-4 launches on 8 July."
    status = forum.push("cedar", indicator(PATTERN, description=words))
    assert outcomes(status) == ["published"]
    assert "description held: FREE_TEXT" in messages(status)[0]
    assert len(forum.feed()) == 1
    assert "Juniper" not in everything(forum)


def test_a_raw_prompt_with_a_patients_story_never_leaves(forum: Forum) -> None:
    story = "My patient Odalys Ferrant stopped taking insulin. Answer step by step."
    about = indicator(PATTERN, x_prompt=story, labels=[story])
    status = forum.push(
        "alder",
        about,
        stix("note", content=story, object_refs=[about["id"]]),
        stix("x-ai-prompt", value=story),
        stix("ai-prompt", value=story),
        stix("artifact", payload_bin="TXkgcGF0aWVudA==", mime_type="text/plain"),
    )
    assert outcomes(status) == ["published", "held", "rejected", "rejected", "rejected"]
    assert "not shared: labels, x_prompt" in messages(status)[0]
    assert "Odalys" not in everything(forum) + "".join(messages(status))
    assert "insulin" not in everything(forum) + "".join(messages(status))


BROAD = [
    r"[email-addr:value MATCHES '.*@.*\\.example$']",
    "[ipv4-addr:value ISSUBSET '192.0.0.0/8']",
]


@pytest.mark.parametrize("pattern", BROAD, ids=["regex", "network"])
def test_a_pattern_that_means_everybody_is_held(forum: Forum, pattern: str) -> None:
    status = forum.push("alder", indicator(pattern, extensions=STATES_NEXUS))
    assert outcomes(status) == ["held"], messages(status)
    assert forum.feed() == []


def test_a_reference_to_a_withheld_address_is_never_seen(forum: Forum) -> None:
    withheld = sco_id("email-addr", {"value": "odalys.ferrant@kestrelmail.example"})
    seen: dict[str, Any] = {
        "first_observed": "2026-11-01T09:14:00Z",
        "last_observed": "2026-11-01T10:14:00Z",
        "number_observed": 7,
    }
    domain = stix("domain-name", value="gw-2.meadowexit.example")
    status = forum.push(
        "birch", domain, stix("observed-data", object_refs=[domain["id"], withheld], **seen)
    )
    assert outcomes(status)[1] == "waiting", messages(status)
    assert "REFERENCE_WAITING" in messages(status)[1]
    assert withheld.partition("--")[2] not in everything(forum)


def test_a_laxer_marking_is_raised_to_that_of_the_collection(forum: Forum) -> None:
    forum.push("alder", indicator(PATTERN))
    green = tlp.Level.GREEN.marking_id
    other = indicator("[domain-name:value = 'gw-3.meadowexit.example']")
    status = forum.push("cedar", other | {"object_marking_refs": [green]})
    assert outcomes(status) == ["published"]
    strict = tlp.Level.AMBER_STRICT.marking_id
    assert [strict in each["object_marking_refs"] for each in forum.feed()] == [True, True]
    assert green not in everything(forum)


def test_a_legal_name_takes_two_people(forum: Forum) -> None:
    name = "MeadowExit Trading (Example) Ltd"
    status = forum.push("alder", stix("identity", name=name, identity_class="organization"))
    assert outcomes(status) == ["held"]
    assert "NAMED_ENTITY" in messages(status)[0]
    [item] = HeldObject.objects.all()
    every = review.PersonalData(absent=frozenset({review.ALL}))
    review.release(item.id, **as_(ROWAN), personal=every)
    forum.work()
    assert name not in everything(forum)
    with pytest.raises(review.ReviewError):
        review.confirm(item.id, **as_(ROWAN))
    review.confirm(item.id, **as_(WREN))
    forum.work()
    assert [each["name"] for each in forum.feed()] == [name]


def test_the_same_bundle_three_times_under_new_ids_is_one(forum: Forum) -> None:
    for _ in range(3):
        domain = stix("domain-name", value="gw-2.meadowexit.example")
        status = forum.push("alder", domain, indicator(PATTERN))
        assert outcomes(status) == ["published", "published"]
    assert sorted(each["type"] for each in forum.feed(versions="all")) == [
        "domain-name",
        "indicator",
    ]


def test_feedback_is_never_shown_as_it_was_sent(forum: Forum) -> None:
    about = indicator(PATTERN)
    forum.push("alder", about)
    [published] = forum.feed()
    status = forum.push(
        "birch",
        stix("opinion", opinion="disagree", object_refs=[published["id"]]),
        stix("sighting", sighting_of_ref=published["id"], count=0),
    )
    assert outcomes(status) == ["unshared", "unshared"]
    assert all("COUNTED" in each for each in messages(status))
    assert forum.feed() == [published]


def test_what_is_in_order_is_on_the_feed_at_once(forum: Forum) -> None:
    status = forum.push("alder", indicator(PATTERN, indicator_types=["anonymization"]))
    assert outcomes(status) == ["published"]
    assert not HeldObject.objects.exists()
    assert len(forum.feed()) == 1
