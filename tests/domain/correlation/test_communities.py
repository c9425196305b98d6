"""Communities hold together whatever their size, and an accident draws nobody in."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.domain.correlation.agreement import telling
from indicators.domain.correlation.communities import communities
from indicators.domain.correlation.links import Report, Value, links
from indicators.domain.correlation.policy import current_correlation


POLICY = current_correlation()


def found(reports: list[Report]) -> dict[str, int]:
    told = telling(links(reports, policy=POLICY), policy=POLICY)
    return communities(told, policy=POLICY)


def pool(name: str, size: int) -> list[Report]:
    """Reports of one campaign: each shows a card of three and a device of four."""
    return [
        Report(
            f"{name}-{n}",
            (Value("pan", f"{name}-{n % 3}"), Value("device-id", f"{name}-{n % 4}")),
        )
        for n in range(size)
    ]


def groups(labels: dict[str, int]) -> list[list[str]]:
    by_label: dict[int, list[str]] = {}
    for report, label in labels.items():
        by_label.setdefault(label, []).append(report)
    return sorted(sorted(each) for each in by_label.values())


def ids(*reports: Report) -> list[str]:
    return sorted(each.id for each in reports)


def test_of_nothing_there_is_none() -> None:
    assert found([]) == {}
    assert found([Report("a", (Value("pan", "1"),)), Report("b", (Value("pan", "2"),))]) == {}


@pytest.mark.parametrize("size", [12, 60, 400])
def test_a_campaign_is_one_whatever_its_size(size: int) -> None:
    small, large = pool("small", 12), pool("large", size)
    assert groups(found([*small, *large])) == sorted([ids(*small), ids(*large)])


def test_a_card_that_two_use_does_not_make_them_one() -> None:
    one, other = pool("a", 40), pool("b", 40)
    crossed = [Report(f"crossed-{n}", (*one[n].values, *other[n].values[:1])) for n in range(3)]
    labels = found([*one, *other, *crossed])
    assert labels["a-0"] != labels["b-0"]


def test_a_common_tool_alone_makes_no_campaign() -> None:
    client = Value("tls-client-fingerprint", "of-a-library")
    honest = [Report(f"honest-{n}", (client,)) for n in range(300)]
    using = [Report(each.id, (*each.values, client)) for each in pool("a", 40)]
    assert groups(found([*honest, *using])) == [ids(*using)]


def test_what_hangs_together_by_one_value_is_that_value() -> None:
    card = Value("pan", "of-a-company")
    assert found([Report(f"employee-{n}", (card,)) for n in range(8)]) == {}


def test_what_was_given_to_many_makes_no_campaign_however_rare_it_is() -> None:
    # Of every four reports two are honest, and show what some of a campaign's reports show too.
    numbers = [Value("phone", f"given-{n}") for n in range(8)]
    clients = [Value("tls-client-fingerprint", f"library-{n}") for n in range(3)]
    campaigns = [*pool("a", 20), *pool("b", 20), *pool("c", 20)]
    using = [
        Report(each.id, (*each.values, numbers[n % 8], clients[n % 3]))
        for n, each in enumerate(campaigns)
    ]
    honest = [Report(f"honest-{n}", (numbers[n % 8], clients[n // 8 % 3])) for n in range(60)]
    assert groups(found([*using, *honest])) == sorted([
        ids(*pool("a", 20)), ids(*pool("b", 20)), ids(*pool("c", 20))
    ])  # fmt: skip


def test_two_tokens_of_one_mailbox_are_no_two_values() -> None:
    both = (Value("email-canon", "x"), Value("email-addr", "x"))
    assert found([Report(f"r-{n}", both) for n in range(4)]) == {}


def test_two_values_make_a_campaign_of_those_who_share_both() -> None:
    both = (Value("pan", "x"), Value("device-id", "y"))
    assert groups(found([Report(f"r-{n}", both) for n in range(4)])) == [
        [f"r-{n}" for n in range(4)]
    ]


def test_who_hangs_on_one_accident_stays_where_most_of_it_leads() -> None:
    one, other = pool("a", 24), pool("b", 24)
    stray = Report("stray", (*one[0].values, Value("phone", "x"), other[0].values[0]))
    assert found([*one, *other, stray])["stray"] == found([*one, *other, stray])["a-0"]


def test_who_leads_nowhere_in_particular_belongs_to_nobody() -> None:
    one, other = pool("a", 24), pool("b", 24)
    stray = Report("stray", (one[0].values[0], other[0].values[0]))
    assert "stray" not in found([*one, *other, stray])


@settings(max_examples=10, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_reports_says_nothing(random: Random) -> None:
    reports = [*pool("a", 12), *pool("b", 20), *pool("c", 33)]
    before = found(reports)
    random.shuffle(reports)
    assert found(reports) == before
