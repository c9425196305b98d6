"""A changed policy is applied to what is held, and to what is published already."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from indicators.domain.disclosure import Policy, current_policy, read_policy
from indicators.domain.stix.check import problems
from indicators.models.publication import Edge, Publication, ReleaseItem
from indicators.models.rescreen import PolicyText, Rescreen
from indicators.models.submission import HeldObject, SubmissionObject
from indicators.pipeline import batches, corroborate, disputes, enrich, lookback, rescreen, review
from indicators.pipeline.publish import Publisher
from tests.forum import Forum, indicator, messages, now, outcomes, relationship, stix
from tests.labs import acting_as
from tests.pipeline.governing import PATTERN, POLICY, about_mail, acts, live


def changed(*replacements: tuple[str, str], version: str = "2199-01-01.1") -> Policy:
    """Today's policy with other words, under another version."""
    text = POLICY.text
    for old, new in (*replacements, (f'version = "{POLICY.version}"', f'version = "{version}"')):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return read_policy(text)


def in_type(name: str, old: str, new: str) -> tuple[str, str]:
    """Replace a line of one type's section."""
    head = f"[types.{name}]\n"
    section = POLICY.text.split(head, 1)[1].split("\n[", 1)[0]
    assert section.count(old) == 1, (name, old)
    return head + section, head + section.replace(old, new)


def run(policy: Policy, **words: Any) -> lookback.Count:
    rescreen.remember(current_policy(), now=now())
    return rescreen.run(policy=policy, now=now(), **words)


def test_without_a_change_nothing_is_looked_at(forum: Forum) -> None:
    forum.push("alder", indicator(PATTERN))
    assert run(current_policy()) == lookback.Count()


def test_a_change_that_means_nothing_to_an_object_leaves_its_bytes(forum: Forum) -> None:
    sign, domain = indicator(PATTERN, confidence=80), stix("domain-name", value="a.example")
    forum.push("alder", sign, domain, relationship(sign, "based-on", domain), about_mail())
    forum.push("birch", stix("campaign", name="x", first_seen="2026-11-01T00:00:00.000Z"))
    before = Publication.objects.order_by("collection_id", "position").values_list(
        "body", flat=True
    )
    bytes_before = list(before)
    count = run(changed(("limits]\nfuture_minutes = 5 ", "limits]\nfuture_minutes = 6 ")))
    assert (count.checked, count.revised, count.withdrawn, count.unknown) == (5, 0, 0, 0)
    assert list(before.all()) == bytes_before


def test_a_property_that_is_listed_no_more_is_gone_from_the_next_version(forum: Forum) -> None:
    forum.push("alder", indicator(PATTERN, confidence=80))
    policy = changed(in_type("indicator", 'confidence = "scale"', 'confidence = "drop"'))
    [first] = forum.feed()
    assert first["confidence"] == 85
    assert run(policy).revised == 1
    [second] = forum.feed(versions="all")  # of the first only its place is left
    assert "confidence" not in second
    assert {**second, "modified": "", "confidence": 85} == {**first, "modified": ""}
    assert not problems(second)
    [row] = Publication.objects.filter(superseded_by=None, body__isnull=False)
    assert row.policy_version == policy.version
    assert len(acts("object revised for new policy")) == 1


def test_a_shorter_lifetime_ends_what_is_published_earlier(forum: Forum) -> None:
    forum.push("alder", indicator(PATTERN))
    [first] = forum.feed()
    run(changed(("\ndomain = 120\n", "\ndomain = 12\n")))
    [second] = forum.feed(versions="all")
    assert second["valid_until"] < first["valid_until"]


def test_a_type_that_publishes_by_itself_no_more_is_withdrawn(forum: Forum) -> None:
    domain = stix("domain-name", value="gw-2.meadowexit.example")
    status = forum.push("alder", domain, indicator(PATTERN))
    policy = changed(in_type("domain-name", '"auto"', '"review:NEEDS_REVIEW"'))
    assert run(policy).withdrawn == 1
    assert [each["type"] for each in live(forum)] == ["indicator"]
    assert outcomes(forum.status("alder", status.id)) == ["withdrawn", "published"]
    assert len(acts("object against new policy")) == 1


def test_a_type_that_is_refused_now_is_withdrawn(forum: Forum) -> None:
    forum.push("alder", stix("campaign", name="x"))
    run(changed(in_type("campaign", '"auto"', '"refuse:OUT_OF_SCOPE"')))
    assert live(forum) == []


def test_a_path_that_a_person_looks_at_now_is_withdrawn(forum: Forum) -> None:
    forum.push("alder", indicator(PATTERN), indicator("[url:value = 'https://a.example/x']"))
    run(changed(('"url:value",\n', "\n"), ('"software:name",', '"software:name", "url:value",')))
    [left] = live(forum)
    assert "domain-name" in left["pattern"]


def test_what_a_person_released_stands(forum: Forum) -> None:
    forum.push("alder", stix("threat-actor", name="Ferry", first_seen="2026-11-01T00:00:00.000Z"))
    held = HeldObject.objects.get(part="object")
    for login in ("rowan", "linden"):
        review_release(held, login)
    forum.work()
    [before] = live(forum)
    assert before["name"] == "Ferry"
    count = run(changed(in_type("indicator", 'confidence = "scale"', 'confidence = "drop"')))
    assert (count.checked, count.revised, count.withdrawn) == (1, 0, 0)
    assert live(forum) == [before]


def review_release(held: HeldObject, login: str) -> None:
    held.refresh_from_db()
    if held.state != HeldObject.State.OPEN:
        return
    if held.first_by:
        review.confirm(held.id, by=login, policy=POLICY, now=now())
    else:
        review.release(held.id, by=login, policy=POLICY, now=now())


def test_released_text_goes_where_no_text_may_be_any_more(forum: Forum) -> None:
    forum.push("alder", indicator(PATTERN, description="A relay."))
    held = HeldObject.objects.get()
    review_release(held, "rowan")
    enrich.apply(held.id, policy=POLICY, now=now())
    assert forum.feed()[0]["description"] == "A relay."
    run(changed(in_type("indicator", 'description = "text"', 'description = "drop"')))
    assert "description" not in forum.feed()[0]
    assert forum.feed()[0]["name"].startswith("Indicator ")


def test_text_that_is_released_goes_out_only_if_the_policy_of_now_has_a_place_for_it(
    forum: Forum,
) -> None:
    status = forum.push("alder", indicator(PATTERN, description="A relay.", name="Gateway"))
    held = HeldObject.objects.get()
    review_release(held, "rowan")
    policy = changed(in_type("indicator", 'description = "text"', 'description = "drop"'))
    enrich.apply(held.id, policy=policy, now=now())
    [shown] = forum.feed()
    assert shown["name"] == "Gateway"
    assert "description" not in shown
    assert "name released" in messages(forum.status("alder", status.id))[0]


REFUSED = changed(in_type("indicator", '"auto"', '"refuse:OUT_OF_SCOPE"'))


def test_what_is_said_anew_of_an_object_does_not_hide_it_from_the_look_back(forum: Forum) -> None:
    """Text, labels and lost references come without a look at the rest of the object."""
    address = stix("ipv4-addr", value="203.0.113.9")
    domain = stix("domain-name", value="a.example", resolves_to_refs=[address["id"]])
    forum.push("alder", indicator(PATTERN, description="A relay."), address, domain)
    sign = next(each for each in forum.feed() if each["type"] == "indicator")
    held = HeldObject.objects.get()
    review_release(held, "rowan")
    later = Publisher(forum.collections["distillation"], REFUSED, now())
    enrich.apply(held.id, policy=REFUSED, now=now())
    with transaction.atomic():
        disputes.flag(later, sign["id"], disputes.APPEALED)
    for lab in ("birch", "cedar"):
        forum.push(lab, indicator(PATTERN))
    corroborate.run(policy=REFUSED, now=now())
    run(REFUSED)
    assert [each["type"] for each in live(forum)] == ["ipv4-addr", "domain-name"]


def test_what_waits_for_its_batch_is_looked_at_before_it_goes_out(forum: Forum) -> None:
    forum.batch(batch_members=1)
    mails = [about_mail(f"a{number}@kestrelmail.example") for number in range(3)]
    forum.push("alder", *mails)
    sent = [forum.push("birch", stix("domain-name", value="a.example"))]
    rescreen.remember(POLICY, now=now())
    batches.run(policy=REFUSED, now=now())
    assert forum.feed("distillation-tokens") == []
    assert not ReleaseItem.objects.exists()
    assert outcomes(sent[0]) == ["published"]


def test_a_batch_that_the_change_means_nothing_to_goes_out(forum: Forum) -> None:
    forum.batch(batch_members=1, batch_soon_percent=100)
    forum.push("alder", about_mail())
    rescreen.remember(POLICY, now=now())
    policy = changed(in_type("campaign", '"auto"', '"refuse:OUT_OF_SCOPE"'))
    batches.run(policy=policy, now=now())
    assert len(forum.feed("distillation-tokens")) == 1


def test_a_reference_that_may_not_be_shown_any_more_ties_nothing(forum: Forum) -> None:
    address = stix("ipv4-addr", value="203.0.113.9")
    domain = stix("domain-name", value="a.example", resolves_to_refs=[address["id"]])
    forum.push("alder", address, domain)
    assert Edge.objects.count() == 1
    run(changed(in_type("domain-name", '"refs?"', '"drop"')))
    [shown] = [each for each in live(forum) if each["type"] == "domain-name"]
    assert "resolves_to_refs" not in shown
    assert not Edge.objects.exists()


def test_what_is_held_is_decided_anew(forum: Forum) -> None:
    broad = indicator("[domain-name:value LIKE '%.meadowexit.example']")
    named = stix("identity", name="Ferryrelay", identity_class="organization")
    status = forum.push("alder", broad, named)
    assert outcomes(status) == ["held", "held"]
    policy = changed(in_type("identity", '"review:NAMED_ENTITY"', '"refuse:OUT_OF_SCOPE"'))
    assert run(policy).held == 2
    assert set(SubmissionObject.objects.values_list("outcome", flat=True)) == {"pending"}
    assert run(policy).held == 0


def test_it_is_bounded_and_goes_on_where_it_stopped(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rescreen, "_AT_ONCE", 2)
    forum.push(
        "alder",
        *(indicator(f"[domain-name:value = 'a{n}.example']", confidence=80) for n in range(5)),
    )
    policy = changed(in_type("indicator", 'confidence = "scale"', 'confidence = "drop"'))
    assert rescreen.preview(policy=policy, now=now()).revised == 5
    assert len(forum.feed(versions="all")) == 5
    assert [run(policy, most=2).revised for _ in range(4)] == [2, 2, 1, 0]
    mark = Rescreen.objects.get(collection=forum.collections["distillation"])
    assert (mark.checked, mark.revised, mark.finished_at is None) == (5, 5, False)
    assert all("confidence" not in each for each in forum.feed())


def test_what_was_published_under_words_that_nobody_kept_is_left_and_counted(forum: Forum) -> None:
    forum.push("alder", indicator(PATTERN, confidence=80))
    Publication.objects.update(policy_version="1999-01-01.1")
    policy = changed(in_type("indicator", 'confidence = "scale"', 'confidence = "drop"'))
    count = run(policy)
    assert (count.checked, count.unknown, count.revised) == (1, 1, 0)
    PolicyText.objects.create(version="1999-01-01.2", text="not a policy", since=now())
    Publication.objects.update(policy_version="1999-01-01.2")
    assert rescreen.preview(policy=changed(version="2199-01-01.2"), now=now()).unknown == 1


def test_the_worker_may_do_it(forum: Forum) -> None:
    forum.push("alder", indicator(PATTERN, confidence=80), stix("campaign", name="x"),
               stix("identity", name="Ferryrelay", identity_class="organization"))  # fmt: skip
    policy = changed(
        in_type("indicator", 'confidence = "scale"', 'confidence = "drop"'),
        in_type("campaign", '"auto"', '"refuse:OUT_OF_SCOPE"'),
    )
    with acting_as("forum_worker"):
        count = run(policy)
    assert (count.held, count.revised, count.withdrawn) == (1, 1, 1)


@pytest.mark.django_db
def test_each_policy_that_was_deployed_is_kept() -> None:
    assert PolicyText.objects.get(pk=POLICY.version).text == POLICY.text
