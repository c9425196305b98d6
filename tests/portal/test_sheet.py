"""Rows as indicators: each told by itself, none guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.domain.stix.check import problems
from indicators.domain.stix.extensions import BY_NAME
from indicators.portal.sheet import COLUMNS, KINDS, MOST, Sheet, read_sheet, written
from tests.forum import now


GOVERNANCE = BY_NAME["share-governance"].id


def read(*lines: str) -> Sheet:
    return read_sheet("\n".join(lines), nexus="fraudulent-account", now=now())


@pytest.mark.parametrize(
    ("row", "pattern"),
    [
        ("email,someone@kestrelmail.example", "[email-addr:value = 'someone@kestrelmail.example']"),
        ("domain,gw[.]meadowexit[.]example", "[domain-name:value = 'gw.meadowexit.example']"),
        (
            "url,hxxps://meadowexit.example/it's",
            "[url:value = 'https://meadowexit.example/it\\'s']",
        ),
        ("IPv4, 203.0.113.7 ", "[ipv4-addr:value = '203.0.113.7']"),
        ("asn,AS64496", "[autonomous-system:number = 64496]"),
        ("asn,64496", "[autonomous-system:number = 64496]"),
        (f"sha256,{'8d' * 32}", f"[file:hashes.'SHA-256' = '{'8d' * 32}']"),
    ],
)
def test_a_row_is_an_indicator(row: str, pattern: str) -> None:
    (made,) = read("kind,value", row).objects
    assert made["pattern"] == pattern
    assert made["extensions"][GOVERNANCE]["threat_nexus"] == ["fraudulent-account"]
    assert not problems(made)


def test_every_column_is_read_in_any_order_and_by_tabs() -> None:
    (made,) = read(
        "Valid_Until\tresidential\tvalue\tKIND\tconfidence\tdescription",
        '2026-12-31\tYes\t203.0.113.7\tipv4\t70\t"seen, twice"',
    ).objects
    assert made["valid_until"] == "2026-12-31T00:00:00.000Z"
    assert made["confidence"] == 70
    assert made["description"] == "seen, twice"
    assert made["extensions"][GOVERNANCE]["infrastructure_class"] == "residential-proxy"


def test_a_column_that_has_no_place_is_left_out_whole() -> None:
    sheet = read("kind,value,price,", "domain,gw.meadowexit.example,20 USD,what is this")
    assert sheet.unread == ["price"]
    assert "20 USD" not in str(sheet.objects)
    assert "what is this" not in str(sheet.objects)


def test_a_row_that_cannot_be_read_is_told_by_its_line_and_the_others_go_on() -> None:
    sheet = read("kind,value", "", "banana,x", "domain,a.example", "ipv4,", "domain,b.example")
    assert [each.line for each in sheet.rows if each.error] == [3, 5]
    assert "'banana'" in sheet.rows[0].error
    assert len(sheet.objects) == 2


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("confidence", "high"), ("confidence", "101"), ("confidence", "9" * 5000),
        ("confidence", "\u0667"), ("valid_until", "tomorrow"),
        ("valid_until", "2026-12-31T25:00:00Z"),
        ("residential", "perhaps"), ("residential", "ja"),
    ],
)  # fmt: skip
def test_a_cell_that_is_none_of_its_kind_is_told(column: str, cell: str) -> None:
    sheet = read(f"kind,value,{column}", f"ipv4,203.0.113.7,{cell}", "ipv4,203.0.113.8,")
    assert [bool(each.error) for each in sheet.rows] == [True, False]


@pytest.mark.parametrize("value", ["AS", "six", "-1", "٦٤", "9" * 5000])
def test_a_number_of_a_network_is_one(value: str) -> None:
    assert read("kind,value", f"asn,{value}").rows[0].error


@pytest.mark.parametrize(
    "text",
    ["", "domain,a.example", "value\na.example", "kind,value,kind\nasn,1,2", "kind\x00,value"],
)
def test_the_first_line_names_the_columns(text: str) -> None:
    sheet = read(text)
    assert sheet.error
    assert sheet.objects == []


def test_the_longest_sheet_is_read_and_a_longer_one_says_so() -> None:
    rows = [f"domain,n{number}.example" for number in range(MOST)]
    assert not read("kind,value", *rows).error
    longer = read("kind,value", *rows, "domain,more.example")
    assert len(longer.objects) == MOST
    assert f"More than {MOST} rows" in longer.error


@given(
    st.fixed_dictionaries(
        {name: st.text(st.characters(exclude_characters="\x00")) for name in COLUMNS}
    )
)
def test_a_form_is_a_sheet_of_one_row(cells: dict[str, str]) -> None:
    cells = {name: " ".join(cell.split()) for name, cell in cells.items()} | {"kind": "domain"}
    sheet = read(written(cells))
    (row,) = sheet.rows
    assert row.cells == {name: cell for name, cell in cells.items() if cell}


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    read(text)
    sheet = read("kind,value,confidence,residential,valid_until,description", text)
    assert all(bool(each.error) != bool(each.made) for each in sheet.rows)


def test_every_kind_is_named_where_the_feed_looks_for_it() -> None:
    assert all(path.count(":") == 1 for path in KINDS.values())
