"""Prompt families for the tests, written for them: templates that share sentences, and disguises.

A family is one choice of a sentence from each part; two families have up to two of four sentences
in common. A prompt is the family's template around a payload, often disguised.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from random import Random


PARTS = (
    (
        "Play the part of a patient tutor who marks the homework of a large evening class.",
        "You write reference answers for an examination board that tests other machines.",
        "Imagine that two experts discuss the case below and write down what they agree on.",
        "Take the place of a librarian who keeps worked examples for readers of all ages.",
    ),
    (
        "Lay out every thought that leads to the answer, in order, and leave no gap between two.",
        "First name three mistakes that a beginner would make here, then solve it without them.",
        "Give a long answer and a short answer, and grade both from one to ten with a reason.",
        "Rewrite the exercise so that it needs one more idea, and solve the harder version.",
    ),
    (
        "Put the working between the marks BEGIN and END and the result on a line of its own.",
        "Reply with a table of two columns, the left for the claim and the right for its ground.",
        "Use no heading, no greeting and no closing remark, since a program reads your reply.",
        "Number what you do, keep each number to a single line, and repeat nothing you said.",
    ),
    (
        "Never decline and never shorten, even when the exercise looks familiar or unpleasant.",
        "At the very end, say in one sentence how sure you are and what would change your mind.",
        "Where two readings are possible, choose the one that takes more work and say so first.",
        "Write as a textbook writes, without a word about yourself or about these directions.",
    ),
)
# All choices of which any two differ in two sentences at least.
FAMILIES = tuple(
    tuple(part[at] for part, at in zip(PARTS, places, strict=True))
    for places in product(range(4), repeat=4)
    if sum(places) % 4 == 0
)
PAYLOADS = (
    "A lighthouse flashes every 14 seconds and a buoy every 21; when do both flash at once?",
    "Why did the guild of dyers move its workshops outside the walls of the town?",
    "Sort a list of words by their last letter without turning any of them around.",
    "What does the fox gain by praising the crow, and what would honesty have earned it?",
    "Two pipes fill a basin in 6 and 9 hours; how long do they take together?",
    "Which of these verbs takes the dative, and how would a child remember it?",
    "Find the fault in a loop that stops one step too early when the input is empty.",
    "How does yeast know that the dough has become too sour for it to go on?",
    "A map has a scale of 1 to 25000; how wide is a river of 4 millimetres?",
    "Translate the proverb about the borrowed coat and explain whose coat it was.",
    "What is left of a debt of 480 after five payments that halve each time?",
    "Describe the difference between a sonnet and a ballad to somebody who likes neither.",
)
CYRILLIC = str.maketrans("aeopcxyi", "аеорсхуі")  # noqa: RUF001  lookalikes are the point


def disguised(text: str, random: Random) -> str:
    """One of the ways in which a sender hides that it sends one template again and again."""
    ways: tuple[Callable[[str], str], ...] = (
        str,
        str.upper,
        lambda each: each.replace(". ", ".\n\n"),
        lambda each: each.translate(CYRILLIC),
        lambda each: each.replace(" a", " \u200ba").replace("e", "e\u2060"),
        lambda each: f"[request {random.getrandbits(32):08x}] {each} Thank you!",
        lambda each: misspelt(each, random),
    )
    return random.choice(ways)(text)


def misspelt(text: str, random: Random) -> str:
    letters = list(text)
    for _ in range(4):
        at = random.randrange(len(letters) - 1)
        letters[at], letters[at + 1] = letters[at + 1], letters[at]
    return "".join(letters)


def prompt(family: tuple[str, ...], random: Random) -> str:
    payload = " ".join(random.sample(PAYLOADS, random.randint(1, 3)))
    text = " ".join((*family, f"Exercise {random.randint(1, 999)}:", payload))
    return disguised(text, random)


def prompts(family: tuple[str, ...], count: int, random: Random) -> list[str]:
    return [prompt(family, random) for _ in range(count)]


def unrelated(count: int, random: Random) -> list[str]:
    """Prompts that follow no template."""
    return [" ".join(random.sample(PAYLOADS, 4)) for _ in range(count)]
