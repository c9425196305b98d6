"""Tokens for the identifiers that labs sent in clear: the same as labs make by blinding.

Promises: an identifier goes nowhere in clear; other evaluators see it blinded. Nothing is kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.conf import settings

from indicators.domain.tokens import Identifier, Token
from indicators.keyring import inputs_tag
from indicators.matching import evaluator, keys, remote
from indicators.matching.epochs import live_epochs
from indicators.matching.errors import SeedMissingError, TokenKeysError, TokensUnavailable
from indicators.matching.seeds import SeedStore, store
from labkit.keylist import KeyList, KeyListError
from labkit.tokens import SCHEME, TokenError, combine, oprf_input


def tokens(
    wanted: Collection[Identifier], *, now: datetime, seeds: SeedStore | None = None
) -> Mapping[Identifier, Token]:
    """The token of each (kind, normalised value), in the current epoch of its kind.

    Raises:
        TokensUnavailable: there is no key, no seed, or another evaluator does not answer.
    """
    by_kind: dict[str, list[str]] = defaultdict(list)
    for kind, value in sorted(set(wanted)):
        by_kind[kind].append(value)
    found: dict[Identifier, Token] = {}
    try:
        for kind, values in by_kind.items():
            for token, value in zip(
                _of_kind(seeds or store(), kind, values, now), values, strict=True
            ):
                found[Identifier(kind, value)] = token
    except (SeedMissingError, TokenKeysError, KeyListError, TokenError) as error:
        raise TokensUnavailable(str(error)) from error
    return found


def windows(
    kinds: Collection[str], *, now: datetime, seeds: SeedStore | None = None
) -> Mapping[str, tuple[str, datetime]]:
    """The epoch in which tokens of each kind are made now, and when it ends; nothing is made.

    Raises:
        TokensUnavailable: there is no key.
    """
    try:
        listed = keys.key_list(seeds or store()) if kinds else None
        epochs = {kind: listed.current_epoch(kind, now) for kind in sorted(kinds)} if listed else {}
        return {
            kind: (epoch, listed.window(kind, epoch)[1]) for kind, epoch in epochs.items() if listed
        }
    except (SeedMissingError, TokenKeysError, KeyListError) as error:
        raise TokensUnavailable(str(error)) from error


def of_every_epoch(
    kind: str, value: str, *, now: datetime, seeds: SeedStore | None = None
) -> list[Token]:
    """The tokens of one normalised value in each epoch that lives, for what is about one person.

    Raises:
        TokensUnavailable: as `tokens`, of any of the epochs.
    """
    kept = seeds or store()
    try:
        listed = keys.key_list(kept)
        return [
            token
            for epoch in sorted(live_epochs(now, kept))
            for token in _in_epoch(kept, listed, kind, epoch, [value])
        ]
    except (SeedMissingError, TokenKeysError, KeyListError, TokenError) as error:
        raise TokensUnavailable(str(error)) from error


def in_epoch(
    kind: str, values: Sequence[str], epoch: str, *, seeds: SeedStore | None = None
) -> list[Token]:
    """The tokens of normalised values of one kind in an epoch that lives, in their order.

    Raises:
        TokensUnavailable: as `tokens`.
    """
    kept = seeds or store()
    try:
        return _in_epoch(kept, keys.key_list(kept), kind, epoch, values)
    except (SeedMissingError, TokenKeysError, KeyListError, TokenError) as error:
        raise TokensUnavailable(str(error)) from error


def _of_kind(seeds: SeedStore, kind: str, values: Sequence[str], now: datetime) -> list[Token]:
    listed = keys.key_list(seeds)
    return _in_epoch(seeds, listed, kind, listed.current_epoch(kind, now), values)


def _in_epoch(
    seeds: SeedStore, listed: KeyList, kind: str, epoch: str, values: Sequence[str]
) -> list[Token]:
    ends = listed.window(kind, epoch)[1]
    inputs = [oprf_input(kind, value) for value in values]
    by_evaluator = {
        name: _own(seeds, kind, epoch, inputs)
        if name == settings.EVALUATOR_NAME
        else _theirs(name, kind, epoch, inputs, public_key=listed.key(kind, epoch, name))
        for name in listed.evaluators(kind, epoch)
    }
    return [
        Token(kind, SCHEME, epoch, combine(dict(zip(by_evaluator, row, strict=True))), ends)
        for row in zip(*by_evaluator.values(), strict=True)
    ]


def _own(seeds: SeedStore, kind: str, epoch: str, inputs: Sequence[bytes]) -> list[bytes]:
    key = evaluator.held_key(seeds, kind, epoch)
    return [key.evaluate_known_input(each) for each in inputs]


def _theirs(
    name: str, kind: str, epoch: str, inputs: Sequence[bytes], *, public_key: bytes
) -> list[bytes]:
    # The same key for the same inputs: a chunk that is worked on again costs nothing there.
    key = inputs_tag(inputs).hex()
    return remote.outputs(name, kind, epoch, inputs, public_key=public_key, key=key)
