"""How likely a text is sensitive: a number that orders the review queue, and nothing else.

A linear model over the beginnings of words and pairs of them (TF-IDF, logistic regression), with
its weights in `policy/triage/weights.json`, small enough to be read. Words that it never saw count
for nothing, and a capitalised word inside a sentence is only that: no name, nationality or language
can move the score by what it is. `manage.py train_triage` makes the weights.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise


MOST_SENTENCES = 300
"""Of a longer text the first ones are scored."""
_STEM = 5
_WORD = re.compile(r"[^\W\d_]+(?:'[a-z]+)?|[0-9][0-9.,]*|[$€£¥%@+]")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_NOT_DIGIT = re.compile(r"[^0-9]")
_MOST_DIGITS = 7


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of a trained model."""

    bias: float
    features: Mapping[str, tuple[float, float]]
    """Feature → its inverse document frequency, and its weight."""

    def of_sentence(self, sentence: str) -> float:
        """The likelihood, 0 to 1, that one sentence is sensitive."""
        total = square = 0.0
        for feature, count in Counter(features(sentence)).items():
            if known := self.features.get(feature):
                value = (1 + math.log(count)) * known[0]
                total += value * known[1]
                square += value * value
        lean = self.bias + (total / math.sqrt(square) if square else 0.0)
        return 1 / (1 + math.exp(-lean))


def score(text: str) -> float:
    """The likelihood of the sentence that looks most sensitive."""
    model = current_model()
    sentences = _SENTENCE.split(text, maxsplit=MOST_SENTENCES)[:MOST_SENTENCES]
    return max(model.of_sentence(each) for each in sentences)


def features(sentence: str) -> list[str]:
    """Beginnings of words, and pairs of neighbours."""
    words = [_word(found, sentence) for found in _WORD.finditer(sentence)]
    return words + [f"{one} {next_}" for one, next_ in pairwise(words)]


def _word(found: re.Match[str], sentence: str) -> str:
    word = found[0]
    if word[0].isdigit():
        return "#" * min(len(_NOT_DIGIT.sub("", word)), _MOST_DIGITS)
    if word[0].isupper() and word != "I" and sentence[: found.start()].strip():
        return "^"
    return word.lower()[:_STEM]


@cache
def current_model() -> Model:
    """The model that the package carries."""
    file = resources.files("indicators.policy").joinpath("triage", "weights.json")
    raw = json.loads(file.read_text("utf-8"))
    return Model(raw["bias"], {name: (idf, weight) for name, idf, weight in raw["features"]})
