"""What labs will see, byte by byte: one file per case, the submitted object and the published one.

`waived` are reasons for which a reviewer has let the object pass. Whatever is published is valid.
A change here is a change of the feed; read the diff. `make golden` writes the files anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from voprf import ristretto

from indicators.domain import render, tlp
from indicators.domain.disclosure import current_policy
from indicators.domain.objects import Declaration, KnownObject, LinkedObject, ReceivedObject
from indicators.domain.outcomes import Verdict
from indicators.domain.screens.residential import Residential
from indicators.domain.stix.check import problems
from indicators.domain.surroundings import Audience, Known, Surroundings
from indicators.domain.tokens import Identifier, Token
from indicators.pipeline import process
from labkit.tokens import SCHEME, combine, key_info, oprf_input
from tests.domain.stix.oracles import stix2_says


CASES = Path(__file__).parent / "cases"
NOW = datetime(2026, 11, 24, 10, 17, 33, 250_000, tzinfo=UTC)
FORUM = "identity--6b1f3c52-9a37-4f0e-8f43-2f6c0d6a5be1"
AROUND = Surroundings(
    audience=Audience(marking=tlp.Level.AMBER_STRICT, exercise=False, accepts_reserved=True),
    standing=Declaration(
        "adversarial-distillation-defence", ("fraudulent-account",), defaulted=True
    ),
    forum_identity=FORUM,
    received_at=NOW,
    now=NOW,
    epochs={"2026Q4": datetime(2027, 1, 31, tzinfo=UTC)},
    residential=Residential.of([ip_network("203.0.113.7")]),
)


def tokens(wanted: Iterable[Identifier]) -> dict[Identifier, Token]:
    """What one evaluator with a seed of zeros makes of them."""
    made = {}
    for each in wanted:
        key = ristretto.Evaluator.from_seed(bytes(32), key_info(each.kind, "2026Q4"))
        value = combine({"hub": key.evaluate_known_input(oprf_input(*each))})
        made[each] = Token(each.kind, SCHEME, "2026Q4", value, AROUND.epochs["2026Q4"])
    return made


def published(submitted: dict[str, Any], waived: list[str]) -> Any:
    """The published object, or the verdict in its place."""
    received = ReceivedObject(0, submitted, waived=frozenset(waived))
    try:
        screened = process.prepare(received, policy=current_policy(), around=AROUND)
        refs = [ref for refs in screened.references.values() for ref in refs]
        tags = {ref: ref.encode() for ref in refs}
        # Ends stand under ids of the Forum's own; here they differ from the lab's in their digits.
        standing = {
            tag: KnownObject(ref.translate(str.maketrans("123", "abc")), end=ref)
            for ref, tag in tags.items()
        }
        linked, *others = process.finish(
            screened,
            tags=tags,
            tokens=tokens(screened.identifiers),
            known=Known(standing=standing),
            policy=current_policy(),
            around=AROUND,
        )
    except Verdict as verdict:
        return {type(verdict).__name__.lower(): verdict.reason.value, "message": str(verdict)}
    return {
        "published": rendered(linked),
        **({"and": [rendered(each) for each in others]} if others else {}),
        **({"into": "tokens"} if linked.is_token else {}),
        "held": sorted(screened.withheld),
        "not shared": sorted(screened.dropped),
        "same as": linked.canonical,
    }


def rendered(linked: LinkedObject) -> Any:
    return json.loads(
        render.render(
            linked.shared.type,
            f"{linked.shared.type}--00000000-0000-4000-8000-000000000000",
            linked.shared.properties,
            targets=linked.targets,
            single=linked.shared.single_references,
            author=FORUM,
            marking=tlp.Level.AMBER_STRICT,
            exercise=False,
            created=NOW,
            modified=NOW,
        )
    )


@pytest.mark.parametrize("path", sorted(CASES.glob("*.json")), ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    case = json.loads(path.read_text())
    given = {name: case[name] for name in ("submitted", "waived") if name in case}
    outcome = published(case["submitted"], case.get("waived", []))
    text = json.dumps({**given, "outcome": outcome}, indent=2) + "\n"
    if os.environ.get("GOLDEN") == "write":
        path.write_text(text)
    assert path.read_text() == text  # as text: the order of properties is part of what labs see
    if body := outcome.get("published"):
        assert (problems(body), stix2_says(body)) == ([], "")
