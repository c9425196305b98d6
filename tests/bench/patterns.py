"""What a pattern of 400 bytes can cost, whatever stands in it: under 20 ms.

What multiplies out without asking how large it grows takes 100 s for ten times `(A or B)`.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from indicators.domain.stix.patterns import PatternError, parse_pattern
from tests.bench.benchmark import Benchmark


MOST_BYTES = 400
LIMIT_MS = 20


def _alternatives(times: int) -> str:
    return f"[{' AND '.join(f'(a:b={n} OR c:d={n})' for n in range(times))}]"


def _listed(first: int, second: int) -> str:
    one, other = (",".join(map(str, range(size))) for size in (first, second))
    return f"[a:b IN ({one}) AND c:d IN ({other})]"


def _nested(depth: int, last: str) -> str:
    inner = "".join(f"(a:b={n} {'AND' if n % 2 else 'OR'} " for n in range(depth))
    return f"[{inner}{last}{')' * depth}]"


HOSTILE = {
    "or and or, 6": _alternatives(6),
    "or and or, 8: as large as is multiplied out": _alternatives(8),
    "or and or, 10": _alternatives(10),
    "or and or, 17": _alternatives(17),
    "two lists, 16 x 16: as large as is multiplied out": _listed(16, 16),
    "two lists, 24 x 24": _listed(24, 24),
    "a list of 50": f"[a:b IN ({','.join(map(str, range(50)))})]",
    "nested 19 deep": _nested(18, "a:c=1"),
    "nested 19 deep, full reader": _nested(18, "EXISTS a:c"),
    "parentheses about an observation, full reader": f"{'(' * 20}[EXISTS a:b]{')' * 20}",
    "20 observations": " OR ".join(f"[a:b={n}]" for n in range(20)),
    "20 observations, full reader": " OR ".join(f"[EXISTS a:b{n}]" for n in range(20)),
    "20 observations in order": " FOLLOWEDBY ".join(f"[a:b={n}]" for n in range(20)),
    "observations, 2 to the 4: as large as is multiplied out": " AND ".join(
        f"([a:b={n}] OR [c:d={n}])" for n in range(4)
    ),
    "observations, 2 to the 7": " AND ".join(f"([a:b={n}]OR[c:d={n}])" for n in range(7)),
    "observations that imply each other": " OR ".join(
        f"({' AND '.join(f'[a:b={n}]' for n in range(first, first + 4))})" for first in range(5)
    ),
    "comparisons, full reader": f"[{' OR '.join(f'EXISTS a:b{n}' for n in range(24))}]",
    "quotes": f"[a:b='{chr(92)}'{(chr(92) + chr(39)) * 190}']",
    "open brackets": f"[a:b={'([' * 150}",
    "comments": f"[a:b=1 {'/**/' * 90}]",
}


def _read(text: str) -> None:
    with suppress(PatternError):  # a refusal costs, too
        parse_pattern(text)


def _benchmark(name: str, text: str) -> Benchmark:
    assert len(text.encode()) <= MOST_BYTES, name
    return Benchmark(f"pattern: {name}", partial(_read, text), LIMIT_MS)


BENCHMARKS = [_benchmark(name, text) for name, text in HOSTILE.items()]
