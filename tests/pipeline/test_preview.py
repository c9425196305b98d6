"""A preview says what the river then does, writes nothing, and tells nothing of others."""

from __future__ import annotations

import uuid
from datetime import date
from itertools import permutations
from typing import Any

import pytest
from django.db import InternalError, OperationalError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicators.catalogue.contents import atlas
from indicators.demo.envelopes import envelopes
from indicators.domain.stix.extensions import BY_NAME
from indicators.domain.stix.ids import sco_id
from indicators.matching import limits
from indicators.models.member import Grant
from indicators.pipeline import tasks
from indicators.pipeline.preview import Previewed
from indicators.roles import only_looking_for
from tests import forum as forums
from tests.forum import (
    HOUSEHOLD,
    LABS,
    STATES_NEXUS,
    Forum,
    indicator,
    relationship,
    stix,
)
from tests.pipeline.previewing import both, compare, everything, foresee, verdict
from tests.pipeline.test_every_string import ADDED, SUBMITTED, TEXTS


CARD = "4111 1111 1111 1111"
DOMAIN = "[domain-name:value = 'gw-2.meadowexit.example']"
MAIL = "odalys.ferrant@kestrelmail.example"


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands, so that the times of both can be compared."""
    moment = forums.now()
    monkeypatch.setattr(forums, "now", lambda: moment)
    monkeypatch.setattr(tasks, "_now", lambda: moment)


def outcomes(foreseen: Any) -> list[str]:
    return [each.outcome for each in foreseen]


SIGHT = {
    "first_observed": "2026-11-01T09:14:00Z",
    "last_observed": "2026-11-01T10:14:00Z",
    "number_observed": 7,
}
SIGN = indicator(DOMAIN, description="Sign-ups in bursts.", x_score=7, labels=["ours"])
SITE = stix("domain-name", value="GW-2.meadowexit.example")
BOX = stix("email-addr", value=MAIL)
NOTE = stix("note", content="They pay $0.41/M at the reseller.", object_refs=[SIGN["id"]])
SEEN = stix("observed-data", object_refs=[BOX["id"], SITE["id"]], **SIGHT)
ABOUT_BOX = stix(
    "grouping", context="suspicious-activity", object_refs=[SEEN["id"]], extensions=STATES_NEXUS
)
TRAPS: dict[str, list[dict[str, Any]]] = {
    "plain": [SIGN, SITE, relationship(SIGN, "based-on", SITE)],
    "price in a note": [SIGN, NOTE],
    "raw e-mail": [indicator(f"[email-addr:value = '{MAIL}']", extensions=STATES_NEXUS)],
    "two mailboxes": [
        indicator(
            f"[email-addr:value IN ('{MAIL}', 'sam@kestrelmail.example')]",
            extensions=STATES_NEXUS,
        )
    ],
    "mailbox that nobody covers": [BOX],
    "mailbox in an observation": [ABOUT_BOX, SEEN, BOX, SITE],
    "card in a text": [indicator(DOMAIN, description=f"Paid with {CARD}, May.")],
    "card in a slot": [indicator(f"[payment-card:value = '{CARD}']", extensions=STATES_NEXUS)],
    "card is all it says": [stix("note", content=CARD, object_refs=[SIGN["id"]]), SIGN],
    "secret": [
        SIGN | {"labels": ["x", "ghp_fakefakefakefakefakefakefakefakefake"]},
        stix("url", value="https://sam:hunter2aaaa@gw-2.meadowexit.example/x"),
    ],
    "residential": [
        indicator("[ipv4-addr:value = '198.51.100.7']", extensions=HOUSEHOLD),
        stix("ipv4-addr", value="198.51.100.7"),
        indicator("[ipv4-addr:value = '198.51.100.9']"),
    ],
    "unknown": [
        SIGN | {"extensions": {"extension-definition--7c1a39b0-4bf0-4b5a-8f6e-9a2b1c3d4e5f": {
            "extension_type": "property-extension", "x": 1}}},
        stix("x-ai-prompt", value="Answer step by step."),
        stix("artifact", payload_bin="TXkgcGF0aWVudA==", mime_type="text/plain"),
    ],
    "broken": [
        indicator("[domain-name:value = "),
        stix("domain-name"),
        {"type": "indicator", "id": "indicator--no"},
    ],
    "broad": [indicator("[ipv4-addr:value ISSUBSET '192.0.0.0/8']")],
    "sigma": [indicator("title: x", pattern_type="sigma")],
    "named": [stix("identity", name="MeadowExit Ltd", identity_class="organization")],
    "author": [
        stix("identity", id="identity--0a1b2c3d-0000-4000-8000-000000000001", name="Alder",
             identity_class="organization"),
        SIGN | {"created_by_ref": "identity--0a1b2c3d-0000-4000-8000-000000000001"},
    ],
    "profile": [
        stix("campaign", name="Abacus", first_seen="2026-10-05T10:11:12Z", extensions={
            BY_NAME["distillation-profile"].id: {
                "extension_type": "property-extension", "volume_bucket": "1e6-1e7"}}),
    ],
    "to a withheld one": [
        stix("observed-data", **SIGHT, object_refs=[
            sco_id("domain-name", {"value": "a.example"}), sco_id("email-addr", {"value": MAIL})]),
        stix("domain-name", id=sco_id("domain-name", {"value": "a.example"}), value="a.example"),
    ],
    "to what was refused": [
        broken := stix("domain-name", value="not a name"),
        SIGN,
        relationship(SIGN, "based-on", broken),
    ],
    "what is said": [
        SIGN,
        stix("sighting", sighting_of_ref=SIGN["id"], count=12),
        stix("opinion", opinion="disagree", object_refs=[SIGN["id"]], explanation="No."),
        stix("sighting", sighting_of_ref="indicator--0a1b2c3d-0000-4000-8000-000000000002"),
    ],
    "an older version after a newer": [
        SIGN | {"modified": "2026-11-02T09:14:00.000Z", "confidence": 50}, SIGN],
    "the same under two ids": [
        SIGN, one := indicator(DOMAIN), site := stix("campaign", name="x"),
        relationship(SIGN, "indicates", site), relationship(one, "indicates", site),
    ],
    "far ahead": [indicator(DOMAIN, valid_from="2031-01-01T00:00:00Z"),
                  indicator(DOMAIN, valid_until="2026-11-01T10:00:00Z")],
    "file": [stix("file", hashes={"md5": "D41D8CD98F00B204E9800998ECF8427E", "x-own": "1"},
                  name="weights.bin", size=7)],
}  # fmt: skip


@pytest.mark.parametrize("trap", TRAPS)
def test_it_says_what_the_river_then_does(forum: Forum, trap: str) -> None:
    compare(forum, "alder", *TRAPS[trap])


@pytest.mark.parametrize(
    "objects",
    [
        [SIGN, SIGN],
        [SIGN, SIGN | {"confidence": 50}],
        [SITE, SITE, NOTE, NOTE, SIGN],
        [relationship(SIGN, "based-on", SITE)] * 2,
        [stix("identity", name="MeadowExit Ltd", identity_class="organization")] * 3,
        [SIGN, SIGN | {"revoked": True, "modified": "2026-11-02T09:14:00.000Z"},
         indicator("[domain-name:value = 'b.example']", revoked=True)],
    ],
)  # fmt: skip
def test_of_one_id_more_than_once_as_much_becomes_of_each(
    forum: Forum, objects: list[dict[str, Any]]
) -> None:
    """Which of two equals comes first is chance, in the river."""
    foreseen, became = both(forum, "alder", *objects)
    assert sorted(map(verdict, foreseen)) == sorted(became)


@pytest.mark.parametrize("order", range(6))
def test_references_lead_inside_the_envelope_in_any_order(forum: Forum, order: int) -> None:
    inner = stix("grouping", context="suspicious-activity", object_refs=[SIGN["id"]])
    middle = stix("report", name="x", published="2026-11-01T09:14:00Z", object_refs=[inner["id"]])
    outer = stix("grouping", context="suspicious-activity", object_refs=[middle["id"]])
    chosen = list(permutations([inner, middle, outer]))[order]
    foreseen = compare(forum, "alder", *chosen, relationship(outer, "related-to", inner), SIGN)
    assert outcomes(foreseen) == ["published"] * 5


def test_the_second_push_is_foreseen_as_well(forum: Forum) -> None:
    newer = SIGN | {"modified": "2026-11-02T09:14:00.000Z", "confidence": 50}
    compare(forum, "alder", SIGN, NOTE, SITE)
    compare(forum, "alder", SIGN, NOTE | {"content": "Another."}, SITE)
    assert outcomes(foresee(forum, "alder", newer)) == ["published"]
    compare(forum, "alder", relationship(SIGN, "based-on", SITE))
    compare(forum, "alder", NOTE | {"revoked": True}, BOX | {"revoked": True})


@pytest.mark.parametrize("case", SUBMITTED, ids=lambda each: str(each["type"]))
def test_what_the_golden_cases_hold_is_foreseen(forum: Forum, case: dict[str, Any]) -> None:
    compare(forum, "alder", case)


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    chosen=st.lists(st.sampled_from(SUBMITTED), min_size=1, max_size=4),
    name=ADDED,
    text=TEXTS,
    as_list=st.booleans(),
)
def test_whatever_text_is_put_into_it_the_end_is_foreseen(
    forum: Forum, chosen: list[dict[str, Any]], name: str, text: str, *, as_list: bool
) -> None:
    mangled = [
        each | {"id": f"{each['type']}--{uuid.uuid4()}", name: [text] if as_list else text}
        for each in chosen
    ]
    with transaction.atomic():
        compare(forum, "alder", *mangled)
        transaction.set_rollback(True)


@pytest.mark.parametrize("lab", LABS)
def test_the_demos_envelopes_are_foreseen(forum: Forum, lab: str) -> None:
    forum.add_collection("reference", kind="verbatim")
    compare(forum, "alder", *atlas(), into="reference")
    for envelope in envelopes(date(2026, 11, 24)):
        if envelope.lab == lab:
            compare(forum, lab, *envelope.objects)


def test_others_envelopes_change_no_verdict_of_the_demo(forum: Forum) -> None:
    forum.add_collection("reference", kind="verbatim")
    forum.push("alder", *atlas(), into="reference")
    sent = envelopes(date(2026, 11, 24))
    alone = [foresee(forum, each.lab, *each.objects) for each in sent if each.lab == "alder"]
    for each in sent:
        if each.lab != "alder":
            forum.push(each.lab, *each.objects)
    assert alone == [
        foresee(forum, each.lab, *each.objects) for each in sent if each.lab == "alder"
    ]


@pytest.mark.parametrize("trap", TRAPS)
def test_it_is_the_same_whatever_another_lab_has_sent(forum: Forum, trap: str) -> None:
    alone = foresee(forum, "alder", *TRAPS[trap])
    forum.push("birch", *TRAPS[trap])
    assert foresee(forum, "alder", *TRAPS[trap]) == alone


@pytest.mark.parametrize("trap", TRAPS)
def test_nothing_is_written(forum: Forum, trap: str) -> None:
    before = everything()
    foresee(forum, "alder", *TRAPS[trap])
    assert everything() == before


def test_the_database_itself_refuses_to_write(forum: Forum) -> None:
    member = forum.principals["alder"].member_id
    with (
        pytest.raises((InternalError, OperationalError), match="read-only transaction"),
        only_looking_for(member),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE member SET name = 'x'")
    forum.push("alder", SIGN)  # and only there


def test_a_budget_that_is_spent_is_foreseen_and_not_touched(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    daily = {**limits.current_limits().daily, "email-addr": 2}
    small = limits.Limits(**{
        **{name: getattr(limits.current_limits(), name) for name in limits.Limits.__slots__},
        "daily": daily,
    })  # fmt: skip
    for module in ("work", "preview.envelope"):
        monkeypatch.setattr(f"indicators.pipeline.{module}.current_limits", lambda: small)

    def about(*names: str) -> dict[str, Any]:
        listed = ", ".join(f"'{name}@kestrelmail.example'" for name in names)
        return indicator(f"[email-addr:value IN ({listed})]", extensions=STATES_NEXUS)

    compare(forum, "alder", about("a", "b"))
    compare(forum, "alder", about("b", "a"))
    [spent] = compare(forum, "alder", about("b", "c"))
    assert (spent.outcome, spent.reason) == ("rejected", "BUDGET_SPENT")


def test_what_the_forum_published_is_known_again_where_the_lab_reads_it(forum: Forum) -> None:
    forum.push("birch", SIGN, SITE)
    pulled = forum.feed()
    compare(forum, "alder", *pulled)
    forum.add_collection("closed", accepts_reserved=True)
    Grant.objects.filter(
        member_id=forum.principals["alder"].member_id, collection=forum.collections["closed"]
    ).delete()
    forum.push("birch", stix("domain-name", value="quiet.example"), into="closed")
    [told] = forum.feed("closed")
    [mark] = {each.outcome for each in foresee(forum, "alder", told)}
    assert mark == "published"


def test_who_may_only_write_is_told_nothing_of_what_stands(forum: Forum) -> None:
    forum.push("birch", SITE)
    [there] = forum.feed()
    refers = stix("observed-data", object_refs=[there["id"]], **SIGHT)
    assert outcomes(foresee(forum, "alder", refers)) == ["published"]
    Grant.objects.filter(member_id=forum.principals["alder"].member_id).update(can_read=False)
    assert outcomes(compare(forum, "alder", refers)) == ["waiting"]


def test_what_waits_for_its_batch_says_so(forum: Forum) -> None:
    forum.batch()
    [shown] = compare(forum, "alder", *TRAPS["raw e-mail"])
    assert [(one.collection, one.waits_for_batch) for one in shown.objects] == [
        ("distillation-tokens", True)
    ]


def test_a_mailbox_becomes_two_tokens(forum: Forum) -> None:
    box = compare(forum, "alder", *TRAPS["mailbox in an observation"])[2]
    assert [one.body["value"] for one in box.objects] == [
        "<token: email-addr>",
        "<token: email-canon>",
    ]
    assert {one.collection for one in box.objects} == {"distillation-tokens"}
    [value] = [each for each in box.properties if each.name == "value"]
    assert (value.fate, value.before) == ("tokenised", MAIL)


def fates(each: Previewed) -> dict[str, str]:
    return {one.name: str(one.fate) for one in each.properties}


def test_each_property_says_what_happened_to_it(forum: Forum) -> None:
    terms = {"extension_type": "property-extension", "action_tier": "context", "basis": "public"}
    sent = SIGN | {
        "name": "Ours",
        "confidence": 97,
        "indicator_types": ["malicious-activity"],
        "extensions": {BY_NAME["share-governance"].id: terms},
        "description": f"Paid with {CARD}.",
    }
    [shown] = foresee(forum, "alder", sent)
    assert fates(shown) == {
        "type": "kept", "spec_version": "kept", "id": "replaced", "created": "replaced",
        "modified": "replaced", "pattern": "kept", "pattern_type": "kept",
        "valid_from": "coarsened", "description": "removed", "x_score": "dropped",
        "labels": "dropped", "name": "withheld", "confidence": "coarsened",
        "indicator_types": "kept", "extensions.share-governance.action_tier": "kept",
        "extensions.share-governance.basis": "dropped",
    }  # fmt: skip
    assert shown.withheld == {"name": "FREE_TEXT"}
    assert all(each.why for each in shown.properties)
    assert "4111" not in str(shown)


def test_no_property_of_any_trap_goes_without_a_word(forum: Forum) -> None:
    for name, objects in TRAPS.items():
        for sent, shown in zip(objects, foresee(forum, "alder", *objects), strict=True):
            if shown.objects:
                told = {each.name.partition(".")[0] for each in shown.properties}
                assert told == set(sent), (name, verdict(shown))


def test_a_token_of_a_preview_can_be_taken_for_none(forum: Forum) -> None:
    first, second = TRAPS["raw e-mail"][0], TRAPS["two mailboxes"][0]
    one, two = foresee(forum, "alder", first, second)
    assert "match-token:value = '<token: email-addr>'" in one.objects[0].body["pattern"]
    assert "'<token: email-addr 2>'" in two.objects[0].body["pattern"]
    assert "kestrelmail" not in str([one.objects, two.objects])
