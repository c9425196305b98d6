"""What hangs by a thread is cut, and what falls into many pieces falls at once."""

from __future__ import annotations

from indicators.domain.correlation.cutting import pieces
from indicators.domain.correlation.links import Link
from tests.domain.correlation.counted import Counted


def square(name: str) -> list[Link]:
    """Two reports that show two values."""
    return [Link(f"{name}-{n}", Counted("pan", f"{name}-{m}"), 1.0) for n in (0, 1) for m in (0, 1)]


def names(links: list[Link], least: float) -> list[set[str]]:
    found = pieces(links, least=least)
    return sorted(({link.report.partition("-")[0] for link in each} for each in found), key=min)


def test_what_hangs_by_a_thread_is_cut() -> None:
    thread = [Link("a-0", Counted("pan", "b-0"), 0.1)]
    assert names([*square("a"), *square("b"), *thread], 0.1) == [{"a"}, {"b"}]
    assert names([*square("a"), *square("b"), *thread], 0.001) == [{"a", "b"}]


def test_what_nothing_holds_together_falls_into_all_its_pieces_at_once() -> None:
    links = [link for n in range(50) for link in square(f"group{n:02}")]
    before = Counted.looked_up
    assert names(links, 0.1) == [{f"group{n:02}"} for n in range(50)]
    # Each value once in the whole and once in its piece; who peels looks at all the rest each time.
    assert Counted.looked_up - before <= 3 * len(links)
