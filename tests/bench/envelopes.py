"""What an envelope can cost before and while its objects are checked."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from indicators.domain.disclosure import current_policy
from indicators.domain.stix.check import problems
from indicators.domain.tlp import Level
from indicators.intake.strict_json import MAX_VALUES, StrictJSONError, loads_strict
from tests.bench.benchmark import Benchmark
from tests.domain.stix.corpus import a_valid
from tests.domain.stix.pieces import a_ref, an_indicator


MIB = 2**20
HOSTILE = {
    "text": b'{"a":"' + b"x" * 10 * MIB + b'"}',
    "escapes": b'{"a":"' + b"\\\\" * 5 * MIB + b'"}',
    "no end": b'{"a":"' + b"\\\\" * 5 * MIB,
    "escaped quotes, no end": b'{"a":"' + b'\\"' * 5 * MIB,
    "emoji": b'{"a":"' + b"\\ud83d\\ude00" * (10 * MIB // 12) + b'"}',
    "half emoji": b'{"a":"' + b"\\ud83d" * (10 * MIB // 6) + b'"}',
    "open lists": b"[" * 10 * MIB,
    "empty lists": b'{"a":[' + b"[]," * 3 * MIB + b"1]}",
    "open objects": b'{"a":' * 2 * MIB,
    "empty texts": b'{"a":[' + b'"",' * 3 * MIB + b"1]}",
    "digits": b'{"a":' + b"1" * 10 * MIB + b"}",
    "fraction": b'{"a":0.' + b"1" * 10 * MIB + b"}",
    "quotes": b'"' * 10 * MIB,
    "as many as may be": b'{"a":[' + b'{"b":[1]},' * (MAX_VALUES // 3 - 1) + b"1]}",
}
LARGE: dict[str, dict[str, object]] = {
    "a list of words": {"x_alder": ["x"] * 100_000},
    "a long name": {"name": "a-" * 50_000},
    "markings": {"object_marking_refs": [a_ref("marking-definition")] * 10_000},
    "selectors": {
        "granular_markings": [
            {"marking_ref": Level.RED.marking_id, "selectors": ["a-a.b" * 40] * 500}
        ]
    },
    "extensions": {
        "extensions": {f"{'a-' * 100}{number}-ext": {"abc": 1} for number in range(500)}
    },
}


def _read(raw: bytes) -> None:
    with suppress(StrictJSONError):  # a refusal costs, too
        loads_strict(raw)


def _search_urls() -> None:
    forms = current_policy().url_contents.values()
    for text in ("a" * 2_000, "1-" * 1_000, "a@" * 1_000, "sk-" * 600, "1a" * 999):
        for form in forms:
            form.search(text)


BENCHMARKS = [
    *(
        Benchmark(f"JSON, 10 MiB: {name}", partial(_read, raw), 1000)
        for name, raw in HOSTILE.items()
    ),
    *(
        Benchmark(f"a large object: {name}", partial(problems, an_indicator() | changes), 1000)
        for name, changes in LARGE.items()
    ),
    Benchmark(
        "an object: checked", partial(problems, a_valid("indicator"), check_pattern=False), 0.1
    ),
    Benchmark("a URL of 2,000 characters: searched, five times", _search_urls, 500),
]
