"""The other evaluators: their key lists, and their outputs for what the worker tokenises.

Promises: another evaluator's list is taken only under the signer that was named when it was
introduced, and only if it extends the one taken before; it gets blinded elements and is believed
with a proof under the listed key alone.
Refuses: redirects; an evaluator that nobody introduced (`token_keys add-evaluator`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus

import requests
from django.conf import settings

from indicators.matching.errors import TokenKeysError, TokensUnavailable
from indicators.matching.seeds import SeedStore
from labkit.keylist import KeyList, KeyListError
from labkit.tokens import MAX_BATCH, TokenError, blind


TIMEOUT = (3.0, 30.0)  # seconds to connect, and between two pieces of an answer


def introduce(seeds: SeedStore, name: str, signer: str) -> KeyList:
    """Fetch an evaluator's list for the first time and keep its signer.

    Raises:
        TokenKeysError: it is not among TOKEN_EVALUATORS, does not answer, or has another signer.
    """
    return _fetched(seeds, name, signer, None)


def partners(seeds: SeedStore) -> dict[str, KeyList]:
    """The lists, as they are now, of all evaluators of TOKEN_EVALUATORS that were introduced.

    Raises:
        TokenKeysError: one does not answer, or its list is not what it was.
    """
    found = {}
    for name in settings.TOKEN_EVALUATORS:
        kept = seeds.partner(name)
        if kept is not None:
            before = json.loads(kept)
            found[name] = _fetched(seeds, name, before["signer"], before)
    return found


def outputs(
    name: str, kind: str, epoch: str, inputs: Sequence[bytes], *, public_key: bytes, key: str
) -> list[bytes]:
    """An evaluator's outputs, 64 bytes each, in the order of the inputs.

    key: an Idempotency-Key for all of it; a repetition is not charged there.

    Raises:
        TokensUnavailable: it does not answer, refuses, or does not prove the listed key.
    """
    found: list[bytes] = []
    for number, batch in enumerate(_batches(inputs)):
        blinded = blind(batch)
        reply = _evaluated(name, f"{kind}/{epoch}", blinded.body, f"{key}-{number}")
        try:
            found += blinded.finalise(reply, public_key)
        except TokenError as error:
            raise TokensUnavailable(f"{name}: {error}") from error
    return found


def _batches(inputs: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    return (inputs[at : at + MAX_BATCH] for at in range(0, len(inputs), MAX_BATCH))


def _evaluated(name: str, what: str, body: bytes, key: str) -> bytes:
    if name not in settings.TOKEN_EVALUATORS:
        raise TokensUnavailable(
            f"The epoch needs the evaluator {name}, which TOKEN_EVALUATORS does not name."
        )
    headers = {"Content-Type": "application/octet-stream", "Idempotency-Key": key}
    try:
        answer = requests.post(
            _url(name, f"evaluations/{what}/"),
            data=body,
            headers={**headers, **_authorization(name)},
            timeout=TIMEOUT,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        raise TokensUnavailable(f"The evaluator {name} does not answer.") from error
    if answer.status_code != HTTPStatus.OK:
        raise TokensUnavailable(f"The evaluator {name} answers {answer.status_code}.")
    return answer.content


def _fetched(
    seeds: SeedStore, name: str, signer: str, before: Mapping[str, object] | None
) -> KeyList:
    document = _document(name)
    try:
        found = KeyList.verified(document, signer)
        if before is not None:
            found.extends(before)
    except KeyListError as error:
        raise TokenKeysError(f"The key list of {name} is refused. {error}") from error
    seeds.keep_partner(name, json.dumps(document))
    return found


def _document(name: str) -> Mapping[str, object]:
    if name not in settings.TOKEN_EVALUATORS:
        raise TokenKeysError(f"TOKEN_EVALUATORS names no {name}: set {name}=https://… there.")
    try:
        answer = requests.get(
            _url(name, "keys/"),
            headers=_authorization(name),
            timeout=TIMEOUT,
            allow_redirects=False,
        )
        found = answer.json() if answer.status_code == HTTPStatus.OK else None
    except (requests.RequestException, ValueError) as error:
        raise TokenKeysError(f"The evaluator {name} does not answer with a key list.") from error
    if not isinstance(found, dict):
        raise TokenKeysError(
            f"The evaluator {name} answers {answer.status_code} instead of its key list. Check its "
            "address in TOKEN_EVALUATORS and our credential in TOKEN_EVALUATOR_SECRETS."
        )
    return found


def _url(name: str, rest: str) -> str:
    root: str = settings.TOKEN_EVALUATORS[name]
    return f"{root.rstrip('/')}/api/v1/matching/{rest}"


def _authorization(name: str) -> dict[str, str]:
    secret = settings.TOKEN_EVALUATOR_SECRETS.get(name, "")
    return {"Authorization": f"Bearer {secret}"}
