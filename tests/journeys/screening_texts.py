"""Labelled texts as labs might write them: what must not reach a rival, and what may."""

from __future__ import annotations


PII = (
    "The account holder, Ms Sampleton, confirmed it on the phone.",
    "Reach him under niko.placeholder@mailbox.example or at his mother's.",
    "niko dot placeholder at mailbox dot example is the recovery address.",
    "Invoice address: 14 Larch Hill Road, second floor.",
    "The number +1 202 555 0143 answered with a child's voice.",
    "Refunds went to GB82 WEST 1234 5698 7654 32.",
    "Paid with 4111 1111 1111 1111 twice.",
    "Paid with 4111%201111%201111%201111 as well.",
    "Passport scan of a student born 3 May 2001.",
    "User: my husband was diagnosed with leukaemia, what should I ask the doctor?",
    "Her therapist's letter was pasted in full.",
    "Telegram handle @placeholder_niko sold the SIM cards.",
    "The engineer who wrote the scraper is Ruben Placeholder.",
)
SECRET = (
    "It still works: sk-ant-fake01-fakefakefakefakefakefake",
    "aws key AKIAQ2W3E4R5T6Y7U2I3 from their paste",
    "password: Summer-Fake-77!",
    "-----BEGIN OPENSSH PRIVATE KEY-----",
    "postgres://svc:fakepass1@db.relay-store.example/main",
    "Z2hwX2Zha2VmYWtlZmFrZWZha2VmYWtlZmFrZWZha2VmYWtlZmFrZQ== was in the header",
    "Cookie: session=fakefakefakefake0099",
    "ghp\u200b_fakefakefakefakefakefakefakefakefakefake",
)
COMPETITION = (
    "They pay $0.41 per million at the reseller, thirty per cent under our list.",
    "We lose four cents on each of these requests.",
    "Our new model Juniper-4 is launching on 8 July.",
    "This took 184,233,910 tokens of ours in a week.",
    "Our largest customer sits behind the same exit.",
    "We lowered the quota because our northern cluster is full.",
    "About a fifth of our traffic in May was this relay.",
    "The abuse desk has nine people and a budget until June.",
    "Our cloud partner gets a share of what the relay pays.",
    "All members should ask the same deposit from resellers.",
    "Every lab ought to ban this company on Monday.",
)
CLEAN = (
    "The relay rotates four gateways in a fixed order.",
    "Sign-ups come in bursts of twenty, five minutes apart.",
    "The prompts walk through a grid of topics in alphabetical order.",
    "Same client fingerprint as in the cluster of last week.",
    "Exits are shared with innocent users; treat a match as a clue.",
    "The template begins with a rubric and ends with a pair of answers.",
    "The domain was registered a week before the first request.",
    "Traffic pauses every day at the same hour for twenty minutes.",
)
SENSITIVE = PII + SECRET + COMPETITION
NEVER_KEPT = (*SECRET, *(text for text in PII if "4111" in text or text.startswith("User:")))
