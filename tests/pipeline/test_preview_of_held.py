"""What staff see beside a held item: the object as it would be published."""

from __future__ import annotations

from typing import Any

import pytest

from indicators.domain.disclosure import current_policy
from indicators.domain.stix.extensions import BY_NAME
from indicators.models.submission import HeldObject, Submission
from indicators.pipeline import review, tasks
from indicators.pipeline.preview import Fate, Previewed, preview_of_held
from tests import forum as forums
from tests.forum import HOUSEHOLD, STATES_NEXUS, Forum, indicator, relationship, stix
from tests.labs import acting_as
from tests.pipeline.previewing import everything, plain
from tests.pipeline.reviewing import ROWAN, WREN, as_


SIGN = indicator("[domain-name:value = 'gw-2.meadowexit.example']")
AUTHOR = "identity--0a1b2c3d-0000-4000-8000-000000000001"


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = forums.now()
    monkeypatch.setattr(forums, "now", lambda: moment)
    monkeypatch.setattr(tasks, "_now", lambda: moment)


def seen(held: HeldObject) -> Previewed:
    with acting_as("forum_web"):
        found = preview_of_held(held, policy=current_policy(), now=forums.now())
    assert found
    return found


def shown(found: Previewed) -> Any:
    return plain([[(one.collection, dict(one.body)) for one in found.objects]])


def released(forum: Forum) -> Any:
    """Let go the one item that is held, and return what came out."""
    before = {each["id"]: each for each in forum.feed()}
    held = HeldObject.objects.get(state="open")
    every = review.PersonalData(absent=frozenset({review.ALL}))
    review.release(held.id, **as_(ROWAN), personal=every)
    if review.find(held.id).first_by:
        review.confirm(held.id, **as_(WREN))
    forum.work()
    held.refresh_from_db()
    if held.part == "properties":
        tasks.publish_released(held_id=str(held.id))
    [new] = [each for each in forum.feed() if before.get(each["id"]) != each]
    return new


@pytest.mark.parametrize(
    "sent",
    [
        stix("note", content="Sign-ups in bursts.", object_refs=[SIGN["id"]]),
        stix("identity", name="MeadowExit Ltd", identity_class="organization"),
        indicator("title: x", pattern_type="sigma"),
        indicator("[email-addr:value LIKE '%@kestrelmail.example']", extensions=STATES_NEXUS),
    ],
)
def test_a_held_object_is_shown_as_it_is_then_published(forum: Forum, sent: dict[str, Any]) -> None:
    forum.push("alder", SIGN, sent)
    found = seen(HeldObject.objects.get())
    assert (found.outcome, found.reason) == ("published", None)
    new = released(forum)
    said = dict(found.objects[0].body)
    for refs in ("object_refs",):
        said.pop(refs, None)
        new.pop(refs, None)
    assert plain([[("distillation", said)]]) == plain([[("distillation", new)]])


def test_held_words_are_shown_on_their_object(forum: Forum) -> None:
    forum.push("alder", SIGN | {"description": "Sign-ups in bursts.", "name": "Ours"})
    found = seen(HeldObject.objects.get())
    assert found.withheld == {}
    fates = {each.name: each.fate for each in found.properties}
    assert (fates["name"], fates["description"]) == (Fate.KEPT, Fate.KEPT)
    new = released(forum)
    assert new["description"] == "Sign-ups in bursts."
    said = {**found.objects[0].body, "modified": new["modified"], "id": new["id"]}
    assert said == new


def test_a_held_profile_is_shown_in_its_campaign(forum: Forum) -> None:
    profile = {"extension_type": "property-extension", "volume_bucket": "1e6-1e7"}
    key = BY_NAME["distillation-profile"].id
    forum.push("alder", stix("campaign", name="Abacus", extensions={key: profile}))
    [one] = seen(HeldObject.objects.get()).objects
    assert one.body["extensions"][key] == profile
    assert one.body["name"] == "Abacus"


def test_it_tells_neither_the_author_nor_which_objects_are_the_same_labs(forum: Forum) -> None:
    about = stix("note", content="In bursts.", object_refs=[SIGN["id"]], created_by_ref=AUTHOR)
    forum.push("alder", SIGN, about)
    [published] = forum.feed()
    found = seen(HeldObject.objects.get())
    assert AUTHOR not in str(found)
    assert published["id"] not in str(found)
    assert [ref[:25] for ref in found.objects[0].body["object_refs"]] == [
        "indicator--00000000-0000-"
    ]


def test_what_is_not_here_yet_stands_for_it(forum: Forum) -> None:
    named = stix("identity", name="MeadowExit Ltd", identity_class="organization")
    forum.push("alder", relationship(SIGN, "related-to", named), named)
    held = HeldObject.objects.get()
    assert seen(held).outcome == "published"
    Submission.objects.update(body_ct=None)
    assert seen(held).outcome == "published"


def test_what_nobody_may_read_is_not_shown(forum: Forum) -> None:
    url = stix("url", value="https://198.51.100.7/x")
    forum.push("alder", indicator("[ipv4-addr:value = '198.51.100.7']", extensions=HOUSEHOLD), url)
    held = HeldObject.objects.get()
    assert held.reasons == ["PERSONAL_IDENTIFIER"]
    with acting_as("forum_web"):
        assert preview_of_held(held, policy=current_policy(), now=forums.now()) is None


def test_it_says_if_letting_it_go_ends_at_another_persons(forum: Forum) -> None:
    forum.push("alder", indicator("[ipv4-addr:value ISSUBSET '192.0.0.0/8']"))
    held = HeldObject.objects.get()
    assert held.reasons == ["BROAD_PATTERN"]
    found = seen(held)
    assert (found.outcome, found.reason, found.objects) == ("held", "WARNING_LIST", ())


def test_what_nobody_can_let_go_stays_held(forum: Forum) -> None:
    forum.push("alder", stix("attack-pattern", name="An own technique"))
    found = seen(HeldObject.objects.get())
    assert (found.outcome, found.reason, found.objects) == ("held", "NOT_IN_CATALOGUE", ())


def test_nothing_is_written(forum: Forum) -> None:
    pattern = "[email-addr:value LIKE '%@kestrelmail.example']"
    forum.push("alder", indicator(pattern, extensions=STATES_NEXUS, description="x"))
    held = HeldObject.objects.get()
    before = everything()
    assert shown(seen(held))
    assert everything() == before
