"""Records become tokens once, in order, with proof; and a run that was cut short goes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from labkit.cache import Cache
from labkit.config import Access, Config
from labkit.keylist import KeyList
from labkit.records import Record
from labkit.tokeniser import Tokenised, Tokeniser
from labkit.tokens import TokenError
from labkit.trouble import BudgetSpentError, TroubleError
from labkit.values import EMAIL, Reader
from labkit.workers import Workers
from tests.labkit.evaluator import EPOCH, Evaluator, KeyListMaker, serving, token


MORE = 1030  # than fit into one batch
KEY = b"a key of exactly thirty-two byte"


@dataclass
class Bench:
    """A lab and its evaluators, the first of which is at the hub's own address."""

    folder: Path
    evaluators: Sequence[Evaluator]
    config: Config

    @property
    def keys(self) -> KeyList:
        maker = KeyListMaker()
        for each in self.evaluators:
            maker.add(each)
        return KeyList.verified(maker.document(*self.evaluators))

    def run(
        self,
        records: Sequence[Record],
        *,
        kinds: Sequence[str] = EMAIL,
        jobs: int = 1,
        waits: list[float] | None = None,
        keys: KeyList | None = None,
    ) -> tuple[list[Tokenised], Tokeniser]:
        with ExitStack() as after:
            cache = Cache(self.folder / "tokens", KEY)
            after.callback(cache.close)
            workers = Workers(self.config, keys or self.keys, jobs=jobs)
            after.callback(workers.close)
            tokeniser = Tokeniser(
                cache,
                workers,
                Reader(frozenset(kinds)),
                dict.fromkeys(kinds, (EPOCH,)),
                on_wait=None if waits is None else waits.append,
                sleep=lambda _: None,
            )
            return list(tokeniser.run(iter(records))), tokeniser


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with serving(Evaluator()) as hub:
        yield Bench(tmp_path, [hub], Config(hub.url, Access("abcdefgh", "s"), tmp_path))


def mails(count: int, *, start: int = 0) -> list[Record]:
    rows = range(start, start + count)
    return [Record(f"A{row}", row, [("email", f"u{row}@mail.example")]) for row in rows]


def test_a_record_gets_the_token_of_each_of_its_forms(bench: Bench) -> None:
    record = Record("A1", 1, [("email", "Ann.Lee+new@GMAIL.com")])
    [made], _ = bench.run([record])
    assert [(each.kind, each.value) for each in made.tokens] == [
        ("email-addr", token("email-addr", "ann.lee+new@gmail.com", *bench.evaluators)),
        ("email-canon", token("email-canon", "annlee@gmail.com", *bench.evaluators)),
    ]


def test_a_value_is_evaluated_once_however_often_it_comes(bench: Bench) -> None:
    [hub] = bench.evaluators
    made, first = bench.run([*mails(5), *mails(5)])
    assert [each.key for each in made] == [f"A{row}" for row in (*range(5), *range(5))]
    assert made[0].tokens == made[5].tokens
    assert (first.counts.evaluated, hub.charged) == (10, 10)
    again, second = bench.run(mails(6))
    assert again[:5] == made[:5]
    assert (second.counts.evaluated, hub.charged) == (2, 12)


def test_a_telephone_number_stands_for_its_ranges_too(bench: Bench) -> None:
    record = Record("A1", 1, [("phone", "+1 202 555 0143")])
    [made], _ = bench.run([record], kinds=("phone", "phone-prefix"))
    wanted = {token("phone-prefix", each, *bench.evaluators) for each in ("+120255", "+12025550")}
    assert wanted <= {each.value for each in made.tokens}
    assert made.tokens[0].value == token("phone", "+12025550143", *bench.evaluators)


def test_addresses_of_both_families_are_told_apart(bench: Bench) -> None:
    records = [Record("A1", 1, [("ip", "203.0.113.7"), ("ip", "2001:db8::7")])]
    [made], _ = bench.run(records, kinds=("ipv4", "ipv6-64"))
    assert [each.kind for each in made.tokens] == ["ipv4", "ipv6-64"]


def test_what_cannot_be_read_is_counted_and_does_not_stop_the_rest(bench: Bench) -> None:
    records = [Record("A1", 1, [("email", "nobody")]), *mails(1, start=2)]
    made, tokeniser = bench.run(records)
    assert [len(each.tokens) for each in made] == [0, 2]
    [(reason, found)] = tokeniser.counts.unread.items()
    assert found == (1, 1)
    assert "nobody" not in reason


def test_several_processes_find_the_same(bench: Bench) -> None:
    [hub] = bench.evaluators
    records = mails(MORE)
    made, _ = bench.run(records, jobs=2)
    assert [each.key for each in made] == [each.key for each in records]
    assert hub.charged == 2 * MORE
    assert made[-1].tokens[0].value == token("email-addr", f"u{MORE - 1}@mail.example", hub)


def test_out_of_budget_it_keeps_what_it_has_and_goes_on_later(bench: Bench) -> None:
    [hub] = bench.evaluators
    records = mails(MORE)
    _refuse_after(hub, 2)
    with pytest.raises(BudgetSpentError, match="spent") as raised:
        bench.run(records)
    assert raised.value.retry_after == 3600
    kept = hub.charged
    assert kept == MORE
    hub.answers = []
    made, tokeniser = bench.run(records)
    assert (len(made), hub.charged, tokeniser.counts.evaluated) == (MORE, 2 * MORE, MORE)


def _refuse_after(hub: Evaluator, served: int) -> None:
    class After(list[tuple[int, dict[str, str], str]]):
        def __bool__(self) -> bool:
            return hub.requests > served

        def pop(self, _place: object = 0) -> tuple[int, dict[str, str], str]:
            return 429, {"Retry-After": "3600"}, "The day's budget is spent."

    hub.answers = After()


def test_with_patience_it_waits_for_the_next_budget(bench: Bench) -> None:
    bench.evaluators[0].answers = [(429, {"Retry-After": "3600"}, "spent")]
    waits: list[float] = []
    made, _ = bench.run(mails(3), waits=waits)
    assert (len(made), waits) == (3, [3600])


def test_a_batch_that_is_sent_again_bears_the_same_name(bench: Bench, tmp_path: Path) -> None:
    """So that whoever was killed before it could store the reply is not charged twice."""
    [hub] = bench.evaluators
    bench.run(mails(MORE))
    for file in (tmp_path / "tokens").iterdir():
        file.unlink()
    bench.run(mails(MORE))
    assert (hub.requests, hub.charged) == (8, 2 * MORE)


def test_every_evaluator_of_the_epoch_has_its_part(bench: Bench, tmp_path: Path) -> None:
    [hub] = bench.evaluators
    with serving(Evaluator("trustee", b"another seed of thirty-two bytes")) as trustee:
        access = {"trustee": Access("atrustee", "its own")}
        config = Config(hub.url, bench.config.access, tmp_path, evaluators=access)
        both = Bench(tmp_path / "both", [hub, trustee], config)
        both.folder.mkdir()
        [made], _ = both.run(mails(1))
        assert made.tokens[0].value == token("email-addr", "u0@mail.example", hub, trustee)
        assert hub.authorised.isdisjoint(trustee.authorised)


def test_the_hubs_secret_goes_nowhere_else(bench: Bench, tmp_path: Path) -> None:
    with serving(Evaluator("trustee")) as trustee:
        both = Bench(tmp_path, [*bench.evaluators, trustee], bench.config)
        with pytest.raises(TroubleError, match=r"under \[evaluators\.trustee\]"):
            both.run(mails(1))
        assert trustee.requests == 0


def test_a_reply_under_another_key_than_the_listed_one_is_refused(bench: Bench) -> None:
    keys = bench.keys
    bench.evaluators[0].seed = b"a seed made for this lab alone!!"
    with pytest.raises(TokenError, match="not made with the published key"):
        bench.run(mails(1), keys=keys)


def test_an_epoch_that_is_over_is_told_in_the_evaluators_words(bench: Bench) -> None:
    bench.evaluators[0].answers = [(410, {}, "The epoch 2026Q4 was revoked.")]
    with pytest.raises(TroubleError, match="was revoked"):
        bench.run(mails(1))
