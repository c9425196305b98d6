"""`python -m tests.bench [NAME …]`: run those whose name contains one of these words.

`pages` is another thing: a hub of its own with much in it, and every page of it opened.
"""

from __future__ import annotations

import sys

from tests.bench import correlation, envelopes, pages, patterns
from tests.bench.benchmark import report


ALL = [*patterns.BENCHMARKS, *envelopes.BENCHMARKS, *correlation.BENCHMARKS]

PAGES = "pages"


def main(words: list[str]) -> int:
    """Print a line each; 1 if one took longer than promised, 2 if there is none of that name."""
    if words == [PAGES]:
        return 0 if pages.main() else 1
    chosen = [each for each in ALL if not words or any(word in each.name for word in words)]
    if not chosen:
        names = "\n".join(f"  {each}" for each in [*(known.name for known in ALL), PAGES])
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
