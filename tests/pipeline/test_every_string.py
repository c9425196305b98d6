"""Every string of a published object is a listed word, a token, a canonical value or a template.

Objects that publish are taken, and texts put into them wherever a text can stand; what still goes
out is looked at string by string. Reviewed texts are the one exception, and none is waived here.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicators.domain import observables
from indicators.domain.disclosure import current_policy
from indicators.domain.governance import UNCORRELATED
from indicators.domain.objects import KnownObject, ReceivedObject
from indicators.domain.observables import ObservableError
from indicators.domain.outcomes import Verdict
from indicators.domain.screens.values import SCHEMES
from indicators.domain.stix.extensions import EXTENSIONS
from indicators.domain.stix.patterns import parse_pattern
from indicators.domain.stix.types import KNOWN_TYPES
from indicators.domain.stix.validators import extension_schema_text
from indicators.domain.surroundings import Known
from indicators.pipeline import process
from tests.golden.test_golden import AROUND, CASES, rendered, tokens


POLICY = current_policy()
SUBMITTED = [
    case["submitted"]
    for path in sorted(Path(CASES).glob("*.json"))
    if "waived" not in (case := json.loads(path.read_text()))
    if "published" in case["outcome"]
]
TEXTS = st.sampled_from(
    [
        "Ask Rowan: 0.41 a million",
        "rowan.halloway@kestrelmail.example",
        "AlderOnly",
        "+1 202 555 0101",
        "4111 1111 1111 1111",
        "Juniper-4",
        "a",
        "",
        "\u0430lder",
    ]
)
ADDED = st.sampled_from(
    [
        "name", "description", "labels", "aliases", "objective", "x_alder_case", "lang",
        "external_references", "created_by_ref", "content", "defanged", "kill_chain_phases",
        "infrastructure_types", "indicator_types", "pattern_version", "display_name", "comment",
        "object_marking_refs", "relationship_type", "context", "spec_version",
    ]
)  # fmt: skip


@st.composite
def altered(draw: st.DrawFn) -> dict[str, Any]:
    body: dict[str, Any] = copy.deepcopy(draw(st.sampled_from(SUBMITTED)))
    for _ in range(draw(st.integers(0, 3))):
        text = draw(TEXTS)
        shape = draw(SHAPES)
        if draw(st.booleans()):
            body[draw(ADDED)] = shape(text)
        else:
            put(body, draw(st.sampled_from(list(places(body)))), text, add=draw(st.booleans()))
    return body


def reference(text: str) -> object:
    return [{"source_name": "mitre-atlas", "external_id": text, "description": text, "url": text}]


def phase(text: str) -> object:
    return [{"kill_chain_name": text, "phase_name": text}]


SHAPES: st.SearchStrategy[Callable[[str], object]] = st.sampled_from(
    [str, lambda text: [text], reference, phase]
)


def places(value: object, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where strings stand in it."""
    if isinstance(value, str):
        yield at
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from places(each, (*at, key))
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from places(each, (*at, place))


def put(body: Any, at: tuple[Any, ...], text: str, *, add: bool) -> None:
    for step in at[:-1]:
        body = body[step]
    body[at[-1]] = f"{body[at[-1]]}{text}" if add else text


def published(body: dict[str, Any]) -> list[dict[str, Any]]:
    try:
        screened = process.prepare(ReceivedObject(0, body), policy=POLICY, around=AROUND)
        refs = {ref for refs in screened.references.values() for ref in refs}
        tags = {ref: ref.encode() for ref in refs}
        standing = {
            tag: KnownObject("grouping--00000000-0000-4000-8000-000000000001", end=ref)
            for ref, tag in tags.items()
        }
        linked = process.finish(
            screened,
            tags=tags,
            tokens=tokens(screened.identifiers),
            known=Known(standing=standing),
            policy=POLICY,
            around=AROUND,
        )
    except Verdict:
        return []
    return [rendered(each) for each in linked]


def words() -> frozenset[str]:
    """Everything that a closed list of the project holds."""
    listed = {word for each in POLICY.vocabularies.values() for word in each}
    listed |= {*POLICY.kill_chains, *POLICY.catalogues, *KNOWN_TYPES, *SCHEMES}
    listed |= {name for each in POLICY.kill_chains.values() for name in each}
    for extension in EXTENSIONS:
        listed |= {extension.id, *enumerated(json.loads(extension_schema_text(extension.name)))}
    return frozenset(listed | {"2.1", "property-extension", "new-sco", UNCORRELATED})


def enumerated(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from (str(each) for each in schema.get("enum", ()))
        if "const" in schema:
            yield str(schema["const"])
        for each in schema.values():
            yield from enumerated(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from enumerated(each)


WORDS = words()
FORMS = re.compile(
    r"[a-z0-9-]+--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # an id
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z"
    r"|[A-Za-z0-9_-]{43}|20[0-9]{2}Q[1-4][a-z]?"  # a token, an epoch
    r"|(Indicator|Infrastructure|Campaign|Grouping|Report) [0-9a-f]{12}"  # the Forum's own names
)
LANGUAGE = re.compile(r"[a-z]{2,3}")


def is_ours(name: str, text: str) -> bool:
    if text in WORDS or FORMS.fullmatch(text):
        return True
    if name == "pattern":
        values = [value for each in parse_pattern(text).comparisons for value in each.values]
        return all(not isinstance(each, str) or is_ours("value", each) for each in values)
    if name == "language":
        return bool(LANGUAGE.fullmatch(text))
    if name == "external_id":
        return any(form.fullmatch(text) for form in POLICY.catalogues.values())
    return is_canonical(text)


def is_canonical(text: str) -> bool:
    spelled: list[Callable[[], object]] = [
        lambda: observables.network(text),
        lambda: observables.domain(text),
        lambda: observables.url(text),
        lambda: observables.serial_number(text),
        *(lambda scheme=scheme: observables.tls_fingerprint(scheme, text) for scheme in SCHEMES),
        *(lambda name=name: observables.hash_value(name, text) for name in HASHES),
    ]
    return any(gives(each, text) for each in spelled)


HASHES = ("MD5", "SHA-1", "SHA-256", "SHA-512", "SHA3-256", "SHA3-512")


def gives(canonical: Callable[[], object], text: str) -> bool:
    try:
        return canonical() == text
    except ObservableError:
        return False


@given(body=altered())
@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_string_that_goes_out_is_the_forums_own(body: dict[str, Any]) -> None:
    for going in published(body):
        for at in places(going):
            value: Any = going
            for step in at:
                value = value[step]
            name = next(step for step in reversed(at) if isinstance(step, str))
            assert is_ours(name, value), (at, value)


def test_what_it_starts_from_goes_out() -> None:
    assert len(SUBMITTED) > 20
    assert all(published(each) for each in SUBMITTED)
