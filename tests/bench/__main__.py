"""`python -m tests.bench [NAME …]`: run those whose name contains one of these words."""

from __future__ import annotations

import sys

from tests.bench import correlation, envelopes, patterns
from tests.bench.benchmark import report


ALL = [*patterns.BENCHMARKS, *envelopes.BENCHMARKS, *correlation.BENCHMARKS]


def main(words: list[str]) -> int:
    """Print a line each; 1 if one took longer than promised, 2 if there is none of that name."""
    chosen = [each for each in ALL if not words or any(word in each.name for word in words)]
    if not chosen:
        names = "\n".join(f"  {each.name}" for each in ALL)
        sys.stderr.write(f"No benchmark has one of these words in its name. There are:\n{names}\n")
        return 2
    all_kept = True
    for line, kept in report(chosen):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
        all_kept &= kept
    return 0 if all_kept else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
