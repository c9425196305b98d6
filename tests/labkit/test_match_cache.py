"""The cache's files tell nothing without their key."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from labkit.cache import Cache, cache_key
from labkit.state import open_state
from labkit.trouble import TroubleError


KEY, OTHER = b"a key of exactly thirty-two byte", b"another key of thirty-two bytes!"
TOKENS = ["A" * 43, "b" * 42 + "A"]
ADDRESS = "ann@mail.example"

Open = Callable[[bytes], Cache]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    made: list[Cache] = []

    def open_(key: bytes) -> Cache:
        made.append(Cache(tmp_path / "tokens", key))
        return made[-1]

    yield open_
    for each in made:
        each.close()


def test_what_was_kept_is_found_again_in_its_epoch_alone(opened: Open) -> None:
    cache = opened(KEY)
    mac, other = cache.mac("email-addr", ADDRESS), cache.mac("email-canon", ADDRESS)
    cache.keep("2026Q4", {mac: TOKENS[0]})
    assert cache.tokens("2026Q4", [mac, other]) == {mac: TOKENS[0]}
    assert cache.tokens("2026Q3", [mac]) == {}


def test_neither_value_nor_token_is_in_the_files(opened: Open, tmp_path: Path) -> None:
    cache = opened(KEY)
    cache.keep("2026Q4", {cache.mac("email-addr", ADDRESS): TOKENS[1]})
    cache.close()
    content = b"".join(path.read_bytes() for path in (tmp_path / "tokens").iterdir())
    for secret in (ADDRESS.encode(), TOKENS[1].encode(), base64.urlsafe_b64decode(TOKENS[1] + "=")):
        assert secret not in content


def test_another_key_is_refused_rather_than_paid_for(opened: Open) -> None:
    opened(KEY).keep("2026Q4", {})
    with pytest.raises(TroubleError, match="made with another key"):
        opened(OTHER).tokens("2026Q4", [bytes(16)])


def test_a_token_that_was_moved_to_another_value_is_noticed(opened: Open) -> None:
    cache = opened(KEY)
    macs = [cache.mac("phone", "+12025550143"), cache.mac("phone", "+12025550144")]
    cache.keep("2026Q4", dict(zip(macs, TOKENS, strict=True)))
    file = cache._file("2026Q4")
    file.run(
        "UPDATE token SET sealed = (SELECT sealed FROM token WHERE mac = ?) WHERE mac = ?", *macs
    )
    with pytest.raises(TroubleError, match="was altered"):
        cache.tokens("2026Q4", macs)


def test_the_same_value_is_sealed_differently_in_each_epoch(opened: Open) -> None:
    cache = opened(KEY)
    mac = cache.mac("phone", "+12025550143")
    sealed = []
    for epoch in ("2026Q3", "2026Q4"):
        cache.keep(epoch, {mac: TOKENS[0]})
        sealed += cache._file(epoch).row("SELECT sealed FROM token")
    assert sealed[0] != sealed[1]


def test_tokens_end_with_their_epoch(opened: Open, tmp_path: Path) -> None:
    cache = opened(KEY)
    for epoch in ("2026Q3", "2026Q4"):
        cache.keep(epoch, {})
    cache.close()
    assert opened(KEY).forget_all_but({"2026Q4"}) == ["2026Q3"]
    assert {path.name[:6] for path in (tmp_path / "tokens").iterdir()} == {"2026Q4"}


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    state = open_state(tmp_path / "state", root="https://hub.example/")
    key = cache_key(state, None)
    assert (len(key), cache_key(state, None)) == (32, key)
    assert state.cache_key.stat().st_mode & 0o777 == 0o600
    assert cache_key(state, base64.b64encode(OTHER).decode()) == OTHER
    state.cache_key.chmod(0o644)
    with pytest.raises(TroubleError, match="chmod 600"):
        cache_key(state, None)


@pytest.mark.parametrize("given", ["c2hvcnQ=", "no base64", "ünï"])
def test_a_given_key_that_is_none_is_refused(given: str, tmp_path: Path) -> None:
    state = open_state(tmp_path / "state", root="https://hub.example/")
    with pytest.raises(TroubleError, match="32 random bytes"):
        cache_key(state, given)


def test_state_of_one_hub_is_not_mixed_with_anothers(tmp_path: Path) -> None:
    open_state(tmp_path, root="https://a.example/")
    open_state(tmp_path, root="https://a.example/")
    with pytest.raises(TroubleError, match=r"of the hub https://a\.example/"):
        open_state(tmp_path, root="https://b.example/")
