"""By what members are known: what the Forum tells all of them may hold none of these."""

from __future__ import annotations

from indicators.models.collection import Collection
from indicators.models.member import Grant, Member


def known_names() -> list[str]:
    """Slug and name of each, but for the Forum's own publishers, who write verbatim ones alone."""
    writers = Grant.objects.filter(can_write=True)
    labs = writers.exclude(collection__kind=Collection.Kind.VERBATIM).values("member")
    publishers = writers.exclude(member__in=labs).values("member")
    members = Member.objects.exclude(pk__in=publishers).values_list("slug", "name")
    return [name for pair in members for name in pair]
