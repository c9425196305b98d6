"""How the pages write moments, spans, patterns and addresses."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from indicators.pipeline.preview import Fate


def shown(text: str, **values: Any) -> str:
    return Template(f"{{% load ui %}}{text}").render(Context(values))


def test_a_moment_is_told_in_utc_whatever_its_zone() -> None:
    at = datetime(2026, 11, 1, 1, 30, 15, tzinfo=timezone(timedelta(hours=2)))
    assert shown("{{ at|moment }}", at=at) == (
        '<time datetime="2026-10-31T23:30:15+00:00" title="2026-10-31 23:30:15 UTC" data-moment>'
        "2026-10-31 23:30 UTC</time>"
    )


def test_a_day_has_no_zone_to_be_written_in() -> None:
    text = shown("{{ at|moment }}", at=date(2026, 11, 1))
    assert text == '<time datetime="2026-11-01">2026-11-01</time>'


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.04, "0.0 ms"), (0.44, "0.4 ms"), (9.96, "10.0 ms"), (12.4, "12 ms"), (1240, "1.2 s")],
)
def test_a_short_time_is_told_in_milliseconds(value: float, text: str) -> None:
    assert shown("{{ value|milliseconds }}", value=value) == text


@pytest.mark.parametrize("name", ["milliseconds", "moment", "span"])
def test_nothing_is_a_dash(name: str) -> None:
    assert shown(f"{{{{ nothing|{name} }}}}", nothing=None) == "-"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (119.4, "119 s"),
        (120, "2 min"),
        (7199, "119 min"),
        (7200, "2 h"),
        (2 * 86400 - 1, "47 h"),
        (2 * 86400, "2 d"),
    ],
)
def test_a_span_is_told_in_its_largest_whole_unit(seconds: float, text: str) -> None:
    assert shown("{{ it|span }}", it=timedelta(seconds=seconds)) == text


@pytest.mark.parametrize("name", ["words", "told"])
def test_what_a_lab_wrote_is_no_link_and_no_markup(name: str) -> None:
    text = shown(f"{{{{ it|{name} }}}}", it="see http://a.example/ <script>")
    assert text == "see hxxp://a[.]example/ &lt;script&gt;"


def test_what_is_no_text_is_told_as_json() -> None:
    assert shown("{{ it|words|safe }}", it=["a.example", 7]) == '["a[.]example", 7]'
    assert shown("{{ it|words|safe }}", it={"a": "b.example"}) == '{\n  "a": "b[.]example"\n}'


def test_a_pattern_of_tokens_is_told_by_what_they_stand_for() -> None:
    token = "[match-token:kind = '{}' AND match-token:value = 'q83v']"
    pattern = " OR ".join(token.format(each) for each in ("phone", "email", "phone"))
    assert shown("{{ it|told }}", it=pattern) == "token of email or phone"


def test_every_fate_of_a_property_but_no_other_word_has_its_colour() -> None:
    colours = {each: shown("{{ it|wash }}", it=each) for each in Fate}
    assert all(colours.values())
    assert colours[Fate.KEPT] != colours[Fate.DROPPED]
    assert shown("{{ it|wash }}", it="no such fate") == ""


def here(change: str, path: str = "/list/?sort=age&page=3") -> str:
    request = RequestFactory().get(path)
    return shown(f"{{% here {change} %}}", request=request)


def test_an_address_with_another_parameter_keeps_the_rest_and_starts_at_its_first_page() -> None:
    assert here("state='done'") == "?sort=age&amp;state=done"
    assert here("page=4") == "?sort=age&amp;page=4"
    assert here("sort=None state='a b&c'") == "?state=a+b%26c"


def test_an_address_without_any_is_the_page_itself() -> None:
    assert here("sort=None") == "/list/"
    assert here("sort=''") == "/list/"


def test_a_time_of_the_clock_is_what_it_says() -> None:
    assert "2026-11-01 09:00 UTC" in shown(
        "{{ at|moment }}", at=datetime(2026, 11, 1, 9, tzinfo=UTC)
    )
