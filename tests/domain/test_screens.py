"""Screens, where the whole river is too much to show a thing."""

from __future__ import annotations

import pytest

from indicators.domain.disclosure import current_policy
from indicators.domain.outcomes import Held, Reason, Rejected
from indicators.domain.screens import fingerprints, values
from indicators.domain.stix.patterns import parse_pattern


POLICY = current_policy()
JA3, H2 = "e7d705a3286e19ea42f587b344ee6865", "1:65536|15663105|0|m,a,s,p"


def test_every_path_that_publishes_by_itself_has_a_form() -> None:
    auto = [path for path, word in POLICY.paths.items() if word == "auto"]
    assert [path for path in auto if values.form_of(path) is None] == []


def test_a_path_without_a_form_waits_until_somebody_has_read_it() -> None:
    pattern = parse_pattern("[mutex:name = 'ask rowan']")
    with pytest.raises(Held):
        values.check_values(pattern, policy=current_policy(), waived=frozenset())
    values.check_values(pattern, policy=current_policy(), waived=frozenset({Reason.NEEDS_REVIEW}))


@pytest.mark.parametrize(
    "expression",
    [
        "{s} = 'ja3' AND {v} = '{h2}'",
        "{v} = '{h2}' AND {s} IN ('ja3', 'ja4')",
        "({s} = 'ja3' OR {s} = 'ja4') AND ({v} = '{ja3}' OR {v} = '{h2}')",
        "{s} = 'ja3' AND {s} = 'h2-akamai' AND {v} = '{ja3}'",
        "({s} = 'ja3' AND {v} = '{h2}') OR ({s} = 'h2-akamai' AND {v} = '{ja3}')",
        "url:value = 'ws://a.example/' AND ({v} = '{ja3}' OR {v} = '{h2}') AND {s} = 'ja3'",
    ],
)
def test_a_fingerprint_of_another_scheme_is_refused(expression: str) -> None:
    with pytest.raises(Rejected):
        fingerprints.check_fingerprints(parse_pattern(_filled(expression)))


@pytest.mark.parametrize(
    "expression",
    [
        "{v} = '{ja3}'",
        "{s} = 'ja3' AND {v} = '{ja3}'",
        "{s} = 'h2-akamai' AND {v} = '{h2}'] OR [{s} = 'ja3' AND {v} = '{ja3}'",
        "{s} IN ('ja3', 'h2-akamai') AND {v} IN ('{ja3}', '{h2}')",
        "{s} != 'ja4' AND {v} = '{ja3}'",
        "{s} = 'ja4' OR {v} = '{ja3}'",
    ],
)
def test_a_fingerprint_of_its_scheme_passes(expression: str) -> None:
    fingerprints.check_fingerprints(parse_pattern(_filled(expression)))


def _filled(expression: str) -> str:
    words = {"s": "tls-client-fingerprint:scheme", "v": "tls-client-fingerprint:value"}
    return f"[{expression.format(**words, ja3=JA3, h2=H2)}]"
