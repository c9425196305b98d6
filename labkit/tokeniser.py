"""Records in, records with their tokens out: in order, in flat memory, each value evaluated once.

Records are taken in blocks. What a block's values need is looked up in the cache and evaluated in
batches of 1,024 otherwise; each batch is stored before the block is handed over, so that a run that
was killed goes on where it was. While one block is evaluated the next is read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice

from labkit.cache import Cache
from labkit.normalise import NormaliseError
from labkit.records import Record
from labkit.tokens import MAX_BATCH
from labkit.trouble import BudgetSpentError
from labkit.values import Reader
from labkit.workers import Batch, Workers


BLOCK = 32_768
"""Records. A run that goes on cuts its batches as the killed one did, since blocks begin at the
same records; so what was charged and not stored is recognised by its name."""


@dataclass(frozen=True, slots=True)
class Token:
    """One identifier of a record, under one epoch."""

    kind: str
    epoch: str
    value: str


@dataclass(frozen=True, slots=True)
class Tokenised:
    """A record's key and its tokens."""

    key: str
    row: int
    tokens: Sequence[Token]


@dataclass(slots=True)
class Counts:
    """What happened so far."""

    records: int = 0
    evaluated: int = 0
    unread: dict[str, tuple[int, int]] = field(default_factory=dict)
    """How many values could not be read and the first row with one, by reason."""


@dataclass(slots=True)
class _Block:
    records: list[tuple[str, int, list[tuple[str, bytes]]]] = field(default_factory=list)
    """Key, row, and kind and MAC of each identifier."""
    values: dict[bytes, tuple[str, str]] = field(default_factory=dict)
    """Kind and value in normal form, by MAC, in order of appearance."""
    tokens: dict[str, dict[bytes, str]] = field(default_factory=dict)
    """What is known of them, by epoch and MAC."""
    unread: dict[str, tuple[int, int]] = field(default_factory=dict)

    def leave_out(self, reason: str, row: int) -> None:
        """Count a value that cannot be read."""
        count, first = self.unread.get(reason, (0, row))
        self.unread[reason] = (count + 1, first)


class Tokeniser:
    """Makes tokens of records.

    Args:
        epochs: which epochs each kind is evaluated for; other kinds are left out.
        on_wait: called with the seconds, before a spent budget is waited for; None to stop instead.
    """

    def __init__(
        self,
        cache: Cache,
        workers: Workers,
        reader: Reader,
        epochs: Mapping[str, Sequence[str]],
        *,
        on_wait: Callable[[float], None] | None = None,
        on_batch: Callable[[int], None] = lambda _: None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._cache = cache
        self._workers = workers
        self._reader = reader
        self._epochs = epochs
        self._on_wait = on_wait
        self._on_batch = on_batch
        self._sleep = sleep
        self.counts = Counts()

    def run(self, records: Iterable[Record]) -> Iterator[Tokenised]:
        """Every record with its tokens, in order.

        Raises:
            BudgetSpentError: unless it is waited for; all that was evaluated is stored.
        """
        following = iter(records)
        with ThreadPoolExecutor(1) as ahead:
            read = ahead.submit(self._next, following)
            while block := read.result():
                read = ahead.submit(self._next, following)
                self._evaluate(block)
                yield from self._tokenised(block)

    def _next(self, records: Iterator[Record]) -> _Block | None:
        block = _Block()
        for record in islice(records, BLOCK):
            block.records.append((record.key, record.row, self._read(record, block)))
        return block if block.records else None

    def _read(self, record: Record, block: _Block) -> list[tuple[str, bytes]]:
        found = []
        for reason in record.unread:
            block.leave_out(reason, record.row)
        for name, raw in record.values:
            try:
                for kind, value in self._reader.identifiers(name, raw):
                    mac = self._cache.mac(kind, value)
                    block.values[mac] = (kind, value)
                    found.append((kind, mac))
            except NormaliseError as error:
                block.leave_out(str(error), record.row)
        return found

    def _evaluate(self, block: _Block) -> None:
        self._look_up(block)
        while batches := list(self._missing(block)):
            try:
                self._run(block, batches)
            except BudgetSpentError as error:
                if self._on_wait is None or error.retry_after is None:
                    raise
                self._on_wait(error.retry_after)
                self._sleep(error.retry_after)

    def _look_up(self, block: _Block) -> None:
        for kind, macs in self._by_kind(block).items():
            for epoch in self._epochs.get(kind, ()):
                block.tokens.setdefault(epoch, {}).update(self._cache.tokens(epoch, macs))

    def _run(self, block: _Block, batches: Sequence[Batch]) -> None:
        for batch, values in self._workers.run(batches):
            tokens = dict(zip(batch.macs, values, strict=True))
            self._cache.keep(batch.epoch, tokens)
            block.tokens[batch.epoch].update(tokens)
            self.counts.evaluated += len(tokens)
            self._on_batch(len(tokens))

    def _missing(self, block: _Block) -> Iterator[Batch]:
        for kind, macs in self._by_kind(block).items():
            for epoch in self._epochs.get(kind, ()):
                known = block.tokens[epoch]
                unknown = [mac for mac in macs if mac not in known]
                for start in range(0, len(unknown), MAX_BATCH):
                    part = unknown[start : start + MAX_BATCH]
                    yield Batch(
                        kind,
                        epoch,
                        part,
                        [block.values[mac][1] for mac in part],
                        self._cache.batch_name(kind, epoch, part),
                    )

    @staticmethod
    def _by_kind(block: _Block) -> dict[str, list[bytes]]:
        found: dict[str, list[bytes]] = {}
        for mac, (kind, _) in block.values.items():
            found.setdefault(kind, []).append(mac)
        return found

    def _tokenised(self, block: _Block) -> Iterator[Tokenised]:
        for key, row, identifiers in block.records:
            self.counts.records += 1
            yield Tokenised(
                key,
                row,
                [
                    Token(kind, epoch, block.tokens[epoch][mac])
                    for kind, mac in identifiers
                    for epoch in self._epochs.get(kind, ())
                ],
            )
        for reason, (count, row) in block.unread.items():
            total, first = self.counts.unread.get(reason, (0, row))
            self.counts.unread[reason] = (total + count, first)
