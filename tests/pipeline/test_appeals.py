"""A disputed object is flagged to every reader; upheld, it is gone and does not come again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from indicators.domain.stix.check import problems
from indicators.models.appeal import Appeal
from indicators.models.barred import Barred
from indicators.models.submission import HeldObject
from indicators.pipeline import appeals, barred, corroborate, review
from indicators.pipeline.appeals import AppealError
from indicators.pipeline.sweep import sweep
from indicators.pipeline.tasks import show_appeal
from tests.forum import STATES_NEXUS, Forum, indicator, messages, now, outcomes, relationship, stix
from tests.labs import acting_as
from tests.pipeline.governing import MAIL, PATTERN, POLICY, about_mail, acts, clerk, live


TOKENS = "distillation-tokens"


def open_over(forum: Forum, stix_id: str, alias: str = "distillation") -> Appeal:
    made = appeals.open_appeal(
        clerk(), forum.collections[alias], stix_id, ground="not-the-actor", reference="A-1"
    )
    show_appeal(appeal_id=str(made.id))
    return made


def close(appeal: Appeal, *, upheld: bool) -> None:
    appeals.close(clerk(), appeal.id, upheld=upheld, outcome="see the file")
    show_appeal(appeal_id=str(appeal.id))


def published(forum: Forum, *objects: Any) -> str:
    assert set(outcomes(forum.push("alder", *objects))) == {"published"}
    return str(forum.feed()[-1]["id"])


def test_the_next_version_says_so_to_every_reader(forum: Forum) -> None:
    before = published(forum, indicator(PATTERN))
    open_over(forum, before)
    first, second = forum.feed(versions="all")
    assert second["id"] == first["id"]
    assert second["labels"] == ["under-dispute"]
    assert second["modified"] > first["modified"]
    assert not problems(second)


def test_dismissed_the_flag_is_taken_away(forum: Forum) -> None:
    appeal = open_over(forum, published(forum, indicator(PATTERN)))
    close(appeal, upheld=False)
    assert "labels" not in forum.feed()[0]
    assert not Barred.objects.exists()
    appeal.refresh_from_db()
    assert (appeal.state, appeal.applied) == ("dismissed", "dismissed")


def test_the_flag_stays_whatever_the_lab_sends(forum: Forum) -> None:
    cluster = stix("infrastructure", name="x", infrastructure_types=["botnet"])
    open_over(forum, published(forum, cluster))
    changed = {"modified": "2026-11-05T00:00:00.000Z", "infrastructure_types": ["anonymization"]}
    status = forum.push("alder", cluster | changed)
    assert outcomes(status) == ["held"]
    assert "An appeal over it is open" in messages(status)[0]
    review.release(HeldObject.objects.get(part="object").id, by="rowan", policy=POLICY, now=now())
    forum.work()
    [latest] = forum.feed()
    assert latest["infrastructure_types"] == ["anonymization"]
    assert latest["labels"] == ["under-dispute"]


def test_other_content_under_the_same_id_does_not_shed_the_flag(forum: Forum) -> None:
    sign = indicator(PATTERN)
    appeal = open_over(forum, published(forum, sign))
    other = sign | {
        "modified": "2026-11-05T00:00:00.000Z",
        "pattern": PATTERN.replace("]", " OR domain-name:value = 'gw-9.meadowexit.example']"),
    }
    assert outcomes(forum.push("alder", other)) == ["held"]
    assert [each["labels"] for each in forum.feed()] == [["under-dispute"]]
    close(appeal, upheld=False)
    assert outcomes(forum.push("alder", other | {"modified": "2026-11-06T00:00:00.000Z"})) == [
        "published"
    ]


def test_the_flag_stays_beside_corroboration(forum: Forum) -> None:
    for lab in ("alder", "birch", "cedar"):
        forum.push(lab, indicator(PATTERN))
    appeal = open_over(forum, forum.feed()[0]["id"])
    corroborate.run(policy=POLICY, now=now() + timedelta(days=1))
    assert forum.feed()[0]["labels"] == ["corroborated", "under-dispute"]
    close(appeal, upheld=False)
    assert forum.feed()[0]["labels"] == ["corroborated"]


def test_upheld_it_is_gone_whoever_stands_behind_it(forum: Forum) -> None:
    status = forum.push("alder", indicator(PATTERN))
    forum.push("birch", indicator(PATTERN))
    close(open_over(forum, forum.feed()[0]["id"]), upheld=True)
    assert live(forum) == []
    assert outcomes(forum.status("alder", status.id)) == ["withdrawn"]
    assert len(acts("object taken down on appeal")) == 1


@pytest.mark.parametrize("spelling", [PATTERN, "[domain-name:value='GW-2.meadowexit.example' ]"])
def test_upheld_it_does_not_come_again_from_anybody(forum: Forum, spelling: str) -> None:
    close(open_over(forum, published(forum, indicator(PATTERN))), upheld=True)
    for lab in ("alder", "cedar"):
        status = forum.push(lab, indicator(spelling), indicator("[domain-name:value='b.example']"))
        assert outcomes(status) == ["rejected", "published"]
        assert messages(status)[0].startswith("rejected: APPEAL_UPHELD")


def test_nor_into_another_collection(forum: Forum) -> None:
    close(open_over(forum, published(forum, indicator(PATTERN))), upheld=True)
    forum.add_collection("payments", accepts_reserved=True)
    assert outcomes(forum.push("birch", indicator(PATTERN), into="payments")) == ["rejected"]


def test_upheld_it_is_gone_from_every_collection_with_all_that_speaks_of_its_tokens(
    forum: Forum,
) -> None:
    forum.add_collection("payments", accepts_reserved=True)
    forum.add_collection("payments-tokens", kind="tokens", parent=forum.collections["payments"])
    forum.push("alder", indicator(PATTERN), about_mail())
    forum.push("birch", indicator(PATTERN), about_mail(), into="payments")
    mails = f"[email-addr:value IN ('{MAIL}', 'sam@kestrelmail.example')]"
    forum.push("cedar", indicator(mails, extensions=STATES_NEXUS))
    close(open_over(forum, live(forum)[0]["id"]), upheld=True)
    token = next(each for each in live(forum, TOKENS) if "sam" not in each["pattern"])
    close(open_over(forum, token["id"], TOKENS), upheld=True)
    for alias in ("distillation", "payments", TOKENS, "payments-tokens"):
        assert live(forum, alias) == [], alias


def test_a_relationship_and_what_never_merges_do_not_come_again_either(forum: Forum) -> None:
    sign, domain = indicator(PATTERN), stix("domain-name", value="gw-2.meadowexit.example")
    link, cluster = relationship(sign, "based-on", domain), stix("infrastructure", name="x")
    forum.push("alder", sign, domain, link, cluster)
    ids = {each["type"]: each["id"] for each in forum.feed()}
    for type_ in ("relationship", "infrastructure"):
        close(open_over(forum, ids[type_]), upheld=True)
    newer = {"modified": "2026-11-09T00:00:00.000Z"}
    status = forum.push("alder", link | newer, cluster | newer)
    assert outcomes(status) == ["rejected", "rejected"]
    # Of what never merges, equal content of another lab is no evidence that it is the same.
    assert outcomes(forum.push("birch", stix("infrastructure", name="x"))) == ["published"]


def test_tokens_are_known_again_in_another_pattern(forum: Forum) -> None:
    forum.push("alder", about_mail())
    beside = "distillation-tokens"
    close(open_over(forum, forum.feed(beside)[0]["id"], beside), upheld=True)
    both = about_mail()
    both["pattern"] = f"[email-addr:value IN ('{MAIL}', 'sam@kestrelmail.example')]"
    assert outcomes(forum.push("birch", both)) == ["rejected"]


def test_an_observable_is_flagged_by_a_note_that_goes_with_it(forum: Forum) -> None:
    domain = published(forum, stix("domain-name", value="gw-2.meadowexit.example"))
    appeal = open_over(forum, domain)
    note = forum.feed()[-1]
    assert (note["type"], note["labels"], note["object_refs"]) == (
        "note", ["under-dispute"], [domain],
    )  # fmt: skip
    assert not problems(note)
    close(appeal, upheld=False)
    assert [each["type"] for each in live(forum)] == ["domain-name"]


def test_upheld_over_an_observable_both_go(forum: Forum) -> None:
    domain = stix("domain-name", value="gw-2.meadowexit.example")
    close(open_over(forum, published(forum, domain)), upheld=True)
    assert live(forum) == []
    assert outcomes(forum.push("birch", domain)) == ["rejected"]


def test_what_was_published_in_the_moment_it_was_barred_is_found(forum: Forum) -> None:
    before = published(forum, indicator(PATTERN))
    appeal = open_over(forum, before)
    tags = [bytes(each) for each in appeal.tags]
    barred.bar(tags, since=now().date(), appeal=appeal.id, request=None)
    assert barred.enforce(policy=POLICY, now=now()) == 1
    assert live(forum) == []
    assert barred.enforce(policy=POLICY, now=now()) == 0


def test_a_lost_doorbell_is_rung_again_and_twice_is_once(forum: Forum) -> None:
    before = published(forum, indicator(PATTERN))
    made = appeals.open_appeal(
        clerk(), forum.collections["distillation"], before, ground="stale", reference="A-1"
    )
    assert appeals.due(10) == [made.id]
    assert sweep() == 1
    assert appeals.apply_due(policy=POLICY, now=now()) == 1
    assert appeals.apply_due(policy=POLICY, now=now()) == 0
    assert len(forum.feed(versions="all")) == 2


def test_the_worker_may_show_and_carry_out_what_staff_decided(forum: Forum) -> None:
    before = published(forum, indicator(PATTERN))
    with acting_as("forum_worker"):
        appeals.apply_due(policy=POLICY, now=now())
    appeal = appeals.open_appeal(
        clerk(), forum.collections["distillation"], before, ground="stale", reference="A-1"
    )
    with acting_as("forum_worker"):
        assert appeals.apply_due(policy=POLICY, now=now()) == 1
    assert forum.feed()[0]["labels"] == ["under-dispute"]
    appeals.close(clerk(), appeal.id, upheld=True, outcome="see the file")
    with acting_as("forum_worker"):
        assert appeals.apply_due(policy=POLICY, now=now()) == 1
    assert live(forum) == []


def test_an_appeal_over_what_fell_meanwhile_changes_nothing(forum: Forum) -> None:
    sign = indicator(PATTERN)
    appeal = open_over(forum, published(forum, sign))
    forum.retract("alder", sign["id"])
    before = forum.feed(versions="all")
    close(appeal, upheld=True)
    assert forum.feed(versions="all") == before
    assert outcomes(forum.push("birch", indicator(PATTERN))) == ["rejected"]


def test_an_appeal_needs_an_object_a_ground_and_a_file_and_is_decided_once(forum: Forum) -> None:
    there = published(forum, indicator(PATTERN))
    here = forum.collections["distillation"]
    for words, said in (
        ({"stix_id": "indicator--0"}, "Nothing stands"),
        ({"ground": "because"}, "no ground"),
        ({"reference": " "}, "case file"),
    ):
        asked = {"stix_id": there, "ground": "stale", "reference": "A-1", **words}
        with pytest.raises(AppealError, match=said):
            appeals.open_appeal(clerk(), here, asked.pop("stix_id"), **asked)
    appeal = open_over(forum, there)
    with pytest.raises(AppealError, match="open already"):
        open_over(forum, there)
    with pytest.raises(AppealError, match="Say why"):
        appeals.close(clerk(), appeal.id, upheld=True, outcome=" ")
    close(appeal, upheld=False)
    with pytest.raises(AppealError, match="no such appeal"):
        close(appeal, upheld=True)
    assert appeals.find(str(appeal.id)[:8]) == appeal
    assert [each.actor for each in acts("appeal opened")] == ["counsel-a"]
