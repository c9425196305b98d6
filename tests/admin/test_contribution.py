"""What staff see of a member's give and get."""

from __future__ import annotations

from collections.abc import Callable

from indicators.domain.disclosure import current_policy
from indicators.models.member import Member
from indicators.pipeline import concentration
from tests.admin.desk import Desk
from tests.forum import Forum, indicator, now


def test_a_members_page_says_what_it_gives_and_that_it_stands_for_too_much(
    forum: Forum, desk: Callable[[str], Desk]
) -> None:
    names = (f"[domain-name:value = 'gw-{number}.meadowexit.example']" for number in range(20))
    forum.push("alder", *map(indicator, names))
    concentration.run(policy=current_policy(), now=now())
    operator = desk("operator")
    pages = {
        slug: operator.text(f"indicators/member/{Member.objects.get(slug=slug).pk}/change/")
        for slug in ("alder", "birch")
    }
    assert "&quot;published&quot;: 20" in pages["alder"]
    assert "&quot;percent&quot;:100" in pages["alder"]
    assert "&quot;published&quot;: 0" in pages["birch"]
    assert "percent" not in pages["birch"]
