"""The wall is a type: what an object has been through is what it is.

`ReceivedObject → ValidObject → ScreenedObject → SharedObject → LinkedObject`, each made by one
stage from the one before. Leaving a stage out, or passing a lab's own object on, is a type error.
From `SharedObject` on there is no field that could name a lab: no id of its own, no version of its
own, and references only as opaque tags. `CatalogueObject` is the other way in, for verbatim
collections alone. A sighting or an opinion leaves the river before it: it becomes `Said`, which is
counted and never published.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from indicators.domain.decay import LASTING
from indicators.domain.outcomes import Reason
from indicators.domain.stix.patterns import Pattern
from indicators.domain.tokens import Identifier


JSON = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Removed:
    """Something that is never kept was taken out of an object; the value itself is gone."""

    where: str
    """The property, as the lab named it."""
    kind: str
    """What it was, in words: "a card number"."""
    rule_id: str
    reason: Reason
    is_essential: bool
    """Without this property the object says nothing."""


@dataclass(frozen=True, slots=True)
class ReceivedObject:
    """One object of an envelope, as the lab sent it but for what was removed."""

    ordinal: int
    body: JSON
    is_author: bool = False
    """Another object of the envelope names this one in `created_by_ref`."""
    waived: frozenset[str] = frozenset()
    """Reasons for which a reviewer has let this object pass."""
    removed: tuple[Removed, ...] = ()
    """Secrets and card numbers, which were in it and are not any more (`screens.removal`)."""

    @property
    def id(self) -> str:
        return str(self.body.get("id", ""))[:200]

    @property
    def type(self) -> str:
        return str(self.body.get("type", ""))[:250]


@dataclass(frozen=True, slots=True)
class ValidObject:
    """An object that is STIX 2.1 by the official schemas and by the rules they cannot say."""

    received: ReceivedObject
    type: str
    id: str
    version: datetime | None
    """`modified`, else `created`; None for unversioned objects (SCOs)."""
    pattern: Pattern | None = None
    """Parsed, for indicators."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """Why an object may be shared at all: the purpose, and what makes it a threat."""

    purpose: str
    threat_nexus: tuple[str, ...]
    defaulted: bool
    """Taken from the standing declaration on the grant, not stated by the object."""


@dataclass(frozen=True, slots=True)
class ScreenedObject:
    """What of an object may be shared, still in the lab's values; nothing else is carried on."""

    ordinal: int
    type: str
    kinds: frozenset[str]
    """What it is about, in the policy's words (`domain`, `ip` …): for lifetime and precision."""
    properties: JSON
    """Allow-listed properties by name, `extensions` by the extension's name; not yet canonical."""
    pattern: Pattern | None
    references: Mapping[str, tuple[str, ...]]
    """Allow-listed references as the lab's own ids, by property."""
    optional_references: frozenset[str]
    withheld: JSON
    """Properties that wait for a reviewer while the object goes on."""
    withheld_reasons: tuple[str, ...]
    dropped: tuple[str, ...]
    """Names of properties that have no slot and are not shared."""
    declaration: Declaration
    basis: str
    rule_ids: tuple[str, ...]
    identifiers: tuple[Identifier, ...] = ()
    """Personal identifiers of which tokens take the place; of an observable the leading one first,
    and one for each further object that it becomes."""
    epochs: frozenset[str] = frozenset()
    """Epochs of tokens that the lab made itself."""
    waived: frozenset[str] = frozenset()
    """Reasons for which a reviewer has let it pass."""
    evidence: str = LASTING
    """Of all that an indicator is about what proves least, in the words of `policy/decay.toml`."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a member says of objects that stand: a sighting or an opinion, in closed words."""

    ordinal: int
    verdict: str
    """`sighted`, `not-sighted`, or a word of the extension feedback-verdict."""
    basis: str
    count: int | None
    """How often it was seen, as the floor of a bucket."""
    first_day: date
    last_day: date
    references: tuple[str, ...]
    """What it is about, in ids of the member's own or the Forum's."""
    is_about_many: bool
    """It names a list; one that is not accepted is left out of it."""
    dropped: tuple[str, ...]
    """Names of properties that are left behind."""


@dataclass(frozen=True, slots=True)
class SharedObject:
    """The Forum's own object: rebuilt from the allow-list, canonical, coarsened. Names nobody."""

    ordinal: int
    type: str
    canonical: str | None
    """What equal content of two labs has in common; None for objects that never merge."""
    properties: JSON
    """Final properties, without id, times of making, author, marking and references."""
    references: Mapping[str, tuple[bytes, ...]]
    """References as keyed tags, by property."""
    optional_references: frozenset[str] = frozenset()
    single_references: frozenset[str] = frozenset()
    """Properties that hold one reference and not a list."""
    part: str = ""
    """Names what else one object of a lab became, beside the object itself: a kind of token."""
    is_token: bool = False
    """It speaks of tokens, and is published beside the collection."""
    kind: str = LASTING
    """By which model of `policy/decay.toml` it gets older."""

    @property
    def slot(self) -> tuple[int, str]:
        """What tells the Forum's objects of one envelope apart."""
        return self.ordinal, self.part


@dataclass(frozen=True, slots=True)
class KnownObject:
    """A Forum object that stands: its id, and what names it in the key of a relationship."""

    stix_id: str
    end: str | None
    """None for objects that never merge."""
    is_token: bool = False
    """It stands in the collection of tokens."""


@dataclass(frozen=True, slots=True)
class LinkedObject:
    """A shared object whose references are resolved; ready to be published."""

    shared: SharedObject
    canonical: str | None
    """What equal content has in common, references included; None for objects that never merge."""
    targets: Mapping[str, tuple[str, ...]]
    """Forum ids by property."""
    is_token: bool = False
    """It is a token or speaks of one, and is published beside the collection."""


@dataclass(frozen=True, slots=True)
class CatalogueObject:
    """An object of a verbatim collection: its publisher's own id, version and content."""

    ordinal: int
    type: str
    id: str
    version: datetime | None
    """`modified`, else `created`, else None: what TAXII calls the version (§3.4)."""
    is_versioned: bool
    """It has a `modified`. Of what has none the latest import takes the place of the one before."""
    body: str
