"""/api/v1/matching/: the key list, the evaluation of blinded elements, and budgets.

docs/matching.md is the wire format. Nothing of a body is stored or logged here or behind.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from rest_framework.request import Request

from indicators.domain.disclosure import current_policy
from indicators.doors import body
from indicators.matching import budgets, evaluate, evaluator, keys
from indicators.matching.errors import TooManyElementsError
from indicators.matching.limits import current_limits
from indicators.matching.seeds import store
from indicators.members.access import RightMissing
from indicators.members.credentials import FEED_READ, SUBMIT
from indicators.rest.errors import BadHeader, MediaTypeRefused
from indicators.rest.views import RESTView, as_bytes, as_json
from labkit.tokens import MAX_BATCH


OCTETS = "application/octet-stream"
LONGEST_KEY = 100


class Keys(RESTView):
    """The signed list of public keys: the same for everybody, and that is its point."""

    def get(self, request: Request) -> HttpResponse:
        return as_json(keys.document(store(), own_url=request.build_absolute_uri("/")))


class Evaluations(RESTView):
    """A batch of blinded elements under the key of a kind and an epoch."""

    def post(self, request: Request, kind: str, epoch: str) -> HttpResponse:
        self._check_scope()
        seeds = store()
        keys.usable(keys.key_list(seeds), kind, epoch, self.now)
        key = _idempotency_key(request)
        asked = evaluate.Request(self.principal, kind, epoch, _octets(request), key)
        done = evaluate.evaluate(
            asked, seeds, current_limits(), policy=current_policy(), now=self.now
        )
        left = {"X-Budget-Remaining": str(done.remaining)}
        return as_bytes(done.reply, content_type=OCTETS, headers=left)

    def _check_scope(self) -> None:
        """A key that may only ask for statuses has no business with tokens."""
        scopes = self.principal.scopes
        if SUBMIT not in scopes and not any(each.startswith(FEED_READ) for each in scopes):
            raise RightMissing(f"Matching needs a credential with {FEED_READ} or {SUBMIT}.")


class Budget(RESTView):
    """What the caller's member has used today, and what it may."""

    def get(self, _request: Request) -> HttpResponse:
        member = self.principal.member_id
        found = budgets.standing(member, current_limits(), self.now)
        return as_json({"evaluator": settings.EVALUATOR_NAME, **found})


def _idempotency_key(request: Request) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > LONGEST_KEY or not key.isascii() or not (key == "" or key.isprintable()):
        raise BadHeader(f"Idempotency-Key may have {LONGEST_KEY} printable ASCII characters.")
    return key


def _octets(request: Request) -> bytes:
    media = (request.content_type or "").partition(";")[0].strip().lower()
    if media != OCTETS or body.is_encoded(request):
        raise MediaTypeRefused(f"Send the elements as {OCTETS}, without Content-Encoding.")
    try:
        return body.read(request, evaluator.LARGEST_BODY)
    except body.TooLong:
        raise TooManyElementsError(
            f"A batch has {MAX_BATCH} elements ({evaluator.LARGEST_BODY} bytes) at most. Send "
            "several."
        ) from None
