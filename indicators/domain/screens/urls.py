"""The path and query of a URL can hold anything: an account, a key, a sentence.

What looks like one waits for a person. The forms stand in the policy, `url_contents`; they aid and
are no proof that nothing is there. User name and fragment are removed from every URL anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import unquote, unquote_plus, urlsplit

from indicators.domain.disclosure import Policy
from indicators.domain.objects import ValidObject
from indicators.domain.observables import ObservableError, url
from indicators.domain.outcomes import Held, Reason
from indicators.domain.screens.views import fold


def check_urls(valid: ValidObject, *, policy: Policy, waived: frozenset[str]) -> None:
    """Hold URLs that seem to hold something about a person, a secret or a text.

    Raises:
        Held: naming what the path or query looks like.
    """
    if Reason.NEEDS_REVIEW in waived:
        return
    for part in (part for text in _urls(valid) for part in _parts(text)):
        for what, form in policy.url_contents.items():
            if form.search(part):
                raise Held(
                    Reason.NEEDS_REVIEW,
                    f"The path or query of the URL looks as if it held {what}; a person looks "
                    "first. Send it without that, or the domain name alone.",
                )


def _urls(valid: ValidObject) -> Iterator[str]:
    if valid.type == "url":
        yield str(valid.received.body.get("value"))
    for each in valid.pattern.comparisons if valid.pattern else ():
        if each.path == "url:value":
            yield from map(str, each.values)


def _parts(text: str) -> tuple[str, ...]:
    """Path and query, decoded as often as they are encoded, and as a reader could see them."""
    try:
        parts = urlsplit(url(text))
    except ObservableError:
        return ()  # refused where it is put into canonical form
    path = _decoded(parts.path, unquote)
    # A slash parts the path, but in a query it is one more digit of base64.
    query = _decoded(parts.query, unquote_plus).replace("/", "+")
    return path, query, fold(path), fold(query)


def _decoded(text: str, decode: Callable[[str], str]) -> str:
    for _ in range(_LAYERS):
        plain = decode(text)
        if plain == text:
            return text
        text = plain
    return f"{text} "  # it goes on and on: held, as words are


_LAYERS = 8
"""Of percent-encoding; nobody writes more than two by mistake."""
