"""What an account shows, as observables: equal values are equal observables at every lab.

Cards, devices, numbers and mailboxes come as tokens, as from a lab that blinds its own. The tokens
are invented as well: nobody holds a value that they stand for, and correlation reads only which
are equal.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from indicators.domain.correlation.links import Value
from indicators.domain.objects import JSON
from indicators.domain.stix.extensions import new_sco_extension
from indicators.domain.stix.ids import sco_id
from indicators.domain.stix.types import OWN_SCO_TYPES
from indicators.simulation.world import family
from labkit import skeleton, tokens
from labkit.normalise import BANDS


_IN_COMMON = 8
"""Bands that all variants of a prompt family share; four make a match."""


@dataclass(frozen=True, slots=True)
class Observables:
    """Observables of the world of a seed, with tokens of one quarter."""

    seed: int
    epoch: str

    def of(self, value: Value) -> JSON:
        """The observable of a value."""
        type_, properties = self._written(value)
        body: JSON = {"type": type_, "spec_version": "2.1", "id": sco_id(type_, properties)}
        own = {"extensions": new_sco_extension(type_)} if type_ in OWN_SCO_TYPES else {}
        return {**body, **properties, **own}

    def digest(self, *words: str) -> bytes:
        """Thirty-two bytes that follow from the seed and these words."""
        return hashlib.sha256("\0".join((str(self.seed), *words)).encode()).digest()

    def _written(self, value: Value) -> tuple[str, JSON]:
        digits = self.digest(*value).hex()
        match value.kind:
            case "prompt-family":
                return value.kind, self._family(value)
            case "tls-client-fingerprint":
                client = f"t13d1516h2_{digits[:12]}_{digits[12:24]}"
                return value.kind, {"scheme": "ja4", "value": client}
            case "domain-name":
                return value.kind, {"value": f"{value.text}.example"}
            case "ipv6-addr":
                address = f"2001:db8:{digits[:4]}:{digits[4:8]}::{digits[8:11]}1"
                return value.kind, {"value": address}
            case _:
                own = {"kind": value.kind, "scheme": tokens.SCHEME, "epoch": self.epoch}
                return "match-token", {**own, "value": self._token(*value)}

    def _family(self, value: Value) -> JSON:
        root = family(value).text
        bands = [
            self._token(f"band {n}", root if n < _IN_COMMON else value.text) for n in range(BANDS)
        ]
        return {
            "scheme": skeleton.SCHEME,
            "epoch": self.epoch,
            "bands": bands,
            "shingle_bucket": "100-199",
            "template_class": "other",
            "language": "und",
        }

    def _token(self, *words: str) -> str:
        return base64.urlsafe_b64encode(self.digest(*words)).decode().rstrip("=")
