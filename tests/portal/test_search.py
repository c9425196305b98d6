"""Search: what this lab reads, whole values, and nothing kept."""

from __future__ import annotations

import pytest
from django.db import connection

from indicators.domain.stix.extensions import BY_NAME
from indicators.portal.search_terms import MOST
from tests.forum import HOUSEHOLD, STATES_NEXUS, Forum, indicator, stix
from tests.pipeline.previewing import everything
from tests.portal.people import Person


MAIL = "someone@kestrelmail.example"
IS_ONE = {BY_NAME["tls-client-fingerprint"].id: {"extension_type": "new-sco"}}
HASH = "8d" * 32
JA4 = "t13d1311h2_a1b2c3d4e5f6_0f1e2d3c4b5a"
PATTERNS = [
    "[domain-name:value = 'gw.meadowexit.example']",
    "[domain-name:value = 'a.meadowexit.example' OR url:value = 'https://meadowexit.example/it\\'s']",
    "[ipv4-addr:value = '203.0.113.7'] AND [ipv4-addr:value = '203.0.113.8']",
    "[ipv4-addr:value ISSUBSET '198.51.100.0/24']",
    "[autonomous-system:number IN (64496, 64497)]",
    f"[file:hashes.'SHA-256' = '{HASH}']",
    f"[tls-client-fingerprint:scheme = 'ja4' AND tls-client-fingerprint:value = '{JA4}']",
]


def search(person: Person, *lines: str) -> str:
    answer = person.send("/search/", text="\n".join(lines))
    assert answer.status_code == 200
    return answer.content.decode()


def found(page: str) -> int:
    """How many lines are on the feed, as the page counts them."""
    return int(page.split("on the feed</span><strong>")[1].split("<", maxsplit=1)[0])


@pytest.mark.parametrize(
    "line",
    [
        "gw.meadowexit.example",
        "GW[.]meadowexit[.]example",
        "https://gw.meadowexit.example/any/page",
        "a.meadowexit.example",
        "https://meadowexit.example/it's",
        "203.0.113.8",
        "198.51.100.77",
        "AS64497",
        HASH.upper(),
        JA4,
    ],
)
def test_a_value_is_found_wherever_a_pattern_names_it(forum: Forum, line: str) -> None:
    birch = Person.of(forum, "birch")
    assert found(search(birch, line)) == 0
    forum.push("alder", *map(indicator, PATTERNS))
    assert found(search(birch, line)) == 1
    assert found(search(birch, line, "other.meadowexit.example", "203.0.113.9", "AS64498")) == 1


@pytest.mark.parametrize(
    ("thing", "line"),
    [
        (stix("domain-name", value="gw.meadowexit.example"), "gw.meadowexit.example"),
        (stix("ipv4-addr", value="203.0.113.7"), "203.0.113.7"),
        (stix("autonomous-system", number=64496), "AS64496"),
        (stix("file", hashes={"MD5": "ab" * 16, "SHA-256": HASH}), HASH),
        (stix("tls-client-fingerprint", scheme="ja4", value=JA4, extensions=IS_ONE), JA4),
    ],
    ids=lambda each: each if isinstance(each, str) else each["type"],
)
def test_an_observable_is_found_by_its_value(
    forum: Forum, thing: dict[str, object], line: str
) -> None:
    forum.push("alder", indicator("[domain-name:value = 'x.example']"), thing)
    assert found(search(Person.of(forum, "birch"), line)) == 1


def test_a_technique_is_found_in_what_names_it(forum: Forum) -> None:
    named = [{"source_name": "mitre-atlas", "external_id": "AML.T0040"}]
    forum.push("alder", indicator(PATTERNS[0], external_references=named))
    page = search(Person.of(forum, "birch"), "AML.T0040", "AML.T0041")
    assert found(page) == 1
    assert "gw[.]meadowexit[.]example" in page


def test_an_object_is_found_by_its_id_and_shown(forum: Forum) -> None:
    forum.push("alder", indicator(PATTERNS[0], confidence=70))
    (published,) = forum.feed()
    birch = Person.of(forum, "birch")
    assert f"/objects/{published['id']}/" in search(birch, published["id"])
    page = birch.open(f"/objects/{published['id']}/").content.decode()
    assert "gw[.]meadowexit[.]example" in page
    assert published["valid_until"] in page
    assert "alder" not in page.lower()


def test_what_is_personal_is_not_looked_up(forum: Forum) -> None:
    forum.push("alder", indicator(f"[email-addr:value = '{MAIL}']", extensions=STATES_NEXUS))
    assert forum.feed("distillation-tokens")
    birch, before = Person.of(forum, "birch"), everything()
    page = search(birch, MAIL)
    assert found(page) == 0
    assert "labkit match email.txt --kind email" in page
    assert everything() == before, "nothing is charged or written down"


def test_an_address_called_residential_is_not_found_in_clear(forum: Forum) -> None:
    forum.push("alder", indicator("[ipv4-addr:value = '203.0.113.7']", extensions=HOUSEHOLD))
    assert forum.feed("distillation-tokens")
    assert found(search(Person.of(forum, "birch"), "203.0.113.7")) == 0


def test_nothing_of_a_search_is_kept(forum: Forum, caplog: pytest.LogCaptureFixture) -> None:
    asked = ["rarely-seen-name.example", "rarely@kestrelmail.example", "no kind of rarely"]
    answer = Person.of(forum, "birch").send("/search/", text="\n".join(asked))
    assert "rarely" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_data FROM django_session")
        sessions = cursor.fetchall()
    assert "rarely" not in str((everything(), sessions, caplog.text))


def test_a_value_in_an_address_is_not_looked_at(forum: Forum) -> None:
    forum.push("alder", indicator(PATTERNS[0]))
    page = Person.of(forum, "birch").open("/search/?text=unasked.example").content.decode()
    assert "unasked" not in page
    assert "The newest indicators" in page


def test_only_what_the_lab_reads_is_found(forum: Forum) -> None:
    forum.add_member("rowan")
    forum.push("alder", indicator(PATTERNS[0]))
    (published,) = forum.feed()
    rowan = Person.of(forum, "rowan")
    assert found(search(rowan, "gw.meadowexit.example", published["id"])) == 0
    assert rowan.open(f"/objects/{published['id']}/").status_code == 404
    assert "meadowexit" not in rowan.open("/search/").content.decode()
    forum.grant("rowan")
    assert found(search(rowan, "gw.meadowexit.example", published["id"])) == 2
    assert rowan.open(f"/objects/{published['id']}/").status_code == 200


def test_what_was_taken_back_is_not_found(forum: Forum) -> None:
    birch, sign = Person.of(forum, "birch"), indicator(PATTERNS[0])
    forum.push("alder", sign)
    assert found(search(birch, "gw.meadowexit.example")) == 1
    forum.retract("alder", sign["id"])
    assert found(search(birch, "gw.meadowexit.example")) == 0


def test_more_lines_than_are_looked_at_are_told(forum: Forum) -> None:
    lines = [f"n{number}.example" for number in range(MOST + 3)]
    page = search(Person.of(forum, "birch"), *lines)
    assert "3 lines beyond the first 500" in page
    assert f"n{MOST - 1}[.]example" in page
    assert f"n{MOST}[.]example" not in page
