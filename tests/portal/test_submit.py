"""Submit by hand: nothing kept before it is confirmed, and what was shown is what is sent."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from tests.forum import Forum, indicator, stix
from tests.pipeline.previewing import everything
from tests.portal.people import Person


ROWS = """kind,value,description,confidence,residential,price
email,someone@kestrelmail.example,Our price is $20 per million tokens,70,,20 USD
ipv4,203.0.113.77,,,yes,
domain,gw[.]meadowexit[.]example,,,,
banana,x,,,,
"""
FIELDS = {"collection": "distillation", "nexus": "fraudulent-account"}


def text(answer: HttpResponse) -> str:
    """The words of a page."""
    bare = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(html.unescape(bare).split())


def envelope(answer: HttpResponse) -> str:
    found = re.search(r'name="envelope" value="([^"]*)"', answer.content.decode())
    assert found, text(answer)
    return html.unescape(found[1])


def send(person: Person, shown: HttpResponse, forum: Forum) -> str:
    """Confirm; where the hub leads then."""
    answer = person.send("/submit/confirm/", collection="distillation", envelope=envelope(shown))
    assert answer.status_code == 302
    forum.work()
    return answer["Location"]


def test_a_preview_says_what_leaves_and_keeps_nothing(forum: Forum) -> None:
    alder, before = Person.of(forum, "alder"), everything()
    shown = alder.send("/submit/", text=ROWS, **FIELDS)
    assert everything() == before
    assert shown["Cache-Control"] == "no-store"
    said = text(shown)
    assert "someone[@]kestrelmail[.]example a token tokenised" in said
    assert "203.0.113[.]77 a token tokenised" in said
    assert "20 USD nothing leaves No indicator has a place for it" in said
    assert "nothing leaves Text: a person reads it first" in said
    assert "The rules find in it: a price, an amount of money" in said
    assert "There is no kind 'banana'" in said
    assert "Send 3 objects" in said


def test_it_says_who_will_see_it_when_and_how_well_one_is_hidden(forum: Forum) -> None:
    forum.batch()
    said = text(Person.of(forum, "alder").send("/submit/", text=ROWS, **FIELDS))
    assert "distillation TLP:AMBER+STRICT 1 3 members At once: about a second" in said
    assert "distillation-tokens TLP:AMBER+STRICT 2 3 members With a batch." in said
    assert "once 3 members have something in it, and after 3 days in any case" in said
    assert "10 % of it goes out then, the rest within 1 day" in said
    assert "weak, 3 active members write here" in said
    assert "What only you can have seen points to you" in said


def test_what_was_shown_is_what_is_sent(forum: Forum) -> None:
    alder, birch = Person.of(forum, "alder"), Person.of(forum, "birch")
    shown = alder.send("/submit/", text=ROWS, **FIELDS)
    assert "20 USD" not in envelope(shown)
    place = send(alder, shown, forum)
    clear = forum.feed()
    assert [each["pattern"] for each in clear] == ["[domain-name:value = 'gw.meadowexit.example']"]
    tokens = forum.feed("distillation-tokens")
    assert sorted(re.findall("kind = '([^']*)'", str([each["pattern"] for each in tokens]))) == [
        "email-addr", "email-canon", "ipv4",
    ]  # fmt: skip
    for word in ("kestrelmail", "203.0.113", "USD", "$20", "alder"):
        assert word not in str((clear, tokens))
    assert "complete" in text(alder.open(place))
    assert f'href="/objects/{clear[0]["id"]}/"' in alder.open(place).content.decode()
    assert birch.open(place).status_code == 404
    assert birch.open(f"/objects/{tokens[0]['id']}/").status_code == 200


def test_each_way_to_give_it_comes_to_the_same(forum: Forum) -> None:
    alder = Person.of(forum, "alder")
    rows = "kind,value,confidence\ndomain,gw.meadowexit.example,70\n"
    pasted = alder.send("/submit/", text=rows, **FIELDS)
    file = SimpleUploadedFile("list.csv", b"\xef\xbb\xbf" + rows.encode())
    uploaded = alder.send("/submit/?by=file", file=file, **FIELDS)
    form = alder.send(
        "/submit/?by=form", kind="domain", value="gw.meadowexit.example", confidence="70", **FIELDS
    )
    made = [_told(json.loads(envelope(each))["objects"]) for each in (pasted, uploaded, form)]
    assert made[0] == made[1] == made[2]


def _told(objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    own = {"id", "created", "modified", "valid_from"}
    return [{name: each[name] for name in each if name not in own} for each in objects]


SIGN = indicator("[domain-name:value = 'gw.meadowexit.example']")
SITE = stix("domain-name", value="gw.meadowexit.example")


@pytest.mark.parametrize(
    "given",
    [
        {"type": "bundle", "id": "bundle--1", "objects": [SIGN, SITE]},
        {"objects": [SIGN, SITE]},
        [SIGN, SITE],
    ],
    ids=["bundle", "envelope", "list"],
)
def test_stix_is_read_in_any_wrapping_and_sent_as_it_is(forum: Forum, given: Any) -> None:
    alder = Person.of(forum, "alder")
    file = SimpleUploadedFile("seen.json", json.dumps(given).encode())
    shown = alder.send("/submit/?by=file", file=file, **FIELDS)
    assert json.loads(envelope(shown)) == {"objects": [SIGN, SITE]}
    send(alder, shown, forum)
    assert sorted(each["type"] for each in forum.feed()) == ["domain-name", "indicator"]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("", "There is nothing in it."),
        ("{", "Not acceptable as JSON"),
        ('[{"type": "indicator"}]', "Give STIX objects"),
        ('{"objects": []}', "Give STIX objects"),
        ("kind,value", "There is no row below the first line."),
        ("domain,a.example", "The first line names the columns"),
        (json.dumps([SIGN] * 1001), "More than 1000 objects"),
        ("x" * 1_000_001, "more than a megabyte"),
    ],
    ids=["nothing", "no-json", "no-id", "no-object", "no-row", "no-columns", "many", "large"],
)
def test_what_cannot_be_read_is_said_and_the_form_stays(forum: Forum, given: str, why: str) -> None:
    answer = Person.of(forum, "alder").send("/submit/", text=given, **FIELDS)
    assert why in text(answer)
    assert 'name="text"' in answer.content.decode()


def test_a_file_that_is_no_text_is_said(forum: Forum) -> None:
    file = SimpleUploadedFile("list.csv", b"\xff\xfe\x00")
    answer = Person.of(forum, "alder").send("/submit/?by=file", file=file, **FIELDS)
    assert "no text in UTF-8" in text(answer)


def test_rows_of_which_none_can_be_read_cannot_be_sent(forum: Forum) -> None:
    answer = Person.of(forum, "alder").send("/submit/", text="kind,value\nbanana,x", **FIELDS)
    assert "There is no kind 'banana'" in text(answer)
    assert "envelope" not in answer.content.decode()


def test_the_longest_sheet_is_previewed_line_by_line(forum: Forum) -> None:
    rows = "\n".join(f"domain,n{number}.example" for number in range(1000))
    said = text(Person.of(forum, "alder").send("/submit/", text=f"kind,value\n{rows}", **FIELDS))
    assert "1001 domain n999[.]example kept published" in said
    assert "The first 100 are told in full; the table above has all 1000." in said


def test_only_where_the_lab_may_write(forum: Forum) -> None:
    forum.add_member("rowan")
    rowan = Person.of(forum, "rowan")
    assert "You may not write into any collection" in text(rowan.open("/submit/"))
    refused = rowan.send("/submit/", text=ROWS, **FIELDS)
    assert "Choose the collection" in text(refused)
    given = json.dumps({"objects": [SIGN]})
    answer = rowan.send("/submit/confirm/", collection="distillation", envelope=given)
    assert answer["Location"] == "/submit/"
    forum.work()
    assert forum.feed() == []
