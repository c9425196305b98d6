"""What an answer that a lab's client got means, and what to do about it."""

from __future__ import annotations

from http import HTTPStatus

from indicators.members.asked import Asked


_HINTS: dict[int, str] = {
    202: "Taken. Its status says what becomes of each object.",
    304: "Nothing new.",
    400: "A parameter or the body cannot be read. The answer's body says which, and why.",
    401: "The secret is not this key's. Paste it anew, or rotate the key.",
    403: "The key lacks the scope for this, or your grant the right. The answer's body says which.",
    404: "No such collection or object that this key may see. Take the collection's id from here.",
    405: "This address does not take that method. To read, your client must send GET.",
    406: "Your client asked for another version. Set it to TAXII 2.1.",
    413: "Too much at once. Send the objects in several envelopes.",
    415: "Send the body as application/taxii+json;version=2.1, uncompressed.",
    422: "It was read, and cannot be taken as it is. The answer's body says why.",
    429: "Too often, or too much. Come again after the seconds in Retry-After.",
    503: "The hub could not answer at that moment. Come again after the seconds in Retry-After.",
}
_NO_SUCH_ADDRESS = (
    "There is nothing at that address. Give your client the discovery address or the API root, "
    "exactly as they stand on this page."
)
_OUR_FAULT = "Something went wrong at the hub. Tell the Forum the error_id of the answer."


def hint(asked: Asked) -> str:
    """For a person who connects a client."""
    if asked.status == HTTPStatus.NOT_FOUND and asked.what == "no such address":
        return _NO_SUCH_ADDRESS
    if asked.status in _HINTS:
        return _HINTS[asked.status]
    if asked.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _OUR_FAULT
    return "Refused." if asked.status >= HTTPStatus.BAD_REQUEST else "Answered."
