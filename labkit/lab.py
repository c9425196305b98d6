"""What the commands share: settings, state, session and keys, each made when first needed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path

from labkit import config, pin
from labkit.cache import Cache, cache_key
from labkit.client import Client
from labkit.config import Config
from labkit.database import remove
from labkit.keylist import KeyList
from labkit.pin import Pinned
from labkit.state import State, open_state
from labkit.store import Store
from labkit.wire import Wire
from labkit.workers import Workers


class Lab:
    """One lab at one hub, for the time of one command."""

    def __init__(self, file: Path | None, env: Mapping[str, str], *, quiet: bool) -> None:
        self.file = file
        self.env = env
        self.quiet = quiet
        self._after = ExitStack()

    @cached_property
    def config(self) -> Config:
        return config.load(self.file, self.env)

    @cached_property
    def state(self) -> State:
        return open_state(self.config.state, root=self.config.root)

    @cached_property
    def wire(self) -> Wire:
        return self._after.enter_context(Wire(self.config.access, ca_file=self.config.ca_file))

    @cached_property
    def client(self) -> Client:
        return Client(self.config, self.wire)

    @cached_property
    def store(self) -> Store:
        store = Store(self.state.feed)
        self._after.callback(store.close)
        return store

    def discard_store(self) -> None:
        """Remove the feed, and what of one's own was noted with it; the next use starts anew."""
        if "store" in vars(self):
            self.store.close()
            del self.store
        remove(self.state.feed)

    @cached_property
    def pinned(self) -> Pinned:
        """Today's key list; fetched once a command."""
        return pin.fetch(self.config, self.state, self.wire)

    @property
    def keys(self) -> KeyList:
        return self.pinned.keys

    @cached_property
    def cache(self) -> Cache:
        key = cache_key(self.state, self.env.get("LABKIT_CACHE_KEY"))
        cache = Cache(self.state.tokens, key)
        self._after.callback(cache.close)
        return cache

    def workers(self, jobs: int) -> Workers:
        workers = Workers(self.config, self.keys, jobs=jobs)
        self._after.callback(workers.close)
        return workers

    def close(self) -> None:
        self._after.close()
