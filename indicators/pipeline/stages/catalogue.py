"""The other way in: objects of a verbatim collection keep their id, version and words."""

from __future__ import annotations

import json

from indicators.domain.objects import CatalogueObject, ReceivedObject
from indicators.domain.outcomes import Reason, Rejected
from indicators.domain.sizes import oversize
from indicators.domain.stix.check import problems
from indicators.domain.stix.times import version_of


def catalogue(received: ReceivedObject) -> CatalogueObject:
    """Check one object and keep it as it is; custom types are welcome, unversioned ones too.

    Raises:
        Rejected: too large, or not STIX 2.1.
    """
    if large := oversize(received.body):
        raise Rejected(Reason.TOO_LARGE, f"{large.path}: {large.message}")
    if found := problems(received.body, allow_custom=True):
        text = "; ".join(f"{each.path}: {each.message}" for each in found[:3])
        raise Rejected(Reason.INVALID_STIX, text[:1000])
    return CatalogueObject(
        ordinal=received.ordinal,
        type=received.type,
        id=received.id,
        version=version_of(received.body),
        is_versioned="modified" in received.body,
        body=json.dumps(received.body, ensure_ascii=False, separators=(",", ":")),
    )
