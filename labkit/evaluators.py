"""From values to tokens: blinded here, evaluated by every evaluator, verified here, combined.

Promises: a value leaves blinded only; a reply counts only with a proof under the pinned key; the
hub's secret goes to the hub's own place alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

from labkit.config import Config
from labkit.keylist import KeyList
from labkit.pin import address
from labkit.tokens import blind, combine, oprf_input
from labkit.trouble import BudgetSpentError, HubError, TroubleError
from labkit.wire import Wire


class Evaluators:
    """All evaluators of a key list, as one member."""

    def __init__(self, config: Config, keys: KeyList) -> None:
        self._config = config
        self._keys = keys
        self._wires: dict[str, Wire] = {}

    def tokens(
        self, kind: str, epoch: str, normalised: Sequence[str], *, idempotency_key: str
    ) -> list[str]:
        """The token of each of 1 to 1,024 values in normal form.

        Args:
            idempotency_key: the same for the same values; a repetition is then not charged again.

        Raises:
            BudgetSpentError: an evaluator wants to be asked again much later.
            TroubleError, TokenError, KeyListError: there are no tokens; the message says why.
        """
        batch = blind([oprf_input(kind, value) for value in normalised])
        outputs = {}
        for name in self._keys.evaluators(kind, epoch):
            reply = self._evaluate(name, kind, epoch, batch.body, idempotency_key)
            outputs[name] = batch.finalise(reply, self._keys.key(kind, epoch, name))
        return [
            combine({name: each[place] for name, each in outputs.items()})
            for place in range(len(normalised))
        ]

    def _evaluate(self, name: str, kind: str, epoch: str, body: bytes, key: str) -> bytes:
        url = self._url(name)
        try:
            answer = self._wire(name, url).post(
                f"{url}api/v1/matching/evaluations/{kind}/{epoch}/",
                data=body,
                headers={"Content-Type": "application/octet-stream", "Idempotency-Key": key},
            )
        except HubError as error:
            if error.status == HTTPStatus.TOO_MANY_REQUESTS:
                raise BudgetSpentError(error.message, error.status, error.retry_after) from error
            raise
        return answer.content

    def _url(self, name: str) -> str:
        url = urljoin(address(self._config), self._keys.urls[name])
        if not self._keys.urls[name]:
            raise TroubleError(
                f"The evaluator {name} has no address any more; tokens of this epoch cannot be "
                "made. Fetch the key list again, or ask the Forum."
            )
        return url if url.endswith("/") else f"{url}/"

    def _wire(self, name: str, url: str) -> Wire:
        if name not in self._wires:
            access = self._config.evaluators.get(name)
            if access is None and _place(url) != _place(self._config.root):
                raise TroubleError(
                    f"The evaluator {name} is at {urlsplit(url).netloc}, which is not the hub: put "
                    f"the credential that it gave you under [evaluators.{name}] in the settings."
                )
            access = access or self._config.access
            self._wires[name] = Wire(access, ca_file=self._config.ca_file)
        return self._wires[name]


def _place(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
