"""What labs send by mistake, and what they send in order: envelopes to preview."""

from __future__ import annotations

from typing import Any

from indicators.domain.stix.extensions import BY_NAME
from indicators.domain.stix.ids import sco_id
from tests.forum import (
    HOUSEHOLD,
    STATES_NEXUS,
    indicator,
    relationship,
    stix,
)


CARD = "4111 1111 1111 1111"
DOMAIN = "[domain-name:value = 'gw-2.meadowexit.example']"
MAIL = "odalys.ferrant@kestrelmail.example"


SIGHT = {
    "first_observed": "2026-11-01T09:14:00Z",
    "last_observed": "2026-11-01T10:14:00Z",
    "number_observed": 7,
}
SIGN = indicator(DOMAIN, description="Sign-ups in bursts.", x_score=7, labels=["ours"])
SITE = stix("domain-name", value="GW-2.meadowexit.example")
BOX = stix("email-addr", value=MAIL)
NOTE = stix("note", content="They pay $0.41/M at the reseller.", object_refs=[SIGN["id"]])
SEEN = stix("observed-data", object_refs=[BOX["id"], SITE["id"]], **SIGHT)
ABOUT_BOX = stix(
    "grouping", context="suspicious-activity", object_refs=[SEEN["id"]], extensions=STATES_NEXUS
)
TRAPS: dict[str, list[dict[str, Any]]] = {
    "plain": [SIGN, SITE, relationship(SIGN, "based-on", SITE)],
    "price in a note": [SIGN, NOTE],
    "raw e-mail": [indicator(f"[email-addr:value = '{MAIL}']", extensions=STATES_NEXUS)],
    "two mailboxes": [
        indicator(
            f"[email-addr:value IN ('{MAIL}', 'sam@kestrelmail.example')]",
            extensions=STATES_NEXUS,
        )
    ],
    "mailbox that nobody covers": [BOX],
    "mailbox in an observation": [ABOUT_BOX, SEEN, BOX, SITE],
    "card in a text": [indicator(DOMAIN, description=f"Paid with {CARD}, May.")],
    "card in a slot": [indicator(f"[payment-card:value = '{CARD}']", extensions=STATES_NEXUS)],
    "card is all it says": [stix("note", content=CARD, object_refs=[SIGN["id"]]), SIGN],
    "secret": [
        SIGN | {"labels": ["x", "ghp_fakefakefakefakefakefakefakefakefake"]},
        stix("url", value="https://sam:hunter2aaaa@gw-2.meadowexit.example/x"),
    ],
    "residential": [
        indicator("[ipv4-addr:value = '198.51.100.7']", extensions=HOUSEHOLD),
        stix("ipv4-addr", value="198.51.100.7"),
        indicator("[ipv4-addr:value = '198.51.100.9']"),
    ],
    "unknown": [
        SIGN | {"extensions": {"extension-definition--7c1a39b0-4bf0-4b5a-8f6e-9a2b1c3d4e5f": {
            "extension_type": "property-extension", "x": 1}}},
        stix("x-ai-prompt", value="Answer step by step."),
        stix("artifact", payload_bin="TXkgcGF0aWVudA==", mime_type="text/plain"),
    ],
    "broken": [
        indicator("[domain-name:value = "),
        stix("domain-name"),
        {"type": "indicator", "id": "indicator--no"},
    ],
    "broad": [indicator("[ipv4-addr:value ISSUBSET '192.0.0.0/8']")],
    "sigma": [indicator("title: x", pattern_type="sigma")],
    "named": [stix("identity", name="MeadowExit Ltd", identity_class="organization")],
    "author": [
        stix("identity", id="identity--0a1b2c3d-0000-4000-8000-000000000001", name="Alder",
             identity_class="organization"),
        SIGN | {"created_by_ref": "identity--0a1b2c3d-0000-4000-8000-000000000001"},
    ],
    "profile": [
        stix("campaign", name="Abacus", first_seen="2026-10-05T10:11:12Z", extensions={
            BY_NAME["distillation-profile"].id: {
                "extension_type": "property-extension", "volume_bucket": "1e6-1e7"}}),
    ],
    "to a withheld one": [
        stix("observed-data", **SIGHT, object_refs=[
            sco_id("domain-name", {"value": "a.example"}), sco_id("email-addr", {"value": MAIL})]),
        stix("domain-name", id=sco_id("domain-name", {"value": "a.example"}), value="a.example"),
    ],
    "to what was refused": [
        broken := stix("domain-name", value="not a name"),
        SIGN,
        relationship(SIGN, "based-on", broken),
    ],
    "what is said": [
        SIGN,
        stix("sighting", sighting_of_ref=SIGN["id"], count=12),
        stix("opinion", opinion="disagree", object_refs=[SIGN["id"]], explanation="No."),
        stix("sighting", sighting_of_ref="indicator--0a1b2c3d-0000-4000-8000-000000000002"),
    ],
    "an older version after a newer": [
        SIGN | {"modified": "2026-11-02T09:14:00.000Z", "confidence": 50}, SIGN],
    "the same under two ids": [
        SIGN, one := indicator(DOMAIN), site := stix("campaign", name="x"),
        relationship(SIGN, "indicates", site), relationship(one, "indicates", site),
    ],
    "far ahead": [indicator(DOMAIN, valid_from="2031-01-01T00:00:00Z"),
                  indicator(DOMAIN, valid_until="2026-11-01T10:00:00Z")],
    "file": [stix("file", hashes={"md5": "D41D8CD98F00B204E9800998ECF8427E", "x-own": "1"},
                  name="weights.bin", size=7)],
}  # fmt: skip
