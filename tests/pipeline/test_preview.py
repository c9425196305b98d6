"""A preview says what the river then does, and what happened to each property."""

from __future__ import annotations

import uuid
from datetime import date
from itertools import permutations
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicators.catalogue.contents import atlas
from indicators.demo.envelopes import envelopes
from indicators.domain.stix.extensions import BY_NAME
from indicators.matching import limits
from indicators.pipeline import tasks
from indicators.pipeline.decide import decide
from indicators.pipeline.preview import Previewed
from tests import forum as forums
from tests.forum import (
    LABS,
    STATES_NEXUS,
    Forum,
    indicator,
    relationship,
    stix,
)
from tests.pipeline.preview_traps import BOX, CARD, DOMAIN, MAIL, NOTE, SIGN, SITE, TRAPS
from tests.pipeline.previewing import both, compare, foresee, verdict
from tests.pipeline.test_every_string import ADDED, SUBMITTED, TEXTS


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands, so that the times of both can be compared."""
    moment = forums.now()
    monkeypatch.setattr(forums, "now", lambda: moment)
    monkeypatch.setattr(tasks, "_now", lambda: moment)


def outcomes(foreseen: Any) -> list[str]:
    return [each.outcome for each in foreseen]


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


def test_what_the_hub_fails_on_is_held_alone(forum: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(chunk: Any, **words: Any) -> Any:
        if any(each.id == SIGN["id"] for each in chunk):
            raise RuntimeError
        return decide(chunk, **words)

    monkeypatch.setattr("indicators.pipeline.preview.envelope.decide", failing)
    failed, good = foresee(forum, "alder", SIGN, indicator(DOMAIN))
    assert (failed.outcome, failed.reason, good.outcome) == ("held", "INTERNAL_ERROR", "published")


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
