"""docs/taxii.md tells what the door can answer, and its limits as they are."""

from __future__ import annotations

import re

from indicators.doors import refusals
from indicators.intake import strict_json
from indicators.taxii import query
from tests.docs.pages import CHECKOUT, code, page, table


PAGE = page("docs/taxii.md")


def test_every_error_code_is_explained_with_its_status() -> None:
    files = ("indicators/doors/refusals.py", "indicators/taxii/errors.py")
    source = "".join((CHECKOUT / each).read_text() for each in files)
    answered = set(re.findall(r"Refusal\(\s*(\d{3}),\s*\"([\w-]+)\"", source))
    answered |= {(str(status), word) for status, word in refusals.INTAKE_CODES.items()}
    explained = {(row[1], code(row[0])) for row in table(PAGE, "## Errors")}
    assert explained == answered


def test_limits_are_those_of_the_code() -> None:
    assert f"{query.MAX_FILTERS_LENGTH:,} characters" in PAGE
    assert f"`next` {query.MAX_NEXT_LENGTH:,}" in PAGE
    assert f"{strict_json.MAX_DEPTH} levels" in PAGE


def test_every_resource_is_listed() -> None:
    views = (CHECKOUT / "indicators/taxii/urls.py").read_text().count(".as_view()")
    paths = {code(row[0]).split()[1] for row in table(PAGE, "## Endpoints")}
    assert len(paths) == views
