"""A campaign's portrait joins what its reports say, in buckets, and guesses nothing."""

from __future__ import annotations

from typing import Any

from indicators.domain.correlation.policy import current_correlation
from indicators.domain.correlation.portrait import Portrait, portrait
from indicators.domain.stix.extensions import BY_NAME


JSON = dict[str, Any]


def body(type_: str, name: str, /, **said: Any) -> JSON:
    extensions = {
        BY_NAME[key].id: {"extension_type": "property-extension", **value}
        for key, value in said.pop("terms", {}).items()
    }
    return {"type": type_, "id": f"{type_}--{name}", "extensions": extensions, **said}


def profiled(name: str, **profile: Any) -> JSON:
    return body("campaign", name, terms={"distillation-profile": profile})


def drawn(*bodies: JSON, parts: tuple[str, ...] = ()) -> Portrait:
    return portrait(bodies, parts=parts, techniques={}, policy=current_correlation())


def merged(*bodies: JSON) -> Any:
    extensions: Any = drawn(*bodies).campaign["extensions"]
    return extensions.get("distillation-profile")


def test_lists_are_joined_and_buckets_of_size_are_the_largest() -> None:
    one = profiled("a", goals=["reasoning-traces"], volume_bucket="1e5-1e6")
    other = profiled("b", goals=["reward-labels"], volume_bucket="1e6-1e7")
    assert merged(one, other) == {
        "goals": ["reasoning-traces", "reward-labels"],
        "volume_bucket": "1e6-1e7",
    }


def test_of_other_words_the_one_that_most_say() -> None:
    said = [profiled(str(n), sync_pattern=word) for n, word in enumerate(_SYNC)]
    assert merged(*said) == {"sync_pattern": "cron-aligned"}
    assert merged(*said[:1], said[2]) is None


_SYNC = ("cron-aligned", "cron-aligned", "none-seen")


def test_the_size_of_a_cluster_says_how_many_accounts_there_are_at_least() -> None:
    clusters = [
        body("infrastructure", str(n), terms={"account-cluster": {"size_bucket": size}})
        for n, size in enumerate(("10-99", "1000-9999", "100-999"))
    ]
    assert merged(*clusters) == {"account_bucket": "1000-9999"}


def test_what_is_at_risk_is_said_only_where_reports_agree() -> None:
    def terms(capability: str, name: str) -> JSON:
        return body(
            "indicator", name, terms={"share-governance": {"capability_at_risk": capability}}
        )

    agreed: Any = drawn(terms("reasoning", "a"), terms("reasoning", "b")).campaign
    assert agreed["extensions"]["share-governance"]["capability_at_risk"] == "reasoning"
    torn: Any = drawn(terms("reasoning", "a"), terms("coding", "b")).campaign
    assert torn["extensions"]["share-governance"] == {"action_tier": "context"}


def test_the_window_is_the_widest() -> None:
    one = body("campaign", "a", first_seen="2026-05-04", last_seen="2026-06-08")
    other = body("campaign", "b", first_seen="2026-05-11", last_seen="2026-06-15")
    said = drawn(one, other).campaign
    assert (said["first_seen"], said["last_seen"]) == ("2026-05-04", "2026-06-15")


def test_what_many_use_indicates_infrastructure_and_not_the_campaign() -> None:
    shared = body("indicator", "b", indicator_types=["anonymization"])
    assert drawn(body("indicator", "a"), shared).indicators == {
        "indicator--a": False,
        "indicator--b": True,
    }


def test_infrastructure_consists_of_technical_observables_alone() -> None:
    parts = ("domain-name--1", "match-token--1", "ipv4-addr--1")
    figure = drawn(parts=parts)
    assert figure.parts == ("domain-name--1", "ipv4-addr--1")
    assert figure.network["infrastructure_types"] == ["datacentre-egress"]
