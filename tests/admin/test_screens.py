"""What the screens show, and what they do not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from indicators.members.registry import issue
from indicators.models.audit import AuditEntry
from indicators.models.collection import Collection
from indicators.models.listing import FeedEntry, PublicationListing
from indicators.models.member import Credential, Grant, Member, PollMark
from indicators.models.reveal import Reveal
from indicators.models.submission import HeldObject, Submission
from indicators.pipeline import reveal
from tests.admin.desk import Desk, new_clerk
from tests.forum import Forum, indicator, now, stix


LISTS = {
    "analyst": (
        "member", "credential", "grant", "pollmark", "collection", "submission", "heldobject",
        "publicationlisting", "reveal",
    ),
    "reviewer": ("heldobject",),
    "auditor": ("auditentry", "feedentry"),
}  # fmt: skip
MODELS = {
    model._meta.model_name: model
    for model in (
        Member, Credential, Grant, PollMark, Collection, Submission, HeldObject,
        PublicationListing, AuditEntry, FeedEntry, Reveal,
    )
}  # fmt: skip


@pytest.fixture
def busy(forum: Forum) -> Forum:
    """Something in every table."""
    forum.push(
        "alder",
        stix("domain-name", value="gw-2.meadowexit.example"),
        indicator("[domain-name:value = 'gw-2.meadowexit.example']", description="our night shift"),
        stix("email-addr", value="robin@alder.example"),
        stix("note", content="see http://gw-2.meadowexit.example/ <script>alert(1)</script>\u202e",
             object_refs=["domain-name--1b5a8a7c-7a4a-5a38-9a3b-0f3a3a8d2c11"]),
    )  # fmt: skip
    member = Member.objects.get(slug="alder")
    key, _ = issue(new_clerk(), member, label="siem", scopes=["feed:read"], days=30)
    collection = forum.collections["distillation"]
    PollMark.objects.create(
        credential=key, collection=collection, last_position=1, last_minute=now()
    )
    clerk = new_clerk()
    reveal.request(
        collection, forum.feed()[0]["id"], reason="abuse", text="Three false reports.",
        by="analyst", policy=clerk.policy, now=clerk.now,
    )  # fmt: skip
    return forum


def pages(busy: Forum, desk: Callable[[str], Desk]) -> Iterator[tuple[str, str]]:
    """Every list and the page of every record, as whoever may see it."""
    assert busy.feed()
    for role, names in LISTS.items():
        here = desk(role)
        for name in names:
            yield name, here.text(f"indicators/{name}/")
            assert MODELS[name].objects.exists(), name
            for record in MODELS[name].objects.all():
                answer = here.get(f"indicators/{name}/{quoted(record.pk)}/change/")
                if answer.status_code == 200:
                    yield f"{name} {record.pk}", answer.content.decode()


def quoted(key: object) -> str:
    """As the admin writes keys into paths."""
    return str(key).replace(":", "_3A")


def test_no_page_needs_inline_script_or_style(busy: Forum, desk: Callable[[str], Desk]) -> None:
    seen = 0
    for name, text in pages(busy, desk):
        seen += 1
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", text), name
        scripts = re.findall(r"<script\b([^>]*)>", text)
        assert all("src=" in each or "application/json" in each for each in scripts), name
    assert seen > 30


def test_no_page_shows_a_secret_or_a_raw_body(busy: Forum, desk: Callable[[str], Desk]) -> None:
    for name, text in pages(busy, desk):
        for hidden in ("secret_sha256", "body_ct", "robin@", "robin[@]", "member_ct", "lookup_tag"):
            assert hidden not in text, name


def test_a_page_of_a_publication_names_no_member_and_no_moment(
    busy: Forum, desk: Callable[[str], Desk]
) -> None:
    here = desk("analyst")
    for row in PublicationListing.objects.all():
        text = here.text(f"indicators/publicationlisting/{quoted(row.pk)}/change/")
        main = text.partition('id="content"')[2]
        assert not re.search("alder|birch|cedar|submission", main)
        assert not re.search(r"\d\d:\d\d:\d\d\.(?!000Z)", main)
        assert f"{row.date_added:%H:%M:%S}" not in main


def test_an_observables_id_is_not_on_the_page_of_its_submission(
    busy: Forum, desk: Callable[[str], Desk]
) -> None:
    text = desk("analyst").text(f"indicators/submission/{Submission.objects.get().pk}/change/")
    published = [each["id"] for each in busy.feed() if each["type"] == "domain-name"]
    assert published
    assert published[0] not in text
    assert "domain-name--…" in text


def test_the_page_of_a_submission_tells_every_outcome(
    busy: Forum, desk: Callable[[str], Desk]
) -> None:
    here = desk("analyst")
    path = f"indicators/submission/{Submission.objects.get().pk}/change/"
    text = here.text(path)
    for said in ("2 published", "THREAT_NEXUS", "FREE_TEXT", "description held"):
        assert said in text
    held = here.text(path, outcome="held")
    assert "description held" not in held
    assert "FREE_TEXT" in held


def test_outcomes_come_in_pages(forum: Forum, desk: Callable[[str], Desk]) -> None:
    forum.push("alder", *(indicator(f"[ipv4-addr:value = '198.51.100.{n}']") for n in range(120)))
    here = desk("analyst")
    path = f"indicators/submission/{Submission.objects.get().pk}/change/"
    assert "Page 1 of 2" in here.text(path)
    assert "Page 2 of 2" in here.text(path, page="2")
    assert here.get(path, page="x").status_code == 200


def test_hostile_text_is_escaped_and_defanged(busy: Forum, desk: Callable[[str], Desk]) -> None:
    note = next(each for each in HeldObject.objects.all() if each.reasons == ["FREE_TEXT"]
                and each.part == "object")  # fmt: skip
    text = desk("reviewer").text(f"indicators/heldobject/{note.pk}/change/")
    assert "&lt;script&gt;" in text
    assert "<script>alert" not in text
    assert "hxxp://gw-2[.]meadowexit[.]example/" in text
    assert "\u202e" not in text
    assert "&lt;U+202E&gt;" in text


def test_the_two_halves_of_the_journal_are_apart(busy: Forum, desk: Callable[[str], Desk]) -> None:
    here = desk("auditor")
    mine, feed = here.text("indicators/auditentry/"), here.text("indicators/feedentry/")
    forum_id = next(each["id"] for each in busy.feed() if each["type"] == "indicator")
    assert forum_id in feed
    assert forum_id not in mine
    assert "member:" in mine
    assert "member:" not in feed.partition('id="result_list"')[2]
    assert not re.search(r"\d\d:\d\d:\d\d", feed.partition('id="result_list"')[2])


def test_a_poll_mark_says_how_far_behind_a_reader_is(
    busy: Forum, desk: Callable[[str], Desk]
) -> None:
    text = desk("analyst").text("indicators/pollmark/")
    assert f'field-behind">{len(busy.feed()) - 1}<' in text


@pytest.mark.parametrize(
    ("role", "path", "query"),
    [
        ("analyst", "publicationlisting", "meadowexit"),
        ("analyst", "submission", "alder"),
        ("analyst", "credential", "siem"),
        ("analyst", "member", "alder"),
        ("analyst", "grant", "alder"),
        ("analyst", "collection", "distil"),
        ("analyst", "pollmark", "alder"),
        ("analyst", "heldobject", "FREE_TEXT"),
        ("auditor", "auditentry", "member:"),
        ("auditor", "feedentry", "indicator"),
    ],
)
def test_lists_can_be_searched(
    busy: Forum, desk: Callable[[str], Desk], role: str, path: str, query: str
) -> None:
    assert busy.feed()
    here = desk(role)
    assert 'id="result_list"' in here.text(f"indicators/{path}/", q=query)
    assert 'id="result_list"' not in here.text(f"indicators/{path}/", q="zzz no such thing")


@pytest.mark.parametrize(
    ("path", "name", "values"),
    [
        ("credential", "life", {"live": True, "expired": False, "revoked": False, "odd": True}),
        ("heldobject", "is", {"open": True, "rejected": False, "any": True}),
        ("heldobject", "reason", {"FREE_TEXT": True, "ATTRIBUTION": False, "odd": True}),
        ("publicationlisting", "standing", {"live": True, "blanked": False, "superseded": False}),
    ],
)
def test_lists_can_be_filtered(
    busy: Forum, desk: Callable[[str], Desk], path: str, name: str, values: dict[str, bool]
) -> None:
    assert busy.feed()
    here = desk("analyst")
    for value, found in values.items():
        text = here.text(f"indicators/{path}/", **{name: value})
        assert ('id="result_list"' in text) == found, value
