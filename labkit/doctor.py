"""What may be wrong with a set-up, looked at in the order in which it has to be right.

Promises: each check says what was found or what to do; nothing is changed at the hub, and a few
evaluations are taken from the budget. A check on which others depend ends the examination.
"""

from __future__ import annotations

import difflib
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import requests

from labkit.evaluators import Evaluators
from labkit.feed_tokens import tokens_of
from labkit.keylist import KeyListError
from labkit.lab import Lab
from labkit.normalise import normalise
from labkit.tokens import TokenError
from labkit.trouble import HubError, TroubleError
from labkit.values import EMAIL
from labkit.wire import Wire


CANARY = "canary@forum-share.example"
"""Its token is always in `exercise-tokens`."""
CANARY_AT = "exercise-tokens"
MOST_SKEW = 60
"""Seconds between this clock and the hub's."""
TAXII = "application/taxii+json"
_REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_TROUBLE = (TroubleError, KeyListError, TokenError)

Clock = Callable[[], datetime]


class EndedError(Exception):
    """What follows depends on what just failed."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    ok: bool
    said: str
    """What was found; of a failure also what to do."""


Found = Iterator[Check]


def examine(lab: Lab, now: Clock) -> Found:
    """Every check, in order, up to the first on which the others depend."""
    steps: tuple[Callable[[Lab, Clock], Found], ...] = (
        _settings,
        _state,
        _hub,
        _credential,
        _collections,
        _status,
        _keys,
        _budget,
        _canary,
    )
    for step in steps:
        try:
            yield from step(lab, now)
        except EndedError:
            return


def _good(name: str, said: str) -> Check:
    return Check(name, ok=True, said=said)


def _bad(name: str, said: object) -> Check:
    return Check(name, ok=False, said=str(said))


def _settings(lab: Lab, _now: Clock) -> Found:
    try:
        config = lab.config
    except TroubleError as error:
        yield _bad("settings", error)
        raise EndedError from error
    yield _good("settings", f"{config.root} as {config.access.credential}; secrets for you alone")


def _state(lab: Lab, _now: Clock) -> Found:
    try:
        lab.store.check()
        lab.cache.check()
    except TroubleError as error:
        yield _bad("state", error)
        raise EndedError from error
    yield _good("state", f"{lab.state.folder}, for you alone; feed and token cache are whole")


def _hub(lab: Lab, now: Clock) -> Found:
    answers: list[requests.Response] = []
    with Wire(lab.config.access, ca_file=lab.config.ca_file, attempts=1) as wire:
        wire.hooks["response"].append(lambda answer, **_: answers.append(answer))
        try:
            wire.get(lab.config.discovery, headers={"Accept": f"{TAXII};version=2.1"})
        except HubError as error:
            if error.status not in _REFUSED:
                yield _bad("hub", _no_hub(lab.config.root, error))
                raise EndedError from error
        except TroubleError as error:
            yield _bad("hub", error)
            raise EndedError from error
    yield from _is_hub(answers[-1], lab.config.root)
    yield from _clock(answers[-1], now())


def _no_hub(root: str, error: HubError) -> str:
    if error.status == HTTPStatus.NOT_FOUND:
        return f"There is no TAXII hub at {root}, but some other page: check the path in url."
    return str(error)


def _is_hub(answer: requests.Response, root: str) -> Found:
    if not answer.headers.get("Content-Type", "").startswith(TAXII):
        yield _bad("hub", f"{root} answers, but not as a TAXII hub: check url, and any proxy.")
        raise EndedError
    yield _good("hub", f"{root} answers as a TAXII hub")


def _clock(answer: requests.Response, now: datetime) -> Found:
    try:
        theirs = parsedate_to_datetime(answer.headers.get("Date", ""))
    except ValueError:
        return  # some front left the header out; nothing to compare with
    skew = (now - theirs).total_seconds()
    if abs(skew) > MOST_SKEW:
        word = "ahead of" if skew > 0 else "behind"
        yield _bad(
            "clock",
            f"This clock is {abs(skew):.0f} s {word} the hub's. Epochs and expiry are judged by "
            "it: set it right, by NTP for example.",
        )
    else:
        yield _good("clock", f"within {MOST_SKEW} s of the hub's")


def _credential(lab: Lab, _now: Clock) -> Found:
    try:
        title = lab.client.root.title
    except TroubleError as error:
        yield _bad("credential", error)
        raise EndedError from error
    yield _good("credential", f"accepted by {title}")


def _collections(lab: Lab, _now: Clock) -> Found:
    found = lab.client.collections()
    readable = sorted(alias for alias, each in found.items() if each.can_read)
    writable = sorted(alias for alias, each in found.items() if each.can_write)
    if not found:
        yield _bad("collections", "This credential may use none: ask the Forum for a grant.")
        raise EndedError
    yield _told("scope feed:read", readable, "may be read", "with this key nothing can be matched")
    yield _told("scope submit", writable, "may be written into", "this key shares nothing")
    unknown = [name for name in lab.config.collections if name not in found]
    for name in unknown:
        near = difflib.get_close_matches(name, found, n=1)
        hint = f"did you mean {near[0]}?" if near else "see the list above."
        yield _bad("collections", f"There is no {name} for this credential; {hint}")
    if lab.config.collections and not unknown:
        yield _good("collections", f"all there: {', '.join(lab.config.collections)}")


def _told(name: str, aliases: Iterable[str], what: str, otherwise: str) -> Check:
    """A key may well be for one of the two alone: that is said, and is no fault."""
    listed = ", ".join(aliases)
    return _good(name, f"{what}: {listed}" if listed else f"no collection {what}; {otherwise}")


def _status(lab: Lab, _now: Clock) -> Found:
    """Nobody has the submission that is asked for; only a credential with the scope is told so."""
    if not any(each.can_write for each in lab.client.collections().values()):
        return
    try:
        lab.client.status(str(uuid.UUID(int=0)))
    except HubError as error:
        if error.status != HTTPStatus.NOT_FOUND:
            yield _bad("scope status:read", error)
            return
    yield _good("scope status:read", "statuses may be read")


def _keys(lab: Lab, now: Clock) -> Found:
    try:
        pinned = lab.pinned
        epoch = pinned.keys.current_epoch(EMAIL[0], now())
        evaluators = pinned.keys.evaluators(EMAIL[0], epoch)
    except _TROUBLE as error:
        yield _bad("key list", error)
        raise EndedError from error
    word = "pinned now" if pinned.first else "extends the one pinned before"
    if not lab.config.signer:
        word += "; compare its signer outside the hub"
    yield _good("key list", f"{word}: {pinned.fingerprint}, head {pinned.keys.head[:16]}")
    yield _good("epoch", f"{epoch}, evaluated by {', '.join(evaluators)}")


def _budget(lab: Lab, _now: Clock) -> Found:
    try:
        found = lab.wire.json(f"{lab.config.api}matching/budget/")
    except TroubleError as error:
        yield _bad("budget", error)
        return
    kinds: Mapping[str, Mapping[str, int]] = found["kinds"]
    used = [
        f"{each['used']:,} of {each['cap']:,} {kind}"
        for kind, each in kinds.items()
        if each["used"]
    ]
    yield _good("budget", f"used today: {', '.join(used) or 'nothing'}")


def _canary(lab: Lab, now: Clock) -> Found:
    try:
        wanted = _canary_tokens(lab, now())
        yield _good("evaluation", f"{len(wanted)} tokens made, with proof under the pinned keys")
    except _TROUBLE as error:
        yield _bad("evaluation", error)
        return
    if CANARY_AT not in lab.client.collections():
        yield _bad("canary", f"There is no {CANARY_AT} for this credential: ask for the exercise.")
    elif _is_on_feed(lab, wanted):
        yield _good("canary", f"the token of {CANARY} is in {CANARY_AT}, as it should be")
    else:
        yield _bad(
            "canary",
            f"The token of {CANARY} is not in {CANARY_AT}. Either labkit is of another version "
            "than the hub (update it), or the hub has not published its canary: tell the Forum.",
        )


def _canary_tokens(lab: Lab, now: datetime) -> set[str]:
    evaluators = Evaluators(lab.config, lab.keys)
    epochs = lab.keys.epochs(EMAIL[0], now)
    return {
        token
        for epoch in epochs
        for token in evaluators.tokens(
            EMAIL[0], epoch, [normalise(EMAIL[0], CANARY)], idempotency_key=str(uuid.uuid4())
        )
    }


def _is_on_feed(lab: Lab, wanted: set[str]) -> bool:
    for page in lab.client.pages(lab.client.collection(CANARY_AT)):
        for each in page.objects:
            spoken = tokens_of(each)
            if spoken and not wanted.isdisjoint(spoken.values):
                return True
    return False
