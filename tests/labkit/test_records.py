"""A table is read whole, or its reader is told where it breaks and what was left out."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from labkit.cli import main
from labkit.records import LONGEST_CELL, TOO_SHORT, Record, from_csv, from_lines
from labkit.trouble import TroubleError
from tests.labkit.evaluator import NOW, serving_keys
from tests.labkit.settings import settings


MAIL = [("email", "mail")]
UNCLOSED = 'id,mail\nA1,a@mail.example\n\nA2,"b@mail.example\nA3,c@mail.example\n'


def read(
    text: str, columns: list[tuple[str, str]] = MAIL, *, key: str | None = "id"
) -> list[Record]:
    return list(from_csv(io.StringIO(text, newline=""), columns=columns, key=key))


def test_a_table_is_read_by_the_names_of_its_columns() -> None:
    text = 'id,"mail, main",tel\nA1,"ann@mail.example",\nA2,"x""y",+12025550143\n'
    assert read(text, [("email", "mail, main"), ("phone", "tel")]) == [
        Record("A1", 1, [("email", "ann@mail.example")]),
        Record("A2", 2, [("email", 'x"y'), ("phone", "+12025550143")]),
    ]


def test_a_missing_column_is_told_with_those_that_there_are() -> None:
    with pytest.raises(TroubleError, match=r"no column 'mail'.*has: id, email"):
        read("id,email\n")


@pytest.mark.parametrize("header", ["id,mail,mail", "id,mail,id"])
def test_of_two_columns_of_one_name_none_is_taken_for_the_right_one(header: str) -> None:
    with pytest.raises(TroubleError, match=r"has 2 columns '(mail|id)'"):
        read(f"{header}\nA1,a@mail.example,b@mail.example\n")
    assert read("id,mail,tel,tel\nA1,a@mail.example,1,2\n")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (UNCLOSED, 4),
        ('id,mail\nA1,"b"@mail.example\n', 2),
        ('id,mail\nA1,"two\nlines"\nA2,"x"y\n', 4),
        ('id,"mail\nA1,a@mail.example\n', 1),
        (f"id,mail\nA1,{'x' * (LONGEST_CELL + 1)}\n", 2),
    ],
)
def test_a_row_that_is_no_csv_is_named_by_its_first_line(text: str, line: int) -> None:
    with pytest.raises(TroubleError, match=f"begins in line {line} of the table is no CSV"):
        read(text)


def test_a_long_cell_is_no_reason_to_lose_the_rest() -> None:
    rows = read(f"id,mail,words\nA1,a@mail.example,{'x' * 200_000}\nA2,b@mail.example,y\n")
    assert [each.key for each in rows] == ["A1", "A2"]


def test_what_a_short_row_lacks_is_counted() -> None:
    columns = [("email", "mail"), ("phone", "tel")]
    assert read("id,mail,tel\nA1,a@mail.example\nA2,b@mail.example,\n", columns) == [
        Record("A1", 1, [("email", "a@mail.example")], (TOO_SHORT,)),
        Record("A2", 2, [("email", "b@mail.example")]),
    ]


def test_a_row_too_short_for_its_key_gets_no_other_key() -> None:
    assert read("mail,tel,id\na@mail.example\n") == [Record("1", 1, [], (TOO_SHORT,))]


def test_lines_are_values_and_their_numbers_the_keys() -> None:
    assert list(from_lines(["a\n", "\n", " b \r\n"], name="email")) == [
        Record("1", 1, [("email", "a")]),
        Record("3", 3, [("email", "b")]),
    ]


# --- the same, by a command ----------------------------------------------------------------------


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """`labkit tokenise` of a table that each test writes."""
    with serving_keys() as hub:
        for name, value in settings(tmp_path, url=hub.url).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("labkit.cli_tokens.now", lambda: NOW)
        yield ["tokenise", str(tmp_path / "t.csv"), "--id", "id", "--column", "email=mail"]


def test_a_quotation_mark_that_never_closes_is_an_error(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    Path(words[1]).write_text(UNCLOSED)
    assert main(words) == 2
    errors = capsys.readouterr().err
    assert "line 4" in errors
    assert "mail.example" not in errors


def test_short_rows_are_told_among_what_was_left_out(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    Path(words[1]).write_text("id,mail\nA1,a@mail.example\nA2\nA3\nA4,nobody\n")
    assert main(words) == 1
    errors = capsys.readouterr().err
    assert "2 values were left out, first in row 2: The row has too few cells" in errors
    assert "1 value was left out, first in row 4: " in errors
